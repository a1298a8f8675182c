import type { Language } from './failure.ts';

/** What can be wrong with a power of attorney and with a row of the register. */
export const authorityTerms = {
  'power-form': {
    en: 'it is no power of attorney in the unified format 003',
    ru: 'это не доверенность в едином формате 003',
  },
  'power-signature': { en: 'its signature', ru: 'её подпись' },
  'power-issuer': {
    en: 'the certificate that signed it',
    ru: 'сертификат, которым она подписана',
  },
  'power-issuer-not-head': {
    en: 'whoever signed it does not head the organisation',
    ru: 'подписавший не руководит организацией',
  },
  'power-heads-unknown': {
    en: 'the register does not say who heads the organisation, so that nobody could have given it',
    ru: 'в реестре не указаны руководители организации, и выдать её не мог никто',
  },
  'power-self-given': {
    en: 'whoever signed it is the representative whom it names',
    ru: 'подписавший и есть представитель, который в ней назван',
  },
  'power-joint': {
    en: 'its powers have to be exercised together with others',
    ru: 'полномочия осуществляются совместно с другими',
  },
  'power-many-principals': { en: 'it has several principals', ru: 'в ней несколько доверителей' },
  'power-principal-kind': {
    en: 'its principal is neither an organisation nor an entrepreneur',
    ru: 'доверитель не организация и не предприниматель',
  },
  'power-head-organisation': {
    en: 'its principal is headed by another organisation',
    ru: 'доверителем руководит другая организация',
  },
  'power-delegation-depth': {
    en: 'it was handed on more than once',
    ru: 'она передоверена более одного раза',
  },
  'power-first-missing': {
    en: 'the first power of attorney is not here',
    ru: 'нет первоначальной доверенности',
  },
  'power-first-forbids': {
    en: 'the first power of attorney does not allow handing on',
    ru: 'первоначальная доверенность не допускает передоверия',
  },
  'power-first-exceeded': {
    en: 'it goes beyond the first power of attorney',
    ru: 'она выходит за пределы первоначальной доверенности',
  },
  'power-number-taken': {
    en: 'another document with this number is known',
    ru: 'известен другой документ с этим номером',
  },
  principal: { en: 'principal', ru: 'доверитель' },
  head: { en: 'head', ru: 'руководитель' },
  purpose: { en: 'the purpose', ru: 'назначение' },
  state: { en: 'state', ru: 'состояние' },
  'register-row-malformed': { en: 'the row cannot be read', ru: 'строка не читается' },
  'register-field-unknown': {
    en: 'there is no such column; the columns are ogrn, inn, kpp, name, short_name, state, heads',
    ru: 'такого столбца нет; столбцы: ogrn, inn, kpp, name, short_name, state, heads',
  },
  'register-field-repeated': { en: 'the column comes twice', ru: 'столбец повторяется' },
  'register-state-unknown': {
    en: 'it is none of active, closed, blocked',
    ru: 'допустимы только active, closed, blocked',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** What can be wrong with a power of attorney or with a row of the register. */
export type AuthorityTerm = keyof typeof authorityTerms;
