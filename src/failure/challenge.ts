import type { Failure } from './failure.ts';

/** Failures of the challenge, which the portal's page shows and the person signs. */
export const challengeFailures = {
  challenge_malformed: {
    status: 400,
    stage: 'challenge',
    indication: 'INDETERMINATE',
    details: { problem: 'term' },
    en: {
      title: 'The sign-in request is not ours',
      cause:
        'The sign-in request was not issued by this service, or was changed on the way. What is wrong: {problem}.',
      remedy: 'Go back to the portal’s page and start the sign-in again.',
    },
    ru: {
      title: 'Запрос на вход выдан не нами',
      cause: 'Запрос на вход выдан не этим сервисом или изменён по дороге. Что не так: {problem}.',
      remedy: 'Вернитесь на страницу портала и начните вход заново.',
    },
  },
  challenge_foreign: {
    status: 400,
    stage: 'challenge',
    indication: 'INDETERMINATE',
    details: { field: 'term' },
    en: {
      title: 'The sign-in request belongs elsewhere',
      cause:
        'The sign-in request was issued for another portal, another address or another browser window. What differs: {field}.',
      remedy: 'Start the sign-in again from the portal’s page, and finish it in the same browser.',
    },
    ru: {
      title: 'Запрос на вход выдан для другого места',
      cause:
        'Запрос на вход выдан для другого портала, другого адреса или другого браузера. Что отличается: {field}.',
      remedy: 'Начните вход заново со страницы портала и завершите его в том же браузере.',
    },
  },
  challenge_expired: {
    status: 410,
    stage: 'challenge',
    indication: 'INDETERMINATE',
    details: { expiredAt: 'date', at: 'date' },
    en: {
      title: 'The sign-in request is too old',
      cause:
        'Too much time passed between opening the page and signing. The request was good until {expiredAt}. Time of the check: {at}.',
      remedy: 'Start the sign-in again from the portal’s page, and sign right away.',
    },
    ru: {
      title: 'Запрос на вход устарел',
      cause:
        'Между открытием страницы и подписанием прошло слишком много времени. Запрос действовал до: {expiredAt}. Время проверки: {at}.',
      remedy: 'Начните вход заново со страницы портала и подпишите сразу.',
    },
  },
  challenge_used: {
    status: 409,
    stage: 'challenge',
    indication: 'INDETERMINATE',
    en: {
      title: 'The sign-in request was already used',
      cause: 'Each sign-in request can be used once, and this one has been.',
      remedy:
        'If you are signed in already, just go on. Otherwise start the sign-in again from the portal’s page.',
    },
    ru: {
      title: 'Запрос на вход уже использован',
      cause: 'Каждый запрос на вход можно использовать один раз, и этот уже использован.',
      remedy: 'Если вы уже вошли, просто продолжайте. Иначе начните вход заново со страницы портала.',
    },
  },
} as const satisfies Record<string, Failure>;
