import type { Failure } from './failure.ts';

/** What `sealgate doctor` finds amiss at a workplace or a service, beside the failures that a sign-in meets. */
export const workplaceFailures = {
  runtime_outdated: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { found: 'text', needed: 'text' },
    en: {
      title: 'The runtime is too old',
      cause: 'The program needs a newer Node.js. It runs on {found}. It needs {needed}.',
      remedy: 'Run it with npm, which brings the Node.js that it needs.',
    },
    ru: {
      title: 'Среда выполнения устарела',
      cause: 'Программе нужна более новая версия Node.js. Сейчас: {found}. Нужна: {needed}.',
      remedy: 'Запускайте её через npm: нужная версия Node.js ставится вместе с ней.',
    },
  },
  native_part_missing: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { found: 'text?' },
    en: {
      title: 'The fast part is not built',
      cause: 'The computation runs in TypeScript, many times slower. What was found: {found}.',
      remedy: 'Install g++, make and python3, then: npm run setup.',
    },
    ru: {
      title: 'Быстрая часть не собрана',
      cause: 'Вычисления идут на TypeScript, во много раз медленнее. Что найдено: {found}.',
      remedy: 'Установите g++, make и python3, затем выполните: npm run setup.',
    },
  },
  native_part_unused: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { found: 'text' },
    en: {
      title: 'The fast part is not used',
      cause: 'SEALGATE_GOST asks for TypeScript, which is many times slower. What runs: {found}.',
      remedy:
        'Unset SEALGATE_GOST, unless the slow part is wanted; the fast one is then taken where it is built.',
    },
    ru: {
      title: 'Быстрая часть не используется',
      cause:
        'SEALGATE_GOST велит считать на TypeScript, а это во много раз медленнее. Что работает: {found}.',
      remedy:
        'Уберите SEALGATE_GOST, если медленный вариант не нужен: тогда берётся быстрая часть, если она собрана.',
    },
  },
  card_service_stopped: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { socket: 'text' },
    en: {
      title: 'The smart card service does not run',
      cause: 'Drivers reach readers and tokens through it. Nobody answers at {socket}.',
      remedy: 'Install pcscd if it is missing, and start it: systemctl enable --now pcscd.socket.',
    },
    ru: {
      title: 'Служба смарт-карт не работает',
      cause:
        'Через неё драйверы обращаются к считывателям и носителям. Никто не отвечает по адресу: {socket}.',
      remedy: 'Установите pcscd, если его нет, и запустите: systemctl enable --now pcscd.socket.',
    },
  },
  certificate_expires_soon: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { until: 'date' },
    en: {
      title: 'The certificate ends soon',
      cause: 'The end of its term is near. It is good until {until}.',
      remedy: 'Apply for a new one now: the authority needs time, and an ended certificate signs nothing.',
    },
    ru: {
      title: 'Срок сертификата скоро закончится',
      cause: 'До конца срока осталось немного. Он действует до: {until}.',
      remedy:
        'Подайте заявку на новый уже сейчас: удостоверяющему центру нужно время, а истёкшим сертификатом подписать нельзя.',
    },
  },
  trust_missing: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: {},
    en: {
      title: 'The service trusts no root',
      cause: 'Without a trusted root no certificate is accepted.',
      remedy:
        'Import the list of accredited authorities (sealgate trust import) or add a root of your own (sealgate trust add).',
    },
    ru: {
      title: 'У сервиса нет доверенных корней',
      cause: 'Без доверенного корня не принимается ни один сертификат.',
      remedy:
        'Загрузите перечень аккредитованных удостоверяющих центров (sealgate trust import) или добавьте собственный корень (sealgate trust add).',
    },
  },
  trust_list_aged: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { date: 'date' },
    en: {
      title: 'The list of accredited authorities is old',
      cause: 'It is of {date}. Sign-ins are refused once it is thirty days old.',
      remedy: 'Import the present list: sealgate trust import.',
    },
    ru: {
      title: 'Перечень аккредитованных удостоверяющих центров устарел',
      cause: 'Он от: {date}. Когда ему исполнится тридцать дней, входы будут отклоняться.',
      remedy: 'Загрузите действующий перечень: sealgate trust import.',
    },
  },
  database_absent: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { file: 'text' },
    en: {
      title: 'The service has no database yet',
      cause: 'The service keeps everything in it. There is none at {file}.',
      remedy: 'Start the service once, or see whether SEALGATE_DATA names the right folder.',
    },
    ru: {
      title: 'У сервиса ещё нет базы данных',
      cause: 'В ней сервис хранит всё. По этому пути её нет: {file}.',
      remedy: 'Запустите сервис или проверьте, ту ли папку называет SEALGATE_DATA.',
    },
  },
  database_outdated: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { file: 'text' },
    en: {
      title: 'The database is of an older version',
      cause:
        'It has not been brought up to date since Sealgate was exchanged: {file}. Only looking changes nothing.',
      remedy: 'Read in CHANGELOG.md what is to be done, then: sealgate records list.',
    },
    ru: {
      title: 'База данных осталась от прежней версии',
      cause:
        'После обновления Sealgate её ещё не привели к новой версии: {file}. Проверка ничего не изменяет.',
      remedy: 'Прочтите в CHANGELOG.md, что нужно сделать, затем выполните: sealgate records list.',
    },
  },
  authority_unreachable: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { hosts: 'text[]' },
    en: {
      title: 'Servers of the authority do not answer',
      cause:
        'Lists of revoked certificates and answers about them are published there. The servers: {hosts}.',
      remedy:
        'If other sites open, allow these addresses in the firewall, proxy and antivirus. For signing in, the service asks them and not this computer.',
    },
    ru: {
      title: 'Серверы удостоверяющего центра не отвечают',
      cause: 'Там публикуются списки отозванных сертификатов и ответы о них. Серверы: {hosts}.',
      remedy:
        'Если другие сайты открываются, разрешите эти адреса в межсетевом экране, прокси и антивирусе. При входе к ним обращается сервис, а не этот компьютер.',
    },
  },
  agent_stopped: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: {},
    en: {
      title: 'The signing agent does not run',
      cause: 'A portal’s page can ask for a signature only while the agent runs.',
      remedy: 'Start it (sealgate agent), or have it started with your session (sealgate agent install).',
    },
    ru: {
      title: 'Агент подписи не запущен',
      cause: 'Страница портала может попросить подпись, только пока агент работает.',
      remedy: 'Запустите его (sealgate agent) или включите запуск вместе с сеансом (sealgate agent install).',
    },
  },
  browser_policy_blocks_agent: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { browser: 'text', policy: 'text', file: 'text' },
    en: {
      title: 'A policy keeps the browser from the signing agent',
      cause:
        'The administrator has forbidden the browser what a portal’s page needs. The browser: {browser}. The policy: {policy}. It stands in {file}.',
      remedy:
        'Ask the administrator to allow http://127.0.0.1:47615 and windows that a portal opens on a click.',
    },
    ru: {
      title: 'Политика закрывает браузеру путь к агенту подписи',
      cause:
        'Администратор запретил браузеру то, что нужно странице портала. Браузер: {browser}. Политика: {policy}. Файл: {file}.',
      remedy:
        'Попросите администратора разрешить http://127.0.0.1:47615 и окна, которые портал открывает по нажатию.',
    },
  },
} as const satisfies Record<string, Failure>;
