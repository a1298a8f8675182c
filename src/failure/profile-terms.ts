import type { Language } from './failure.ts';

/** The rules of the qualified profile in words, as what a certificate that breaks them lacks; keys are their ids. */
export const profileTerms = {
  'tool-class-named': { en: 'class of the signing tool', ru: 'класс средства электронной подписи' },
  'tool-classes-complete': { en: 'all lower tool classes', ru: 'все младшие классы средства подписи' },
  'authority-class-as-policy': {
    en: 'no class of the authority’s tool among the policies',
    ru: 'политики без класса средств удостоверяющего центра',
  },
  'subject-sign-tool-present': { en: 'the owner’s signing tool', ru: 'средство подписи владельца' },
  'subject-sign-tool-form': {
    en: 'the right form of the owner’s signing tool',
    ru: 'правильная запись средства подписи владельца',
  },
  'issuer-sign-tool-present': { en: 'the issuer’s tools', ru: 'средства подписи и УЦ издателя' },
  'issuer-sign-tool-form': {
    en: 'the right form of the issuer’s tools',
    ru: 'правильная запись средств издателя',
  },
  'identification-kind-present': {
    en: 'how the owner was identified',
    ru: 'способ идентификации владельца',
  },
  'identification-kind-known': {
    en: 'a known way of identifying the owner',
    ru: 'известный способ идентификации владельца',
  },
  'key-algorithm': { en: 'a key of GOST R 34.10-2012', ru: 'ключ ГОСТ Р 34.10-2012' },
  'key-usage-present': { en: 'key usage', ru: 'область использования ключа' },
  'key-usage-signs': { en: 'the right to sign', ru: 'право подписывать' },
  'key-usage-no-authority': {
    en: 'a key that is not an authority’s',
    ru: 'ключ, не принадлежащий удостоверяющему центру',
  },
  'key-usage-critical': { en: 'critical key usage', ru: 'критичность области использования ключа' },
  'subject-no-authority': {
    en: 'a certificate that is not an authority’s',
    ru: 'сертификат, выданный не удостоверяющему центру',
  },
  'extended-key-usage-sign-in': {
    en: 'a purpose that includes signing in',
    ru: 'назначение, допускающее вход',
  },
  'key-period-form': { en: 'a proper term of the key', ru: 'правильный срок действия ключа' },
  'key-period-within-term': {
    en: 'a term of the key within the certificate’s',
    ru: 'срок ключа в пределах срока сертификата',
  },
  'key-period-shorter': {
    en: 'a term of the key as long as the certificate’s',
    ru: 'срок ключа, равный сроку сертификата',
  },
  'authority-key-identifier-present': {
    en: 'identifier of the issuer’s key',
    ru: 'идентификатор ключа издателя',
  },
  'revocation-source-named': {
    en: 'address of a revocation list or answerer',
    ru: 'адрес списка отзыва или службы OCSP',
  },
  'subject-identifiers-valid': {
    en: 'valid INN, OGRN, SNILS',
    ru: 'правильные ИНН, ОГРН, СНИЛС',
  },
  'common-name-present': { en: 'the owner’s common name', ru: 'общее имя владельца' },
  'organisation-identified': {
    en: 'INN and OGRN of the organisation',
    ru: 'ИНН и ОГРН организации',
  },
  'organisation-named': { en: 'name of the organisation', ru: 'наименование организации' },
  'place-named': { en: 'place of the organisation', ru: 'место нахождения организации' },
  'entrepreneur-identified': {
    en: 'INN and OGRNIP of the entrepreneur',
    ru: 'ИНН и ОГРНИП предпринимателя',
  },
  'person-named': { en: 'surname and given name', ru: 'фамилия, имя и отчество' },
  'person-identified': { en: 'SNILS of the person', ru: 'СНИЛС человека' },
  'person-inn-present': { en: 'INN of the person', ru: 'ИНН человека' },
  'person-without-organisation': {
    en: 'a person’s certificate without an organisation',
    ru: 'сертификат физического лица без организации',
  },
  'own-inn-attribute': {
    en: 'the organisation’s INN in its own attribute',
    ru: 'ИНН организации в отдельном атрибуте',
  },
  'issuer-identified': { en: 'INN and OGRN of the issuer', ru: 'ИНН и ОГРН издателя' },
  'organisation-issuer': {
    en: 'an issuer that may issue to organisations (Federal Tax Service, Treasury, Bank of Russia)',
    ru: 'издатель, которому можно выпускать сертификаты организаций (ФНС, Казначейство, Банк России)',
  },
  'identifiers-numeric': { en: 'identifiers written as digits', ru: 'запись номеров цифрами' },
  'names-utf8': { en: 'names in UTF-8', ru: 'имена в UTF-8' },
  'country-code': { en: 'code of the country', ru: 'код страны' },
  'email-ascii': { en: 'an e-mail address in ASCII', ru: 'адрес почты в ASCII' },
  'names-within-bounds': { en: 'names of ordinary length', ru: 'имена обычной длины' },
  'attributes-once': { en: 'each attribute once', ru: 'однократность атрибутов' },
  'names-single-valued': { en: 'attributes apart from each other', ru: 'раздельные атрибуты имени' },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** The name of a rule of the qualified profile. */
export type ProfileRule = keyof typeof profileTerms;
