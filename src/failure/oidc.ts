import type { Failure } from './failure.ts';

/** Failures of OpenID Connect that people see: requests of portals that cannot be done, and sign-ins that are over. */
export const oidcFailures = {
  oidc_request_invalid: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { error: 'text', problem: 'text' },
    en: {
      title: 'The portal’s request cannot be done',
      cause:
        'The portal asked for something in a way that is not allowed here. What is wrong: {problem} ({error}).',
      remedy:
        'Go back to the portal and start again. If it happens again, send the portal’s support the code and the trace id below.',
    },
    ru: {
      title: 'Запрос портала выполнить нельзя',
      cause: 'Портал запросил что-то так, как здесь не допускается. Что не так: {problem} ({error}).',
      remedy:
        'Вернитесь на портал и начните заново. Если это повторится, передайте поддержке портала код и номер запроса, указанные ниже.',
    },
  },
  oidc_sign_in_over: {
    status: 410,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'This sign-in is over',
      cause:
        'The sign-in was finished, took too long or was begun in another browser, or the browser has lost its cookie.',
      remedy:
        'Go back to the portal and start the sign-in again. If it happens again, let the browser keep cookies of this site.',
    },
    ru: {
      title: 'Этот вход уже не действует',
      cause:
        'Вход завершён, длился слишком долго или начат в другом браузере, либо браузер потерял его cookie.',
      remedy:
        'Вернитесь на портал и начните вход заново. Если это повторится, разрешите браузеру хранить cookie этого сайта.',
    },
  },
  oidc_sign_in_declined: {
    status: 403,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { error: 'text', problem: 'text?' },
    en: {
      title: 'Nobody was signed in',
      cause: 'The service sent the browser back without a sign-in. It said: {error} {problem}.',
      remedy:
        'Start the sign-in again. If it happens again, tell the portal’s support what the service said.',
    },
    ru: {
      title: 'Вход не состоялся',
      cause: 'Сервис вернул браузер без входа. Ответ сервиса: {error} {problem}.',
      remedy: 'Начните вход заново. Если это повторится, передайте поддержке портала ответ сервиса.',
    },
  },
  oidc_answer_invalid: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'The answer does not fit the request',
      cause:
        'The browser came back with an answer that was not asked for, was used already, or does not come from the service.',
      remedy:
        'Start the sign-in again, in one tab. If it happens again, let the browser keep cookies of this site.',
    },
    ru: {
      title: 'Ответ не подходит к запросу',
      cause: 'Браузер вернулся с ответом, который не запрашивали, уже использовали или дал не сервис.',
      remedy:
        'Начните вход заново, в одной вкладке. Если это повторится, разрешите браузеру хранить cookie этого сайта.',
    },
  },
  oidc_object_used: {
    status: 409,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'It was used already',
      cause: 'The code, or the request, is good once, and it has been used.',
      remedy: 'Start the sign-in again from the portal’s page.',
    },
    ru: {
      title: 'Уже использовано',
      cause: 'Код или запрос действует один раз, и он уже использован.',
      remedy: 'Начните вход заново со страницы портала.',
    },
  },
} as const satisfies Record<string, Failure>;
