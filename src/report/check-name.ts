import type { Language } from '../failure/failure.ts';

/** What each check is, in words; the names are those of the rows. */
const names = {
  'signature.format': { en: 'form of the message (CMS)', ru: 'форма сообщения (CMS)' },
  'signature.version': { en: 'version number of the message', ru: 'номер версии сообщения' },
  'signature.content': { en: 'the signed text is the one shown', ru: 'подписан именно показанный текст' },
  'signature.signing-certificate': {
    en: 'mark of the signer’s certificate',
    ru: 'указание на сертификат подписавшего',
  },
  'signature.certificate': { en: 'certificate of the signer', ru: 'сертификат подписавшего' },
  'signature.value': { en: 'the signature itself', ru: 'сама подпись' },
  'signature.concession': { en: 'concession of the portal', ru: 'послабление портала' },
  'signature.time': { en: 'time of signing', ru: 'время подписания' },
  'signature.store': {
    en: 'evidence in the document that could not be read, or is too large',
    ru: 'доказательства в документе, которые не прочитать или слишком велики',
  },
  'signature.attributes': { en: 'signed attributes', ru: 'подписанные атрибуты' },
  'path.target': { en: 'the certificate itself', ru: 'сам сертификат' },
  'path.tried': { en: 'path tried', ru: 'проверенная цепочка' },
  'path.signature': { en: 'signature under the issuer’s key', ru: 'подпись проверена ключом издателя' },
  'path.term': { en: 'term', ru: 'срок действия' },
  'path.names': { en: 'name constraints', ru: 'ограничения имён' },
  'path.purpose': { en: 'extended key usage', ru: 'расширенное назначение ключа' },
  'path.authority': {
    en: 'authority: basic constraints, key usage, path length, policies',
    ru: 'полномочия УЦ: basicConstraints, назначение ключа, длина цепочки, политики',
  },
  'path.usage': { en: 'key, its use and its term', ru: 'ключ, его назначение и срок' },
  'path.rule': { en: 'rules of certification', ru: 'правила сертификации' },
  'path.candidate': { en: 'possible issuer', ru: 'возможный издатель' },
  'path.issuer': { en: 'search for the issuer', ru: 'поиск издателя' },
  'path.fetched': { en: 'issuer asked for at its address', ru: 'запрос сертификата издателя по его адресу' },
  'path.budget': { en: 'limit of the search', ru: 'предел поиска' },
  'path.warning': { en: 'accepted, but should be known', ru: 'принято, но следует знать' },
  'path.valid': { en: 'the path holds', ru: 'цепочка действительна' },
  'qualification.accreditation': { en: 'accreditation of the issuer', ru: 'аккредитация издателя' },
  'qualification.profile': {
    en: 'form of a qualified certificate',
    ru: 'форма квалифицированного сертификата',
  },
  'qualification.rule': { en: 'departure from that form', ru: 'отступление от формы' },
  'qualification.tool-class': { en: 'class of the signing tool', ru: 'класс средства подписи' },
  'organisation.identity': { en: 'organisation and signer', ru: 'организация и подписавший' },
  'organisation.name': { en: 'characters of the name', ru: 'символы в наименовании' },
  'organisation.signed-text': { en: 'name in the signed text', ru: 'наименование в подписанном тексте' },
  'organisation.register': { en: 'entry in the register', ru: 'запись в реестре' },
  'organisation.authority': { en: 'right to sign', ru: 'право подписи' },
  'organisation.power': { en: 'power of attorney', ru: 'доверенность' },
  'signature.refusal': { en: 'reason of the refusal', ru: 'причина отказа' },
  'certificate.refusal': { en: 'reason of the refusal', ru: 'причина отказа' },
  'trust.refusal': { en: 'reason of the refusal', ru: 'причина отказа' },
  'revocation.refusal': { en: 'reason of the refusal', ru: 'причина отказа' },
  'qualification.refusal': { en: 'reason of the refusal', ru: 'причина отказа' },
  'organisation.refusal': { en: 'reason of the refusal', ru: 'причина отказа' },
  'authority.refusal': { en: 'reason of the refusal', ru: 'причина отказа' },
  'revocation.crl': { en: 'revocation list', ru: 'список отзыва' },
  'revocation.ocsp': { en: 'OCSP answer', ru: 'ответ OCSP' },
  'revocation.status': { en: 'revocation', ru: 'отзыв' },
  'revocation.break-glass': {
    en: 'revocation waived by the operator',
    ru: 'проверка отзыва отменена оператором',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** The stable name of a check. */
export type CheckName = keyof typeof names;

/** The name of a check for people; the row's own name where none is known, as in evidence of another version. */
export function checkName(name: string, language: Language): string {
  return Object.hasOwn(names, name) ? names[name as CheckName][language] : name;
}
