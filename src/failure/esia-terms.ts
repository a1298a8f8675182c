import type { Language } from './failure.ts';

/** What can be wrong with a request of ЕСИА's dialect. */
export const esiaTerms = {
  'esia-repeated': { en: 'given twice, with different values', ru: 'передан дважды с разными значениями' },
  'esia-too-long': { en: 'too long', ru: 'слишком длинный' },
  'esia-form': { en: 'not in the form it should have', ru: 'записан не в той форме' },
  'esia-encoding': {
    en: 'neither base64url nor base64, or cut off',
    ru: 'это не base64url и не base64, или текст обрезан',
  },
  'esia-cms-expected': {
    en: 'a CMS signature is expected here, and this is none that can be read',
    ru: 'здесь ожидается подпись CMS, а пришло нечто другое или нечитаемое',
  },
  'esia-raw-expected': {
    en: 'a raw signature of 64 octets is expected here',
    ru: 'здесь ожидается «сырая» подпись из 64 октетов',
  },
  'esia-cms-for-raw': {
    en: 'a CMS signature came where the raw 64 octets are expected',
    ru: 'пришла подпись CMS, а ожидаются «сырые» 64 октета',
  },
  'esia-signer-count': { en: 'it has not exactly one signer', ru: 'подписавший не ровно один' },
  'esia-content': {
    en: 'another string was signed than the one expected',
    ru: 'подписана не та строка, которая ожидается',
  },
  'esia-signature': {
    en: 'the signature is not over the expected string, or is not by this key',
    ru: 'подпись сделана не над ожидаемой строкой или не этим ключом',
  },
  'esia-algorithm': {
    en: 'the algorithm is not one of those accepted',
    ru: 'алгоритм не из числа допустимых',
  },
  'esia-hash-missing': {
    en: 'client_certificate_hash is missing',
    ru: 'не передан client_certificate_hash',
  },
  'esia-hash-form': {
    en: 'client_certificate_hash is not 64 hexadecimal digits',
    ru: 'client_certificate_hash — не 64 шестнадцатеричные цифры',
  },
  'esia-hash-of-pem': {
    en: 'client_certificate_hash is that of the PEM text, and not of the certificate’s DER',
    ru: 'client_certificate_hash посчитан по тексту PEM, а не по DER сертификата',
  },
  'esia-hash-by-sha': {
    en: 'client_certificate_hash is by SHA-256, and not by GOST R 34.11-2012 (256)',
    ru: 'client_certificate_hash посчитан по SHA-256, а не по ГОСТ Р 34.11-2012 (256)',
  },
  'esia-certificate-unregistered': {
    en: 'it is not one of those registered for the system',
    ru: 'его нет среди зарегистрированных для системы',
  },
  'esia-certificate-term': { en: 'it is not in force', ru: 'срок его действия не идёт' },
  'esia-key-kind': {
    en: 'its key is no GOST R 34.10-2012 key of 256 bits',
    ru: 'его ключ — не ГОСТ Р 34.10-2012 длиной 256 бит',
  },
  'esia-code-unknown': { en: 'the code is not ours, or long over', ru: 'код выдан не нами или давно забыт' },
  'esia-code-foreign': { en: 'the code is another system’s', ru: 'код выдан другой системе' },
  'esia-code-used': { en: 'the code was used before', ru: 'код уже использован' },
  'esia-code-expired': { en: 'the code has expired', ru: 'срок действия кода истёк' },
  'esia-code-version': {
    en: 'the code was given at an address of the other version',
    ru: 'код получен по адресу другой версии',
  },
  'esia-redirect-other': {
    en: 'redirect_uri is not the one of the authorization request',
    ru: 'redirect_uri не тот, что в запросе авторизации',
  },
  'esia-refresh-unknown': {
    en: 'the refresh token is not ours, was used, or its sign-in has ended',
    ru: 'маркер обновления выдан не нами, уже использован, или вход по нему завершён',
  },
  'esia-refresh-foreign': {
    en: 'the refresh token is another system’s',
    ru: 'маркер обновления выдан другой системе',
  },
  'esia-found-right-string': {
    en: 'the right string was signed; the form of the signature, or the certificate that was named, is wrong',
    ru: 'подписана верная строка; не те форма подписи или указанный сертификат',
  },
  'esia-found-order-v1': {
    en: 'the parts were signed in the order of v1: scope, timestamp, client_id, state',
    ru: 'части подписаны в порядке v1: scope, timestamp, client_id, state',
  },
  'esia-found-order-v2': {
    en: 'the parts were signed in the order of v2: client_id, scope, scope_org, timestamp, state, redirect_uri',
    ru: 'части подписаны в порядке v2: client_id, scope, scope_org, timestamp, state, redirect_uri',
  },
  'esia-found-without-code': { en: 'the code was not signed', ru: 'не подписан code' },
  'esia-found-without-redirect': { en: 'redirect_uri was not signed', ru: 'не подписан redirect_uri' },
  'esia-found-without-scope-org': { en: 'scope_org was not signed', ru: 'не подписан scope_org' },
  'esia-found-encoded-redirect': {
    en: 'redirect_uri was signed percent-encoded; it is signed as it is',
    ru: 'redirect_uri подписан в процентной кодировке; подписывается сам адрес',
  },
  'esia-found-scope-commas': {
    en: 'the scopes were signed with commas between them; blanks stand there',
    ru: 'области доступа подписаны через запятую; разделяются они пробелами',
  },
  'esia-found-line-end': {
    en: 'a line feed was signed behind the string',
    ru: 'вместе со строкой подписан перевод строки',
  },
  'esia-found-reversed': {
    en: 'the octets of the signature stand in reverse, as CryptoPro gives them',
    ru: 'октеты подписи идут в обратном порядке, как их выдаёт КриптоПро',
  },
  'esia-found-swapped': {
    en: 'r stands before s; s comes first',
    ru: 'r стоит перед s; первым идёт s',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** What is wrong with a request of ЕСИА's dialect. */
export type EsiaTerm = keyof typeof esiaTerms;
