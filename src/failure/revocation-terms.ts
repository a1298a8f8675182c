import type { Language } from './failure.ts';

/** Rules that a list or an OCSP answer breaks, and what is wrong with who signed it. */
export const revocationTerms = {
  'list of revoked certificates is empty': {
    en: 'the list of revoked certificates is there and empty, which RFC 5280, section 5.1.2.6, forbids',
    ru: 'перечень отозванных сертификатов указан и пуст, а RFC 5280 (раздел 5.1.2.6) этого не допускает',
  },
  'list has no issuer': { en: 'the list has no issuer', ru: 'в списке нет издателя' },
  'version of the list is not 2': { en: 'the version of the list is not 2', ru: 'версия списка не 2' },
  'extensions in a list of version 1': {
    en: 'there are extensions in a list of version 1',
    ru: 'в списке версии 1 есть расширения',
  },
  'number of the list is out of range': {
    en: 'the number of the list is out of range',
    ru: 'номер списка вне допустимых пределов',
  },
  'issuing distribution point is empty': {
    en: 'the issuing distribution point is empty',
    ru: 'расширение issuingDistributionPoint пусто',
  },
  'list is limited to more than one kind of certificate': {
    en: 'the list is limited to more than one kind of certificates',
    ru: 'список ограничен сразу несколькими видами сертификатов',
  },
  'signature algorithm differs inside and outside of the signed part': {
    en: 'the algorithm of the signature differs inside and outside of the signed part',
    ru: 'алгоритм подписи внутри и вне подписанной части различается',
  },
  'removeFromCRL in a full list': {
    en: 'it has removeFromCRL, which only a delta list may have',
    ru: 'в нём есть removeFromCRL, допустимый только в разностном списке',
  },
  'reason of the revocation is unknown': {
    en: 'the reason of a revocation is unknown',
    ru: 'причина отзыва неизвестна',
  },
  'nextUpdate lies before thisUpdate': {
    en: 'nextUpdate lies before thisUpdate',
    ru: 'nextUpdate раньше thisUpdate',
  },
  'version of the response is unknown': {
    en: 'the version of the answer is unknown',
    ru: 'версия ответа неизвестна',
  },
  'kind of the response is unknown': { en: 'the kind of the answer is unknown', ru: 'вид ответа неизвестен' },
  'status of the response is unknown': {
    en: 'the status of the answer is unknown',
    ru: 'состояние ответа неизвестно',
  },
  'no certificate of the responder': {
    en: 'the responder’s certificate is not there',
    ru: 'нет сертификата службы OCSP',
  },
  'certificate of the responder is malformed': {
    en: 'the responder’s certificate cannot be read',
    ru: 'сертификат службы OCSP не читается',
  },
  'responder is of another authority': {
    en: 'the responder’s certificate is of another authority',
    ru: 'сертификат службы OCSP выдан другим удостоверяющим центром',
  },
  'certificate of the responder is not signed by the authority': {
    en: 'the authority did not sign the responder’s certificate',
    ru: 'сертификат службы OCSP не подписан удостоверяющим центром',
  },
  'certificate of the responder is out of its term': {
    en: 'the responder’s certificate is out of its term',
    ru: 'сертификат службы OCSP вне срока действия',
  },
  'certificate of the responder is not for signing OCSP answers': {
    en: 'the responder’s certificate is not for signing OCSP answers',
    ru: 'сертификат службы OCSP не предназначен для подписи ответов OCSP',
  },
  'certificate of the responder is not known to be current': {
    en: 'it is not known whether the responder’s own certificate was revoked',
    ru: 'неизвестно, не отозван ли сертификат самой службы OCSP',
  },
  'answer was made outside of the term of its signer': {
    en: 'it was made outside of the term of its signer’s certificate',
    ru: 'он создан вне срока действия сертификата подписавшего',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;
