import type { Failure } from './failure.ts';

/** Failures of the signing agent, beside `agent_unreachable` and `agent_origin_refused`, which a page meets without it. */
export const agentFailures = {
  agent_failed: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    en: {
      title: 'The signing agent broke down',
      cause: 'The agent ended, or met an error of its own, before it was done. Nothing was signed.',
      remedy: 'Start the signing agent again and sign once more. If it happens again, run sealgate doctor.',
    },
    ru: {
      title: 'Сбой агента подписи',
      cause: 'Агент завершился или столкнулся с внутренней ошибкой, не закончив работу. Ничего не подписано.',
      remedy:
        'Запустите агент подписи снова и подпишите ещё раз. Если сбой повторится, выполните sealgate doctor.',
    },
  },
  agent_busy: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { origin: 'text' },
    en: {
      title: 'The agent is waiting for an answer to another request',
      cause: 'One request is put to you at a time. Now it is that of {origin}.',
      remedy: 'Answer or close the agent’s window that is open, then try again.',
    },
    ru: {
      title: 'Агент ждёт ответа на другой запрос',
      cause: 'Запросы показываются по одному. Сейчас показан запрос сайта {origin}.',
      remedy: 'Ответьте в открытом окне агента или закройте его и повторите.',
    },
  },
  agent_window_failed: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { command: 'text', problem: 'term' },
    en: {
      title: 'The agent could not show its window',
      cause:
        'The agent asks you in a window of the system’s browser, and that did not open. What was started: {command}. What is wrong: {problem}. Nothing was signed.',
      remedy:
        'Set a default browser in the system’s settings, or name one when the agent is started (--opener).',
    },
    ru: {
      title: 'Агент не смог показать своё окно',
      cause:
        'Агент спрашивает вас в окне браузера по умолчанию, а оно не открылось. Запускалось: {command}. Что не так: {problem}. Ничего не подписано.',
      remedy:
        'Выберите браузер по умолчанию в настройках системы или укажите его при запуске агента (--opener).',
    },
  },
  agent_window_used: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    en: {
      title: 'The agent’s window was opened twice',
      cause:
        'The address of a confirmation window is good for one opening, so that nobody else can answer in your place. Nothing was signed.',
      remedy:
        'Start again from the portal’s page. If this repeats, ask who else can see what runs on this computer.',
    },
    ru: {
      title: 'Окно агента открыто дважды',
      cause:
        'Адрес окна подтверждения действует на одно открытие, чтобы никто не ответил вместо вас. Ничего не подписано.',
      remedy:
        'Начните заново со страницы портала. Если это повторится, выясните, кому ещё видны программы этого компьютера.',
    },
  },
  agent_request_foreign: {
    stage: 'workplace',
    indication: 'TOTAL-FAILED',
    subIndication: 'FORMAT_FAILURE',
    details: { field: 'term' },
    en: {
      title: 'The request did not come from a window of the agent',
      cause:
        'The agent answers its own windows and the portals that were allowed, and nobody else. What does not fit: {field}.',
      remedy: 'Close the window and start again from the portal’s page.',
    },
    ru: {
      title: 'Запрос пришёл не из окна агента',
      cause: 'Агент отвечает только своим окнам и разрешённым порталам. Что не подходит: {field}.',
      remedy: 'Закройте окно и начните заново со страницы портала.',
    },
  },
  agent_user_foreign: {
    stage: 'workplace',
    indication: 'TOTAL-FAILED',
    subIndication: 'FORMAT_FAILURE',
    en: {
      title: 'This agent belongs to another user of the computer',
      cause: 'An agent answers only programs of the user who started it.',
      remedy: 'Start an agent of your own, and choose its port on the portal’s page.',
    },
    ru: {
      title: 'Этот агент запущен другим пользователем компьютера',
      cause: 'Агент отвечает только программам того пользователя, который его запустил.',
      remedy: 'Запустите собственный агент и выберите его порт на странице портала.',
    },
  },
  agent_text_refused: {
    stage: 'workplace',
    indication: 'TOTAL-FAILED',
    subIndication: 'FORMAT_FAILURE',
    details: { problem: 'term' },
    en: {
      title: 'The agent does not sign this text',
      cause:
        'For signing in the agent signs only texts that it can read from the first line to the last. What is wrong: {problem}. Nothing was signed.',
      remedy:
        'Start the sign-in again. If it repeats, update the agent, and tell the portal’s support the code of this refusal.',
    },
    ru: {
      title: 'Агент не подписывает этот текст',
      cause:
        'Для входа агент подписывает только тексты, которые может прочесть от первой строки до последней. Что не так: {problem}. Ничего не подписано.',
      remedy:
        'Начните вход заново. Если отказ повторится, обновите агент и сообщите код этого отказа в поддержку портала.',
    },
  },
  agent_origin_mismatch: {
    stage: 'workplace',
    indication: 'TOTAL-FAILED',
    subIndication: 'FORMAT_FAILURE',
    details: { origin: 'text', named: 'text' },
    en: {
      title: 'One site asks for another’s sign-in',
      cause:
        'The page that asks for the signature is not the one that the text names. The page: {origin}. The text names: {named}. Nothing was signed.',
      remedy: 'Close that page. Open the portal by its own address and start again.',
    },
    ru: {
      title: 'Один сайт просит подписать вход на другой',
      cause:
        'Страница, которая просит подпись, — не та, что названа в тексте. Страница: {origin}. В тексте: {named}. Ничего не подписано.',
      remedy: 'Закройте эту страницу. Откройте портал по его собственному адресу и начните заново.',
    },
  },
  agent_document_refused: {
    stage: 'workplace',
    indication: 'TOTAL-FAILED',
    subIndication: 'FORMAT_FAILURE',
    details: { problem: 'term' },
    en: {
      title: 'The agent does not sign this document',
      cause:
        'What was handed over for signing could be mistaken for something else. What is wrong: {problem}. Nothing was signed.',
      remedy: 'Check what the page has sent. A sign-in is signed by the sign-in page, never as a document.',
    },
    ru: {
      title: 'Агент не подписывает этот документ',
      cause:
        'Переданное на подпись можно принять за нечто другое. Что не так: {problem}. Ничего не подписано.',
      remedy:
        'Проверьте, что передала страница. Вход подписывается на странице входа и никогда — как документ.',
    },
  },
  agent_port_occupied: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { ports: 'text[]' },
    en: {
      title: 'The agent’s ports are occupied',
      cause: 'Other programs listen on every port that the agent may take. Ports: {ports}.',
      remedy:
        'See what listens there, or give the agent another port (--port) and set it on the portal’s page.',
    },
    ru: {
      title: 'Порты агента заняты',
      cause: 'На всех портах, которые может занять агент, работают другие программы. Порты: {ports}.',
      remedy:
        'Выясните, что там работает, или задайте агенту другой порт (--port) и укажите его на странице портала.',
    },
  },
} as const satisfies Record<string, Failure>;
