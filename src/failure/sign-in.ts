import type { Failure } from './failure.ts';

/** Failures of a sign-in by the service's own page: of its address, its browser, its other screen and its code. */
export const signInFailures = {
  portal_unknown: {
    status: 404,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { client: 'text' },
    en: {
      title: 'The portal is not known here',
      cause: 'The link names a portal that this service does not know. Named was: {client}.',
      remedy: 'Go back to the portal and start from there. If it happens again, tell the portal’s support.',
    },
    ru: {
      title: 'Портал здесь не известен',
      cause: 'Ссылка ведёт с портала, который этому сервису не известен. Назван портал: {client}.',
      remedy: 'Вернитесь на портал и начните оттуда. Если это повторится, сообщите в поддержку портала.',
    },
  },
  sign_in_unknown: {
    status: 404,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'There is no such sign-in',
      cause: 'The address is wrong, or the sign-in ended a while ago and was forgotten.',
      remedy: 'Go back to the portal and start the sign-in again.',
    },
    ru: {
      title: 'Такого входа нет',
      cause: 'Адрес неверен, или вход давно завершён и забыт.',
      remedy: 'Вернитесь на портал и начните вход заново.',
    },
  },
  sign_in_expired: {
    status: 410,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { expiredAt: 'date' },
    en: {
      title: 'The time for this sign-in is over',
      cause: 'A sign-in has to be finished within a quarter of an hour. It was open until {expiredAt}.',
      remedy: 'Go back to the portal and start the sign-in again.',
    },
    ru: {
      title: 'Время на этот вход закончилось',
      cause: 'Вход нужно завершить за четверть часа. Он был открыт до: {expiredAt}.',
      remedy: 'Вернитесь на портал и начните вход заново.',
    },
  },
  sign_in_foreign: {
    status: 403,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'This sign-in belongs to another browser',
      cause:
        'A sign-in can be finished only in the browser in which it was begun, and this browser does not show its cookie.',
      remedy:
        'Go back to the portal and start the sign-in again in this browser. If it happens again, let the browser keep cookies of this site.',
    },
    ru: {
      title: 'Этот вход начат в другом браузере',
      cause:
        'Завершить вход можно только в том браузере, в котором он начат, а этот браузер не предъявил его cookie.',
      remedy:
        'Вернитесь на портал и начните вход заново в этом браузере. Если это повторится, разрешите браузеру хранить cookie этого сайта.',
    },
  },
  sign_in_completed: {
    status: 409,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'This sign-in is already done',
      cause: 'Each sign-in ends once, and this one has ended.',
      remedy: 'If the portal has let you in, just go on there. Otherwise start the sign-in again from it.',
    },
    ru: {
      title: 'Этот вход уже завершён',
      cause: 'Каждый вход завершается один раз, и этот уже завершён.',
      remedy: 'Если портал вас впустил, продолжайте работу на нём. Иначе начните вход с него заново.',
    },
  },
  sign_in_unfinished: {
    status: 409,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'There is nothing to confirm yet',
      cause: 'Nobody has signed on the other screen, or the sign-in was taken back.',
      remedy: 'Open the sign-in’s page again and see how it stands.',
    },
    ru: {
      title: 'Подтверждать пока нечего',
      cause: 'На другом экране ещё не подписали, или вход там прекращён.',
      remedy: 'Откройте страницу входа заново и посмотрите, в каком он состоянии.',
    },
  },
  sign_in_link_used: {
    status: 409,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'The link was already opened',
      cause: 'A link to another screen works in one browser, once, and it has been used.',
      remedy: 'Ask for a new code on the screen where the sign-in was begun.',
    },
    ru: {
      title: 'Ссылка уже открыта',
      cause: 'Ссылка для другого экрана действует в одном браузере и один раз, и она уже использована.',
      remedy: 'Получите новый код на том экране, где начат вход.',
    },
  },
  sign_in_link_expired: {
    status: 410,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { expiredAt: 'date' },
    en: {
      title: 'The link for another screen is too old',
      cause: 'Such a link is good for five minutes. It was good until {expiredAt}.',
      remedy: 'Ask for a new code on the screen where the sign-in was begun.',
    },
    ru: {
      title: 'Ссылка для другого экрана устарела',
      cause: 'Такая ссылка действует пять минут. Она действовала до: {expiredAt}.',
      remedy: 'Получите новый код на том экране, где начат вход.',
    },
  },
  sign_in_code_invalid: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'The code of the sign-in is not ours',
      cause: 'The code with which people come back from the sign-in page was not issued by this service.',
      remedy: 'Start the sign-in again from the portal’s page.',
    },
    ru: {
      title: 'Код входа выдан не нами',
      cause: 'Код, с которым возвращаются со страницы входа, выдан не этим сервисом.',
      remedy: 'Начните вход заново со страницы портала.',
    },
  },
  sign_in_code_foreign: {
    status: 403,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'The code of the sign-in is another portal’s',
      cause: 'The code can be exchanged only by the portal for which people signed in.',
      remedy: 'To the portal’s operator: use the identifier with which the sign-in was begun.',
    },
    ru: {
      title: 'Код входа выдан другому порталу',
      cause: 'Обменять код может только тот портал, для которого выполнен вход.',
      remedy: 'Оператору портала: используйте идентификатор, с которым вход начат.',
    },
  },
  sign_in_code_expired: {
    status: 410,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { at: 'date', expiredAt: 'date' },
    en: {
      title: 'The code of the sign-in is too old',
      cause: 'The code is good for one minute. It was good until {expiredAt}. Time of the check: {at}.',
      remedy: 'Start the sign-in again from the portal’s page.',
    },
    ru: {
      title: 'Код входа устарел',
      cause: 'Код действует одну минуту. Он действовал до: {expiredAt}. Время проверки: {at}.',
      remedy: 'Начните вход заново со страницы портала.',
    },
  },
  sign_in_code_used: {
    status: 409,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'The code of the sign-in was already used',
      cause: 'Each code can be exchanged once, and this one has been.',
      remedy: 'If the portal has let you in, just go on. Otherwise start the sign-in again from its page.',
    },
    ru: {
      title: 'Код входа уже использован',
      cause: 'Каждый код можно обменять один раз, и этот уже обменян.',
      remedy: 'Если портал вас впустил, продолжайте работу. Иначе начните вход заново со страницы портала.',
    },
  },
  signature_file_missing: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'No file was chosen',
      cause: 'The form came without the file of the signature.',
      remedy: 'Choose the file that the signing program made, usually ending in .sig, .p7s or .p7m.',
    },
    ru: {
      title: 'Файл не выбран',
      cause: 'Форма отправлена без файла подписи.',
      remedy: 'Выберите файл, который создала программа подписи: обычно .sig, .p7s или .p7m.',
    },
  },
  request_foreign: {
    status: 403,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { origin: 'text?' },
    en: {
      title: 'The request came from another site',
      cause: 'Only the pages of this service may send this. It came from {origin}.',
      remedy: 'Close the page that you came from, go to the portal and start the sign-in there.',
    },
    ru: {
      title: 'Запрос пришёл с другого сайта',
      cause: 'Такой запрос могут отправлять только страницы этого сервиса. Он пришёл с {origin}.',
      remedy: 'Закройте страницу, с которой пришли, зайдите на портал и начните вход там.',
    },
  },
} as const satisfies Record<string, Failure>;
