import { agentTerms } from './agent-terms.ts';
import { authorityTerms } from './authority-terms.ts';
import { commandTerms } from './command-terms.ts';
import { encodingTerms } from './encoding-terms.ts';
import { esiaTerms } from './esia-terms.ts';
import type { Language } from './failure.ts';
import { pathTerms } from './path-terms.ts';
import { profileTerms } from './profile-terms.ts';
import { proofTerms } from './proof-terms.ts';
import { revocationTerms } from './revocation-terms.ts';
import { serviceTerms } from './service-terms.ts';
import { tokenTerms } from './token-terms.ts';

/**
 * Names that stages put into details and that people should read in their own language. Keys are the values as
 * the stages write them: RFC names, field names, states. A value that is not listed is shown as it stands.
 */
const vocabulary = {
  // RFC 5280, section 5.3.1.
  unspecified: { en: 'not specified', ru: 'не указана' },
  keyCompromise: { en: 'the key was compromised', ru: 'ключ скомпрометирован' },
  cACompromise: {
    en: 'the authority’s key was compromised',
    ru: 'скомпрометирован ключ удостоверяющего центра',
  },
  affiliationChanged: { en: 'the owner’s data changed', ru: 'изменились данные владельца' },
  superseded: { en: 'replaced by a new certificate', ru: 'заменён новым сертификатом' },
  cessationOfOperation: { en: 'no longer needed', ru: 'использование прекращено' },
  certificateHold: { en: 'suspended', ru: 'действие приостановлено' },
  removeFromCRL: { en: 'no longer suspended', ru: 'действие возобновлено' },
  privilegeWithdrawn: { en: 'the right to it was withdrawn', ru: 'право на сертификат прекращено' },
  aACompromise: {
    en: 'the attribute authority was compromised',
    ru: 'скомпрометирован центр атрибутных сертификатов',
  },
  // RFC 5280, sections 4.2.1.3 and 4.2.1.12.
  digitalSignature: { en: 'digital signature', ru: 'цифровая подпись' },
  nonRepudiation: { en: 'non-repudiation', ru: 'неотказуемость' },
  keyEncipherment: { en: 'key encipherment', ru: 'шифрование ключей' },
  dataEncipherment: { en: 'data encipherment', ru: 'шифрование данных' },
  keyAgreement: { en: 'key agreement', ru: 'согласование ключей' },
  keyCertSign: { en: 'signing of certificates', ru: 'подпись сертификатов' },
  cRLSign: { en: 'signing of revocation lists', ru: 'подпись списков отзыва' },
  encipherOnly: { en: 'encipher only', ru: 'только зашифрование' },
  decipherOnly: { en: 'decipher only', ru: 'только расшифрование' },
  clientAuth: { en: 'client authentication', ru: 'проверка подлинности клиента' },
  serverAuth: { en: 'server authentication', ru: 'проверка подлинности сервера' },
  emailProtection: { en: 'e-mail protection', ru: 'защита электронной почты' },
  codeSigning: { en: 'code signing', ru: 'подпись программ' },
  timeStamping: { en: 'time-stamping', ru: 'штампы времени' },
  OCSPSigning: { en: 'signing of OCSP answers', ru: 'подпись ответов OCSP' },
  // Signed attributes of CMS.
  'signed-attributes': { en: 'all signed attributes', ru: 'все подписанные атрибуты' },
  'content-type': { en: 'content-type', ru: 'тип содержимого (content-type)' },
  'message-digest': { en: 'message-digest', ru: 'хэш сообщения (message-digest)' },
  'signing-certificate': { en: 'signing-certificate', ru: 'сертификат подписи (signing-certificate)' },
  'signing-time': { en: 'signing-time', ru: 'время подписания (signing-time)' },
  // Where an algorithm was used, and what of a certificate a signature names.
  certificate: { en: 'a certificate', ru: 'сертификат' },
  'signer-certificate': { en: 'the key of the signer’s certificate', ru: 'ключ сертификата подписавшего' },
  signature: { en: 'the signature', ru: 'подпись' },
  'certificate-request': { en: 'the request for a certificate', ru: 'запрос на сертификат' },
  'token-key': { en: 'the key on the token', ru: 'ключ на носителе' },
  'certificate-digest': { en: 'the certificate’s hash', ru: 'хэш сертификата' },
  'issuer-and-serial-number': { en: 'issuer and serial number', ru: 'издатель и серийный номер' },
  // Marks of a person and an organisation.
  inn: { en: 'INN', ru: 'ИНН' },
  innLegalEntity: { en: 'INN of the organisation', ru: 'ИНН организации' },
  ogrn: { en: 'OGRN', ru: 'ОГРН' },
  ogrnip: { en: 'OGRNIP', ru: 'ОГРНИП' },
  snils: { en: 'SNILS', ru: 'СНИЛС' },
  kpp: { en: 'KPP', ru: 'КПП' },
  surname: { en: 'surname', ru: 'фамилия' },
  givenName: { en: 'given name', ru: 'имя и отчество' },
  'hidden-characters': { en: 'hidden characters', ru: 'скрытые символы' },
  'mixed-scripts': { en: 'a word in two alphabets', ru: 'слово из букв двух алфавитов' },
  'look-alike-word': { en: 'a word in look-alike letters', ru: 'слово из похожих букв другого алфавита' },
  'not-normalised': { en: 'unusual forms of letters', ru: 'необычные формы букв' },
  'identifier-length': { en: 'wrong length', ru: 'неверная длина' },
  'identifier-form': { en: 'not made of the right characters', ru: 'недопустимые символы' },
  'identifier-check-digits': { en: 'the check digits do not fit', ru: 'не сходятся контрольные цифры' },
  'identifier-repeated': { en: 'it occurs more than once', ru: 'указан несколько раз' },
  'identifier-contradicts': { en: 'it contradicts another identifier', ru: 'противоречит другому реквизиту' },
  'identifier-absent': { en: 'it is missing', ru: 'отсутствует' },
  name: { en: 'name', ru: 'наименование' },
  organisation: { en: 'organisation', ru: 'организация' },
  representative: { en: 'representative', ru: 'представитель' },
  closed: { en: 'closed', ru: 'прекратила деятельность' },
  blocked: { en: 'blocked', ru: 'заблокирована' },
  // What a challenge, a request or a session is bound to, and why a session ended.
  relyingParty: { en: 'the portal', ru: 'портал' },
  origin: { en: 'the site’s address', ru: 'адрес сайта' },
  page: { en: 'the sign-in page', ru: 'страница входа' },
  browser: { en: 'the browser', ru: 'браузер' },
  returnUri: { en: 'the return address', ru: 'адрес возврата' },
  audience: { en: 'the audience', ru: 'получатель' },
  'calling-address': { en: 'a call from the address', ru: 'вызов с адреса' },
  // What may be locked out.
  'this-certificate': { en: 'this certificate', ru: 'этот сертификат' },
  'this-address': { en: 'this network address', ru: 'этот сетевой адрес' },
  'this-organisation': { en: 'this organisation', ru: 'эта организация' },
  expired: { en: 'its term is over', ru: 'закончился срок' },
  'idle-end': { en: 'nothing was done for too long', ru: 'долгое бездействие' },
  'logged-out': { en: 'signed out', ru: 'выполнен выход' },
  'certificate-revoked': { en: 'the certificate was revoked', ru: 'сертификат отозван' },
  'certificate-untrusted': {
    en: 'the certificate is not trusted any more',
    ru: 'сертификату больше не доверяют',
  },
  'organisation-blocked': { en: 'the organisation was blocked', ru: 'организация заблокирована' },
  'power-withdrawn': { en: 'the power of attorney was withdrawn', ru: 'доверенность отозвана' },
  'carrier-disconnected': { en: 'the carrier was disconnected', ru: 'носитель отключён' },
  'not-confirmed': { en: 'the sign-in was not confirmed', ru: 'вход не подтверждён' },
  'ended-by-operator': { en: 'the operator ended it', ru: 'завершён оператором' },
  'ended-by-organisation': { en: 'the organisation ended it', ru: 'завершён организацией' },
  organisationView: { en: 'the view of the organisation', ru: 'раздел организации' },
  ...authorityTerms,
  ...encodingTerms,
  ...proofTerms,
  ...revocationTerms,
  'xml-signature': { en: 'the signature of the XML document', ru: 'подпись XML-документа' },
  // Rules and limits of path validation.
  ...pathTerms,
  'file-unreadable': { en: 'the file cannot be read', ru: 'файл не читается' },
  'list-signer-unpinned': { en: 'no pin names it', ru: 'его нет среди доверенных' },
  'list-signer-term': { en: 'its certificate is out of its term', ru: 'срок его сертификата не действует' },
  ...serviceTerms,
  ...esiaTerms,
  // Rules of the qualified profile.
  ...profileTerms,
  ...tokenTerms,
  // Refusals of the agent.
  ...agentTerms,
  ...commandTerms,
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** A name that people read in their own language. */
export type Term = keyof typeof vocabulary;

/** Whether the vocabulary has a name for `text`. */
export function isTerm(text: string): text is Term {
  return Object.hasOwn(vocabulary, text);
}

/** The name for `term` in `language`; `term` itself where the vocabulary does not know it. */
export function nameOf(term: string, language: Language): string {
  return isTerm(term) ? vocabulary[term][language] : term;
}
