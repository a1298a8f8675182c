import type { Language } from './failure.ts';

/** What an encoding is, and what is needed in its place; each stands alone, as the answer to "what was given". */
export const encodingTerms = {
  'certificate-file': { en: 'a certificate', ru: 'сертификат' },
  'one-certificate': { en: 'one certificate', ru: 'один сертификат' },
  'revocation-list': { en: 'a revocation list (CRL)', ru: 'список отзыва (CRL)' },
  'ocsp-answer': { en: 'an OCSP answer', ru: 'ответ OCSP' },
  'cms-message': { en: 'a signed message (CMS, PKCS #7)', ru: 'подписанное сообщение (CMS, PKCS #7)' },
  'other-cms-message': {
    en: 'a CMS message that is not signed, an encrypted one for example',
    ru: 'сообщение CMS без подписи, например зашифрованное',
  },
  'certificate-request-file': {
    en: 'a request for a certificate (PKCS #10), not the certificate that the authority issued for it',
    ru: 'запрос на сертификат (PKCS #10), а не выпущенный по нему сертификат',
  },
  'attribute-certificate': { en: 'an attribute certificate', ru: 'атрибутный сертификат' },
  'ocsp-request': { en: 'a request to an OCSP service', ru: 'запрос к службе OCSP' },
  'time-stamp': { en: 'an answer of a time-stamping service', ru: 'ответ службы штампов времени' },
  'private-key': {
    en: 'a private key, which should not leave its owner’s hands',
    ru: 'закрытый ключ, который нельзя никому передавать',
  },
  'encrypted-private-key': {
    en: 'a private key, encrypted, which should not leave its owner’s hands',
    ru: 'зашифрованный закрытый ключ, который нельзя никому передавать',
  },
  'public-key': { en: 'a public key without a certificate', ru: 'открытый ключ без сертификата' },
  'key-container': {
    en: 'a container with a private key (PKCS #12, CryptoPro), which should not leave its owner’s hands',
    ru: 'контейнер с закрытым ключом (PKCS #12, КриптоПро), который нельзя никому передавать',
  },
  'openssl-trust-settings': {
    en: 'OpenSSL’s trust settings without a certificate',
    ru: 'настройки доверия OpenSSL без сертификата',
  },
  'certificate-store': {
    en: 'a store of certificates that Windows has exported (.sst)',
    ru: 'хранилище сертификатов, выгруженное из Windows (.sst)',
  },
  'mail-message': {
    en: 'an e-mail (S/MIME), not the signature itself',
    ru: 'электронное письмо (S/MIME), а не сама подпись',
  },
  'openpgp-data': { en: 'OpenPGP data', ru: 'данные OpenPGP' },
  'pdf-document': { en: 'a PDF document', ru: 'документ PDF' },
  'zip-archive': { en: 'a ZIP archive', ru: 'архив ZIP' },
  'xml-document': { en: 'an XML document', ru: 'документ XML' },
  'several-encodings': { en: 'several of them in one file', ru: 'несколько сразу в одном файле' },
  'broken-armour': {
    en: 'a PEM block that is cut off or no base64',
    ru: 'блок PEM, обрезанный или не в base64',
  },
  nothing: { en: 'nothing', ru: 'пустые данные' },
  'unknown-encoding': {
    en: 'neither DER nor PEM nor base64 of anything that is known here',
    ru: 'не DER, не PEM и не base64 известных здесь данных',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** One of these. */
export type EncodingTerm = keyof typeof encodingTerms;
