/** Options of a registration and of its policy, by the English text. */
export const registration: Readonly<Record<string, string>> = {
  'relying parties: the portals that sign people in': 'порталы, на которые входят люди',
  'register a relying party; its secret is shown this once':
    'зарегистрировать портал; секрет показывается один раз',
  identifier: 'идентификатор',
  'name in English, as the challenge shows it': 'название по-английски, как в подписываемом тексте',
  'name in Russian, as the challenge shows it': 'название по-русски, как в подписываемом тексте',
  'origins of its pages': 'адреса его страниц (origin)',
  'addresses on them to which the sign-in page sends people back':
    'адреса на них, куда страница входа возвращает людей',
  'whom its assertions may be for (default: itself)':
    'для кого могут быть утверждения (по умолчанию для него самого)',
  'language of the challenge, en or ru (default: ru)':
    'язык подписываемого текста, en или ru (по умолчанию ru)',
  'addresses or networks from which its backend may call (default: any)':
    'адреса или сети, откуда может обращаться его сервер (по умолчанию любые)',
  'where browsers come back to with a code; opens OpenID Connect':
    'куда браузер возвращается с кодом; открывает OpenID Connect',
  'where they may be sent after the end of a session': 'куда можно отправить после окончания сеанса',
  'is told of the end of sessions': 'кому сообщать об окончании сеансов',
  'what it may ask for: openid, organisation, organisation.register, signer, signer.snils, powers':
    'что он может запрашивать: openid, organisation, organisation.register, signer, signer.snils, powers',
  'how it proves itself: client_secret_basic, client_secret_post, private_key_jwt, self_signed_tls_client_auth, none':
    'чем подтверждает себя: client_secret_basic, client_secret_post, private_key_jwt, self_signed_tls_client_auth, none',
  'its public keys, a JWKS, or certificates in PEM or DER':
    'его открытые ключи: JWKS или сертификаты в PEM или DER',
  'where it publishes them': 'адрес, по которому он их публикует',
  '… one person of it may have': '… одновременно у одного человека',
  'how long a session lasts at most': 'сколько сеанс длится самое большее',
  'end a session that was not used for so long': 'через сколько без обращений завершать сеанс',
  'names of organisations: public, or pairwise for one of its own':
    'имена организаций: public — общие, pairwise — свои для этого портала',
  'ask people what may be handed over, or waived for a portal of your own':
    'ask — спрашивать людей, что можно передать, waived — не спрашивать, для собственного портала',
  'issue refresh tokens, which end with the session':
    'выдавать refresh token, которые кончаются вместе с сеансом',
  'take signed requests only': 'принимать только подписанные запросы',
  'take pushed requests only': 'принимать только запросы, переданные заранее (PAR)',
  'client_id of its requests, where its client was built for ЕСИА':
    'client_id его запросов, если его клиент создан для ЕСИА',
  'certificates that it signs its requests with, PEM or DER':
    'сертификаты, которыми он подписывает запросы, PEM или DER',
  'where people go back to, or origins (default: its origins)':
    'куда возвращаются люди, адреса или origin (по умолчанию его страницы)',
  'scopes that it may ask for': 'какие scope он может запрашивать',
  'iss that it expects in tokens (default: this service)':
    'какой iss он ждёт в маркерах (по умолчанию этот сервис)',
  'is told of the end of sessions, as by OpenID Connect':
    'куда сообщается о конце сеансов, как в OpenID Connect',
  'how far timestamp may be off': 'насколько может расходиться timestamp',
  'accept CMS without a signing-certificate attribute': 'принимать CMS без атрибута signing-certificate',
  'accept the challenge signed in UTF-16LE': 'принимать текст, подписанный в UTF-16LE',
  'accept GOST R 34.10-2012 under the name of GOST R 34.10-2001':
    'принимать ГОСТ Р 34.10-2012 под именем ГОСТ Р 34.10-2001',
  'how far the signing time may lie from the service’s clock':
    'насколько время подписания может расходиться с часами сервиса',
  'let in certificates that are not qualified as well': 'допускать и неквалифицированные сертификаты',
  'lowest class of the tool that a qualified certificate’s key signs with':
    'низший класс средства, которым подписывает ключ квалифицированного сертификата',
  'sources of revocation that are accepted, in the order in which they are asked':
    'какие источники сведений об отзыве принимаются, в порядке опроса',
  'take lists and answers inside of the message where nobody who was asked could answer':
    'брать списки и ответы из сообщения, если никто из опрошенных не ответил',
  'how long after their term lists and answers are taken where nothing newer is had':
    'сколько минут после срока брать списки и ответы, если нет новых',
  'take no lists and answers issued longer ago than this':
    'не брать списки и ответы, выпущенные раньше чем столько минут назад',
  'take only OCSP answers that repeat the nonce': 'брать только ответы OCSP, повторяющие nonce',
  'how long ago an OCSP answer may have been produced that leaves out the nonce':
    'насколько давним может быть ответ OCSP без nonce, в минутах',
  'longest time that a sign-in waits for the network': 'сколько секунд вход ждёт сеть',
  'how long it waits for the first source where another has fresh evidence at hand':
    'сколько секунд ждать первый источник, когда у другого есть свежие сведения',
  'let pass what cannot be checked, for a while: why': 'на время пропускать то, что нельзя проверить: почему',
  '… by whose decision': '… по чьему решению',
  '… from when on, such as 2026-11-21T12:00:00Z': '… с какого времени, например 2026-11-21T12:00:00Z',
  '… until when, a day later at most': '… до какого времени, не больше суток',
  'how many sessions one organisation may have at once':
    'сколько сеансов одновременно может быть у одной организации',
  'lock a certificate out after so many refusals that its signer causes':
    'закрыть вход сертификату после стольких отказов по вине подписавшего',
  '… an address, where the portal tells it, after so many':
    '… адресу, если портал его сообщает, после стольких',
  '… a whole organisation after so many': '… всей организации после стольких',
  '… within so many minutes, and for as long': '… за столько минут и на столько же',
  'let in only organisations of the register, signed for by right':
    'допускать только организации из реестра, подписывает имеющий право',
  'do not compare the certificate’s name with the register’s':
    'не сравнивать название в сертификате с реестром',
  'let in only certificates that the organisation has connected':
    'допускать только подключённые организацией сертификаты',
  'powers of attorney that let a representative in: any of these codes':
    'доверенности, по которым входит представитель: любой из этих кодов',
  'accept powers of attorney that were handed on, once':
    'принимать доверенности в порядке передоверия, один раз',
  'let in systems that sign with an organisation’s seal, which names no person':
    'допускать системы, подписывающие печатью организации без указания человека',
  'let in natural persons who sign for no organisation':
    'допускать физических лиц, подписывающих только за себя',
  'open /v1/organisations to the organisations that sign in through it':
    'открыть /v1/organisations входящим через него организациям',
  'change a registration: what is given takes the place of what was, the rest stays':
    'изменить регистрацию: указанное заменяет прежнее, остальное остаётся',
  'put these back to what they are by default, such as sessionLimit or oidc':
    'вернуть это к значениям по умолчанию, например sessionLimit или oidc',
  'list the relying parties': 'перечислить порталы',
  'show a relying party with every setting of its policy': 'показать портал со всеми его правилами',
  'give a new secret; the old one is accepted for a while longer':
    'выдать новый секрет; прежний ещё некоторое время действует',
  'how long the old secret is still accepted': 'сколько часов ещё действует прежний секрет',
  'turn a relying party away': 'отключить портал',
  'let a relying party in again': 'снова включить портал',
};
