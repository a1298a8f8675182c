/** What commands of the person who signs are for, and their options, by the English text. */
export const person: Readonly<Record<string, string>> = {
  'Sign-in of legal entities by electronic signature: service, tokens, validation':
    'Вход юридических лиц по электронной подписи: сервис, носители, проверка',
  'output the version number': 'показать номер версии',
  'display help for command': 'показать справку по команде',
  'show tables whole, however wide the terminal is':
    'показывать таблицы целиком, какой бы ни была ширина терминала',
  'print a script by which a shell completes commands and options':
    'вывести сценарий, по которому оболочка дополняет команды и ключи',
  'for this shell': 'для какой оболочки',
  'look at what a sign-in depends on on this machine, and say what to mend':
    'осмотреть всё, от чего на этом компьютере зависит вход, и сказать, что исправить',
  'site to ask whether it answers; may be repeated (otherwise those that the agent lets in)':
    'сайт, отвечает ли он; можно повторять (иначе те, которые допускает агент)',
  'folder of the agent': 'папка агента',
  'tokens, smart cards and the keys on them': 'токены, смарт-карты и ключи на них',
  'drivers, tokens, keys and certificates, as far as they show without a PIN':
    'драйверы, носители, ключи и сертификаты, насколько их видно без PIN-кода',
  'print the result as JSON': 'вывести итог как JSON',
  'PKCS#11 library: rutoken, jacarta, softhsm, opensc or a path':
    'библиотека PKCS#11: rutoken, jacarta, softhsm, opensc или путь',
  'set a token up: label, administrator’s PIN, user’s PIN; everything on it is lost':
    'подготовить носитель: метка, PIN-код администратора, PIN-код пользователя; всё, что на нём было, пропадёт',
  'token, where there are several': 'носитель, если их несколько',
  'read the PIN from this file descriptor (otherwise SEALGATE_PIN, or a prompt)':
    'прочитать PIN-код из этого дескриптора (иначе SEALGATE_PIN или вопрос)',
  'show the token the PIN even if this is the last try before it is blocked':
    'предъявить PIN-код, даже если это последняя попытка перед блокировкой',
  'label of the token': 'метка носителя',
  'also if the token named by --token is in use':
    'и тогда, когда носитель, названный в --token, уже используется',
  'read the administrator’s PIN from here (otherwise SEALGATE_SO_PIN, or a prompt)':
    'прочитать отсюда PIN-код администратора (иначе SEALGATE_SO_PIN или вопрос)',
  'generate a key pair on the token; the private key never leaves it':
    'создать пару ключей на носителе; закрытый ключ его не покинет',
  'kind of key': 'вид ключа',
  'GOST parameter set': 'набор параметров ГОСТ',
  'label of the key': 'метка ключа',
  'sign a certificate request (PKCS#10) with a key of the token':
    'подписать запрос на сертификат (PKCS#10) ключом носителя',
  'key, where there are several': 'ключ, если их несколько',
  'subject: C=RU, O=…, CN=…, INNLE=…, OGRN=…; short names or OIDs':
    'владелец: C=RU, O=…, CN=…, INNLE=…, OGRN=…; короткие имена или OID',
  'subject as JSON: [{ "type": "CN", "value": "…", "as": "utf8" }, …]':
    'владелец как JSON: [{ "type": "CN", "value": "…", "as": "utf8" }, …]',
  'extended key usage: clientAuth, emailProtection or an OID':
    'назначение ключа: clientAuth, emailProtection или OID',
  'the subject has to be that of a qualified certificate; asks for one':
    'владелец должен быть таким, как в квалифицированном сертификате; запросить такой сертификат',
  'with --qualified: class of the signing tool': 'с --qualified: класс средства подписи',
  'with --qualified: name of the signing tool, as its certificate of conformity has it':
    'с --qualified: название средства подписи, как в его сертификате соответствия',
  'write the request here and not to standard output': 'записать запрос сюда, а не в стандартный вывод',
  'form of the request': 'вид запроса',
  'write a certificate beside its key': 'записать сертификат рядом с его ключом',
  'label of the certificate (otherwise that of the key)': 'метка сертификата (иначе метка ключа)',
  'certificate, PEM or DER': 'сертификат, PEM или DER',
  'generate a new key and request a certificate for it, with the subject of the present one':
    'создать новый ключ и запросить для него сертификат на того же владельца',
  'present certificate, where there are several': 'нынешний сертификат, если их несколько',
  'label of the new key (otherwise that of the present one, with the date)':
    'метка нового ключа (иначе метка нынешнего с датой)',
  'remove a key with its certificates, or one certificate; says first what is lost':
    'удалить ключ с его сертификатами или один сертификат; сначала скажет, что пропадёт',
  'remove the certificate and leave its key': 'удалить сертификат и оставить его ключ',
  'remove it; without this nothing is removed': 'удалить; без этого ничего не удаляется',
  'label, id or fingerprint': 'метка, id или отпечаток',
  'change the user’s PIN, or set a new one with the administrator’s':
    'сменить PIN-код пользователя или задать новый по PIN-коду администратора',
  'set a new PIN with the administrator’s PIN, which also unblocks it':
    'задать новый PIN-код по PIN-коду администратора; это снимает и блокировку',
  'with --unblock: the card has a PUK (given as the administrator’s PIN) and no administrator':
    'с --unblock: у карты есть PUK (указывается как PIN-код администратора) и нет администратора',
  'read the new PIN from here (otherwise SEALGATE_NEW_PIN, or a prompt)':
    'прочитать отсюда новый PIN-код (иначе SEALGATE_NEW_PIN или вопрос)',
  'key or certificate, where there are several': 'ключ или сертификат, если их несколько',
  'sign with a key file (PKCS#8 or PKCS#12) and not with a token':
    'подписать файлом ключа (PKCS#8 или PKCS#12), а не носителем',
  'leave the content out of the message': 'не вкладывать содержимое в сообщение',
  'FILE is the answer of /v1/challenges to the request in this file; make the body for /v1/logins':
    'ФАЙЛ — ответ /v1/challenges на запрос из этого файла; составить тело для /v1/logins',
  'what to sign': 'что подписать',
  'sign in to a service the way a portal does, to try it out':
    'войти в сервис так, как это делает портал, для пробы',
  'address of the service': 'адрес сервиса',
  'identifier of the relying party': 'идентификатор портала',
  'origin of the portal, as it is registered': 'адрес страниц портала, как он зарегистрирован',
  'whom the assertion is for': 'для кого утверждение',
  'name of the service in assertions, where it is not its address':
    'имя сервиса в утверждениях, если это не его адрес',
  'read the secret of the client from this file descriptor': 'прочитать секрет портала из этого дескриптора',
  'run the signing agent: portals’ pages ask it for signatures, and it asks you':
    'запустить агент подписи: страницы порталов просят у него подпись, а он спрашивает вас',
  'port on this machine (otherwise 47615, 47625, 47635, the first free)':
    'порт на этом компьютере (иначе первый свободный из 47615, 47625, 47635)',
  'all that are found': 'все, что найдены',
  'PKCS#11 library to ask; may be repeated': 'какую библиотеку PKCS#11 спрашивать; можно повторять',
  'keep a PIN that was accepted for so long': 'помнить верный PIN-код столько времени',
  'program that opens the agent’s windows (otherwise the system’s browser)':
    'чем открывать окна агента (иначе браузером системы)',
  'folder of what the agent keeps': 'папка, где агент хранит своё',
  'start the agent, with these options, whenever your session starts':
    'запускать агент с этими ключами при каждом начале вашего сеанса',
  'compile all that the agent needs, so that it starts small':
    'собрать заранее всё, что нужно агенту, чтобы он занимал меньше памяти',
  'take back everything that install has written, and what the agent keeps':
    'убрать всё, что записала команда install, и то, что хранит агент',
  'leave the list of sites and the history': 'оставить список сайтов и историю',
  'whether the agent runs, where, and what is installed': 'работает ли агент, где и что установлено',
  'key files that the agent may sign with': 'файлы ключей, которыми агент может подписывать',
  'name a key file to the agent; its password is asked for once, and not kept':
    'указать агенту файл ключа; пароль спрашивается один раз и не хранится',
  'certificate of the key, where it is not in the file': 'сертификат ключа, если его нет в файле',
  'PKCS#12, PKCS#8, or a PEM file with key and certificate':
    'PKCS#12, PKCS#8 или файл PEM с ключом и сертификатом',
  'have the agent forget a key file; the file stays': 'пусть агент забудет файл ключа; сам файл останется',
  'the file': 'файл',
  'look at certificates and validate them': 'рассмотреть сертификаты и проверить их',
  'print the fields of a certificate; nothing in it is verified':
    'показать поля сертификата; ничего в нём не проверяется',
  'certificate, or several': 'сертификат или несколько',
  'build a path to an anchor, check it and, where lists or answers are given, revocation':
    'построить цепочку до доверенного корня, проверить её и, если даны списки или ответы, отзыв',
  'trusted certificates': 'доверенные сертификаты',
  'certificates that may lie on the path': 'сертификаты, которые могут лежать в цепочке',
  'revocation lists': 'списки отзыва',
  'OCSP answers, DER': 'ответы OCSP, DER',
  'moment of the check, ISO 8601; now if absent': 'на какой момент проверять, ISO 8601; иначе сейчас',
  'rules of the validation': 'правила проверки',
  'print the verdict as JSON': 'вывести решение как JSON',
  'certificate; others in the file may lie on its path':
    'сертификат; другие в этом файле могут лежать в его цепочке',
  'validate and extend signed documents': 'проверить и дополнить подписанные документы',
  'check every signature and time-stamp of a document, their certificates and revocation':
    'проверить каждую подпись и штамп времени документа, их сертификаты и отзыв',
  'what is signed, where the signature is detached': 'что подписано, если подпись отдельно',
  'the file that holds the signature': 'файл с подписью',
  'time-stamp authorities, in the order in which they are asked':
    'службы штампов времени в том порядке, в котором их спрашивать',
};
