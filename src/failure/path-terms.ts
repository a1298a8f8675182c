import type { Language } from './failure.ts';

/** The rules, limits and accepted departures of path validation in words; keys are their ids. */
export const pathTerms = {
  // Rules of RFC 5280, section 6.1.
  'certificate-signature': { en: 'its signature does not hold', ru: 'подпись под ним неверна' },
  'issuer-key': { en: 'the issuer’s key is unusable', ru: 'ключ издателя непригоден' },
  'issuer-name': { en: 'the issuer’s name is another', ru: 'имя издателя не совпадает' },
  'not-an-authority': {
    en: 'its issuer is not marked as a certification authority',
    ru: 'издатель не отмечен как удостоверяющий центр',
  },
  'key-usage-certificates': {
    en: 'the issuer’s key may not sign certificates',
    ru: 'ключ издателя не предназначен для подписи сертификатов',
  },
  'critical-extension': {
    en: 'it has a critical extension that is unknown here',
    ru: 'есть критическое расширение, неизвестное сервису',
  },
  'critical-qualifier': {
    en: 'its critical policies have a qualifier that is unknown here',
    ru: 'у критических политик есть неизвестный сервису квалификатор',
  },
  'path-length': { en: 'the path is longer than allowed', ru: 'цепочка длиннее допустимой' },
  'name-constraints': {
    en: 'the name lies outside of what the authority may certify',
    ru: 'имя вне области, разрешённой удостоверяющему центру',
  },
  policies: {
    en: 'no certificate policy holds along the whole path',
    ru: 'ни одна политика не действует во всей цепочке',
  },
  'policy-mapping-any': {
    en: 'it maps any-policy, which is forbidden',
    ru: 'запрещённое сопоставление произвольной политики',
  },
  'public-key': { en: 'the public key is malformed', ru: 'открытый ключ записан с ошибкой' },
  'target-is-authority': {
    en: 'it is an authority’s certificate, not a person’s',
    ru: 'это сертификат удостоверяющего центра, а не владельца',
  },
  'target-is-anchor': {
    en: 'it is itself the trusted root, so that nobody issued it',
    ru: 'это сам доверенный корень, его никто не выдавал',
  },
  'serial-not-unique': {
    en: 'two certificates of one issuer have the same serial number',
    ru: 'у двух сертификатов одного издателя одинаковый номер',
  },
  'peer-name': { en: 'it is made out to another name', ru: 'выдан на другое имя' },
  // Limits on the work of one request.
  signatures: { en: 'signatures verified', ru: 'число проверенных подписей' },
  work: { en: 'work on signatures', ru: 'объём работы по проверке подписей' },
  poolWork: {
    en: 'work on signatures under keys from the message',
    ru: 'объём работы по проверке подписей ключами из сообщения',
  },
  claimWork: {
    en: 'work on lists and answers in the message that speak against its signer',
    ru: 'объём работы по спискам и ответам из сообщения, говорящим против подписавшего',
  },
  octets: { en: 'size of what has to be read', ru: 'объём данных для разбора' },
  poolOctets: {
    en: 'size of the certificates in the message',
    ru: 'размер сертификатов в сообщении',
  },
  poolCandidates: {
    en: 'issuers of one name in the message',
    ru: 'число издателей с одним именем в сообщении',
  },
  certificates: { en: 'certificates looked at', ru: 'число просмотренных сертификатов' },
  depth: { en: 'length of the path', ru: 'длина цепочки' },
  nameComparisons: { en: 'names compared with constraints', ru: 'число сравнений имён с ограничениями' },
  policyNodes: { en: 'policies followed', ru: 'число прослеженных политик' },
  // Departures that are accepted by name and reported.
  'boolean-true-is-01': { en: 'BOOLEAN true encoded as 01', ru: 'BOOLEAN «истина» записан как 01' },
  'default-is-encoded': { en: 'a default value is encoded', ru: 'записано значение по умолчанию' },
  'named-bits-end-in-zero': {
    en: 'named bits written with zeros at their end',
    ru: 'именованные биты записаны с нулями в конце',
  },
  'generalized-time-before-2050': {
    en: 'a date before 2050 as GeneralizedTime',
    ru: 'дата до 2050 года записана как GeneralizedTime',
  },
  'gost-parameters-null': {
    en: 'NULL as parameters of a GOST signature',
    ru: 'параметры подписи ГОСТ записаны как NULL',
  },
  'private-key-period-void': {
    en: 'the private key’s term ends before the certificate’s begins',
    ru: 'срок ключа кончается раньше начала срока сертификата',
  },
  'key-identifiers-differ': {
    en: 'it points at another key identifier than its issuer has',
    ru: 'указан не тот идентификатор ключа издателя',
  },
  // Rules for certificates of servers.
  'version-3': { en: 'it is not of version 3', ru: 'версия не 3' },
  'strict-encoding': { en: 'its encoding is not strict DER', ru: 'кодирование не строго DER' },
  'serial-number': {
    en: 'the serial number is not positive or too long',
    ru: 'серийный номер не положителен или слишком длинный',
  },
  'issuer-empty': { en: 'the issuer’s name is empty', ru: 'имя издателя пустое' },
  'subject-empty': { en: 'an authority’s name is empty', ru: 'имя удостоверяющего центра пустое' },
  'extensions-readable': { en: 'an extension cannot be read', ru: 'расширение не читается' },
  'key-size': { en: 'the key is not of an accepted size', ru: 'размер ключа не допускается' },
  'basic-constraints': {
    en: 'basic constraints are absent or not critical',
    ru: 'нет критического расширения basicConstraints',
  },
  'path-length-of-no-authority': {
    en: 'a path length in a certificate of no authority',
    ru: 'ограничение длины в сертификате не УЦ',
  },
  'key-usage': {
    en: 'an authority’s key usage lacks signing of certificates',
    ru: 'в назначении ключа УЦ нет подписи сертификатов',
  },
  'key-usage-of-no-authority': {
    en: 'a key usage that only authorities have',
    ru: 'назначение ключа, допустимое только для УЦ',
  },
  'subject-key-identifier': {
    en: 'the subject key identifier is absent or critical',
    ru: 'идентификатор ключа отсутствует или критический',
  },
  'authority-key-identifier': {
    en: 'the authority key identifier is absent or critical',
    ru: 'идентификатор ключа издателя отсутствует или критический',
  },
  'root-authority-key-identifier': {
    en: 'the root’s authority key identifier points elsewhere',
    ru: 'идентификатор ключа издателя в корне указывает на другой ключ',
  },
  'root-extended-key-usage': {
    en: 'the root has an extended key usage',
    ru: 'в корне есть расширенное назначение ключа',
  },
  'extended-key-usage': {
    en: 'the extended key usage is critical or allows anything',
    ru: 'расширенное назначение ключа критическое или произвольное',
  },
  'name-constraints-of-no-authority': {
    en: 'name constraints in a certificate of no authority',
    ru: 'ограничения имён в сертификате не УЦ',
  },
  'name-constraints-form': { en: 'malformed name constraints', ru: 'ограничения имён записаны с ошибкой' },
  'policy-constraints-critical': {
    en: 'policy constraints are not critical',
    ru: 'ограничения политик не критические',
  },
  'alternative-name': {
    en: 'alternative names are absent or of the wrong criticality',
    ru: 'альтернативных имён нет, или неверна их критичность',
  },
  'alternative-name-syntax': { en: 'a malformed alternative name', ru: 'ошибка в альтернативном имени' },
  'common-name': {
    en: 'the common name is none of the alternative names',
    ru: 'общее имя не входит в альтернативные',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** The name of a rule, limit or accepted departure of path validation. */
export type PathTerm = keyof typeof pathTerms;
