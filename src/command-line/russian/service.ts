/** What commands of the operator are for, and their options, by the English text. */
export const service: Readonly<Record<string, string>> = {
  'run the service; settings come from SEALGATE_… variables and the configuration file':
    'запустить сервис; настройки — из переменных SEALGATE_… и файла настроек',
  'processes that answer at one address; SIGHUP starts them anew one by one':
    'сколько процессов отвечает по одному адресу; по SIGHUP они заменяются по очереди',
  'print the address that it answers at, or the failure, as JSON':
    'вывести адрес, по которому он отвечает, или ошибку как JSON',
  'a test authority, token, service and portal to build against':
    'испытательный удостоверяющий центр, носитель, сервис и портал для разработки',
  'start the stand, and make it before that where there is none; runs until it is told to stop':
    'запустить стенд, а если его нет, сначала создать; работает, пока не остановят',
  'where all of it is kept': 'где всё это хранится',
  'of a stand that is made now': 'для стенда, который создаётся сейчас',
  'make it anew; what it was is lost': 'создать заново; прежнее пропадёт',
  'return once it runs; stand down stops it': 'вернуться, когда он заработает; остановит его stand down',
  'print JSON': 'вывести JSON',
  'stop the stand and keep what it made': 'остановить стенд и сохранить всё, что он создал',
  'whether the stand runs, its addresses, secret and PIN': 'работает ли стенд, его адреса, секрет и PIN-код',
  'stop the stand and remove all that it made': 'остановить стенд и удалить всё, что он создал',
  'a certificate authority for tests: its keys lie in files':
    'удостоверяющий центр для испытаний: его ключи лежат в файлах',
  'folder of the authority, such as that of a stand or of the demo':
    'папка удостоверяющего центра, например стенда или демонстрации',
  'make a root and an authority below it, in a folder that holds none':
    'создать корень и удостоверяющий центр под ним в папке, где их ещё нет',
  'kind of its keys': 'вид его ключей',
  'port of this machine that its certificates name for lists and answers':
    'порт этого компьютера, который его сертификаты указывают для списков и ответов',
  'serve its lists, OCSP answers and time-stamps, where its certificates say, until it is told to stop':
    'отдавать списки, ответы OCSP и штампы времени по адресам из его сертификатов, пока не остановят',
  'issue a certificate for a request (PKCS#10), with the subject that it asks for':
    'выпустить сертификат по запросу (PKCS#10) на того владельца, который в нём указан',
  'request, PEM or DER, as sealgate token request writes it':
    'запрос, PEM или DER, какой пишет sealgate token request',
  'beginning of its term (default: now)': 'начало срока (по умолчанию сейчас)',
  'end of its term (default: in fifteen months)': 'конец срока (по умолчанию через пятнадцать месяцев)',
  'leave out what makes a certificate qualified': 'без того, что делает сертификат квалифицированным',
  'revoke a certificate; one that serves the folder says so at once':
    'отозвать сертификат; тот, кто обслуживает папку, сразу об этом сообщит',
  'certificate that it issued, PEM or DER': 'выпущенный им сертификат, PEM или DER',
  'why (RFC 5280, section 5.3.1)': 'почему (RFC 5280, раздел 5.3.1)',
  'settings of the service: what they are, and whether they hold': 'настройки сервиса: каковы они и верны ли',
  'every setting with its value, and where it comes from; secrets are left out':
    'каждая настройка со значением и тем, откуда она взята; секреты не показываются',
  'judge every setting as the service does before it starts, and open nothing':
    'проверить все настройки, как это делает сервис перед запуском, ничего не открывая',
  'accredited authorities, and certificates of your own trust':
    'аккредитованные удостоверяющие центры и ваши собственные доверенные сертификаты',
  'import the signed list of accredited authorities':
    'загрузить подписанный перечень аккредитованных удостоверяющих центров',
  'trust a certificate: a root of paths, an authority, a signer of lists':
    'доверять сертификату: корню цепочек, удостоверяющему центру, подписывающему перечни',
  'as what (default: anchor if its signature holds under its own key, authority otherwise)':
    'как чему (по умолчанию anchor, если он подписан собственным ключом, иначе authority)',
  'what an authority’s certificates are accepted for':
    'для чего принимаются сертификаты удостоверяющего центра',
  'since when an authority counts (default: its certificate’s beginning)':
    'с какого времени центр признаётся (по умолчанию с начала срока его сертификата)',
  'until when it counts (default: its certificate’s end)':
    'до какого времени он признаётся (по умолчанию до конца срока его сертификата)',
  'why; kept in the audit': 'почему; сохраняется в журнале',
  'the fingerprint was compared by another way, though no pin names it':
    'отпечаток сверен другим путём, хотя среди закреплённых его нет',
  'end the trust in a certificate of your own': 'перестать доверять своему сертификату',
  'in this role only': 'только в этой роли',
  'the lists that were imported, and certificates of your own':
    'загруженные перечни и собственные сертификаты',
  'an authority of the list in force: standing, history, keys':
    'удостоверяющий центр из действующего перечня: состояние, история, ключи',
  'in this version of the list': 'в этой версии перечня',
  'what changed between two versions (default: the last two)':
    'что изменилось между двумя версиями (по умолчанию последними)',
  'lists of revoked certificates that the service holds':
    'списки отозванных сертификатов, которые хранит сервис',
  'the lists that are held: issuer, age, end, size': 'хранимые списки: издатель, возраст, срок, размер',
  'fetch held lists anew, all of them or those named': 'загрузить хранимые списки заново, все или названные',
  'hold a list from a file, verified under its issuer’s key':
    'принять список из файла, проверив его ключом издателя',
  'certificate of the authority that signed it': 'сертификат центра, который его подписал',
  'address in certificates that it stands for (default: the one that the list names)':
    'адрес в сертификатах, вместо которого он принимается (по умолчанию указанный в списке)',
  'keys that sign assertions': 'ключи, которыми подписываются утверждения',
  'list the keys, the newest first': 'перечислить ключи, новые первыми',
  'add a key: it is published now, signs in ten minutes, and the older ones fade out after that':
    'добавить ключ: публикуется сразу, подписывает через десять минут, после чего прежние уходят',
  'a key on a token, as a PKCS#11 URI (default: a new key in the database)':
    'ключ на носителе, как URI PKCS#11 (по умолчанию новый ключ в базе)',
  'sign with the new key at once and withdraw the older ones':
    'подписывать новым ключом сразу и отозвать прежние',
  'add a key for tokens of ЕСИА’s dialect: it is published now, and signs later':
    'добавить ключ для маркеров диалекта ЕСИА: публикуется сразу, подписывает позже',
  'RS256 or GOST3410_2012_256': 'RS256 или GOST3410_2012_256',
  'sign with it at once and withdraw the others of its algorithm':
    'подписывать им сразу и отозвать остальные ключи этого алгоритма',
  'days until it signs, for clients that pin a certificate':
    'через сколько дней подписывает, ради клиентов, закрепляющих сертификат',
  'records that decide who is trusted, and whether this service wrote them':
    'записи, от которых зависит, кому доверяют, и сделал ли их этот сервис',
  'show them; ends with 1 where one was not written by this service':
    'показать их; завершается с кодом 1, если какую-то сделал не этот сервис',
  'give your word for records that were not written by this version of the service':
    'поручиться за записи, сделанные не этой версией сервиса',
  'those of one table only': 'только из одной таблицы',
  'the one of that key only': 'только с этим ключом',
  'you have looked at them, and they are right': 'вы их просмотрели, и они верны',
  'the register of organisations, and what they do here': 'реестр организаций и то, что они здесь делают',
  'import organisations: CSV or JSON Lines with ogrn, inn, kpp, name, short_name, state, heads':
    'загрузить организации: CSV или JSON Lines с полями ogrn, inn, kpp, name, short_name, state, heads',
  'form of the file (default: by its name)': 'вид файла (по умолчанию по имени)',
  'organisations that the file does not have leave the register':
    'организации, которых нет в файле, исключаются из реестра',
  'leave wrong rows out and list them': 'пропустить неверные строки и перечислить их',
  'what the register has of an organisation': 'что известно реестру об организации',
  'bar an organisation from signing in and end its sessions':
    'закрыть организации вход и завершить её сеансы',
  'let an organisation in again that was blocked here':
    'снова открыть вход организации, которой он был закрыт здесь',
  'its open sessions, the newest first': 'её открытые сеансы, новые первыми',
  'end one of its sessions': 'завершить один из её сеансов',
  'end all of its sessions': 'завершить все её сеансы',
  'relying parties that are still to be told of logouts, or could not be in the last 30 days':
    'порталы, которым ещё предстоит узнать о выходах или не удалось сообщить за 30 дней',
  'what its people have agreed to hand over, the newest first':
    'что её люди согласились передавать, новое первым',
  'withdraw what somebody with that certificate has agreed to':
    'отозвать согласие владельца этого сертификата',
  'its sign-ins with outcome and place, the newest first': 'её входы с итогом и местом, новые первыми',
  'at most so many': 'не больше стольких',
  'machine-readable powers of attorney that lie ready for sign-ins':
    'машиночитаемые доверенности, готовые для входов',
  'verify a power of attorney (format 003, detached CMS signature) and lay it ready':
    'проверить доверенность (формат 003, подпись CMS отдельно) и принять её',
  'accept a signature by a certificate that is not qualified':
    'принять подпись неквалифицированным сертификатом',
  'the powers that an organisation has given': 'доверенности, выданные организацией',
  'what a power says': 'что сказано в доверенности',
  'where several have the number: that of the power it was handed on from, or `none`':
    'если номер у нескольких: номер доверенности, по которой передоверено, или `none`',
  'withdraw a power here and end the sessions that rest on it':
    'отозвать доверенность здесь и завершить основанные на ней сеансы',
  'certificates that organisations have connected': 'сертификаты, подключённые организациями',
  'the connected carriers of an organisation, those that end first first':
    'подключённые носители организации, первыми те, чей срок истекает раньше',
  'give a carrier another name': 'переименовать носитель',
  'disconnect a carrier and end the sessions that it opened':
    'отключить носитель и завершить открытые им сеансы',
  'send the notices of expiry that are due now':
    'отправить извещения об окончании срока, время которых пришло',
  'the database that the service keeps everything in': 'база, в которой сервис всё хранит',
  'bring the schema up to date; services of the version before go on meanwhile':
    'обновить схему; сервисы прежней версии тем временем работают',
  'copy the SQLite database into the empty PostgreSQL of DATABASE_URL, and verify the audit there':
    'скопировать базу SQLite в пустую PostgreSQL из DATABASE_URL и проверить там журнал',
  'the SQLite database (default: sealgate.sqlite in the data folder)':
    'база SQLite (по умолчанию sealgate.sqlite в папке данных)',
  'copy database, secrets and assertion keys into one new file, while the service runs, and verify it':
    'скопировать базу, секреты и ключи утверждений в один новый файл при работающем сервисе и проверить его',
  'verify a backup and put it where nothing is yet: into an empty data folder':
    'проверить резервную копию и развернуть её там, где ещё ничего нет: в пустой папке данных',
  'the log of sign-ins': 'журнал входов',
  'check that no record was changed, removed or moved':
    'проверить, что ни одна запись не изменена, не удалена и не переставлена',
  'a head noted earlier, which the log must still contain':
    'ранее отмеченная запись, которая должна быть в журнале',
  'heads put down by the service, in a file of its own or a log of many programs':
    'отметки, сделанные сервисом, в отдельном файле или в общем логе программ',
  'show records, the oldest first': 'показать записи, старые первыми',
  'begin after this record': 'начать после этой записи',
  'only so many of the newest that fit': 'только столько последних из подходящих',
  'only of this time or later, such as 2026-11-28 or 2026-11-28T12:00Z':
    'только с этого времени, например 2026-11-28 или 2026-11-28T12:00Z',
  'of this organisation only: OGRN or INN': 'только об этой организации: ОГРН или ИНН',
  'show at most so many': 'показать не больше стольких',
  'of this relying party only': 'только об этом портале',
  'with this failure code only': 'только с этим кодом отказа',
  'with this trace id only': 'только с этим номером обращения',
  'the whole story of a sign-in or another event: its trace id, session or number of the record':
    'вся история входа или другого события: по номеру обращения, сеансу или номеру записи',
  'look into this log of the service as well, for what is not kept of requests before a sign-in':
    'посмотреть и в этот лог сервиса: там всё, что отклонено до начала входа',
  'write the evidence of a sign-in to a ZIP file, sealed with the key that signs assertions':
    'записать материалы входа в файл ZIP, заверенный ключом утверждений',
  'file to write; it must not exist yet': 'куда записать; такого файла ещё не должно быть',
  'without a seal, where the key is out of reach: nobody can tell later where it comes from':
    'не заверять, если ключ недоступен: потом никто не узнает, откуда файл',
  'number of the record (audit list), session id or trace id':
    'номер записи (audit list), сеанс или номер обращения',
  'check the evidence of a sign-in again, offline and at its own time, and compare the verdicts':
    'проверить материалы входа снова, без сети и на то же время, и сравнить решения',
  'public keys (JWKS) of the service that exported it, instead of its database':
    'открытые ключи (JWKS) выгрузившего сервиса вместо его базы',
  'compare the verdicts alone, whoever made the file': 'только сравнить решения, кто бы ни сделал файл',
  'ZIP file that audit export wrote': 'файл ZIP, записанный командой audit export',
};
