import type { Language } from './failure.ts';

/** What can be wrong with a challenge that comes back and with a proof of sign-in. */
export const proofTerms = {
  'challenge-form': { en: 'not a token of this service', ru: 'это не запрос этого сервиса' },
  'challenge-altered': { en: 'altered, or not ours', ru: 'изменён или выдан не нами' },
  'challenge-version': { en: 'of another version of the service', ru: 'выдан другой версией сервиса' },
  'challenge-too-long': { en: 'too long', ru: 'слишком длинный' },
  'assertion-absent': { en: 'there is none', ru: 'его нет' },
  'assertion-too-long': { en: 'it is too long', ru: 'оно слишком длинное' },
  'assertion-form': { en: 'its signature or form is wrong', ru: 'подпись или форма неверна' },
  'assertion-incomplete': { en: 'its contents are incomplete', ru: 'содержимое неполно' },
  'assertion-claim': {
    en: 'a claim is not the expected one',
    ru: 'одно из утверждений не совпадает с ожидаемым',
  },
  'assertion-key': { en: 'its key is unknown or withdrawn', ru: 'ключ неизвестен или отозван' },
  'assertion-audience': { en: 'it is meant for another audience', ru: 'предназначено другому получателю' },
  'assertion-session': { en: 'its session is unknown', ru: 'сеанс неизвестен' },
  'assertion-portal': {
    en: 'it was made for a sign-in through another portal',
    ru: 'выдано для входа через другой портал',
  },
  'assertion-used': { en: 'it was used before', ru: 'уже использовано' },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** What is wrong with a challenge or a proof of sign-in. */
export type ProofTerm = keyof typeof proofTerms;
