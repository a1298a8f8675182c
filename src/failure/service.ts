import type { Failure } from './failure.ts';

/** Failures of the relying party, the request, the assertion, the session and the service itself. */
export const serviceFailures = {
  client_unauthenticated: {
    status: 401,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'The portal did not identify itself',
      cause: 'The portal’s identifier or secret is missing, unknown or wrong.',
      remedy:
        'To the portal’s operator: check the registration, and send identifier and secret by HTTP Basic authentication.',
    },
    ru: {
      title: 'Портал не подтвердил себя',
      cause: 'Идентификатор или секрет портала отсутствует, неизвестен или неверен.',
      remedy: 'Оператору портала: проверьте регистрацию и передавайте идентификатор и секрет по HTTP Basic.',
    },
  },
  client_forbidden: {
    status: 403,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { field: 'term', value: 'text' },
    en: {
      title: 'The portal is not allowed this',
      cause:
        'The portal is known, but its registration does not allow this request. Not allowed: {field} {value}.',
      remedy: 'To the portal’s operator: have the registration changed, or correct the request.',
    },
    ru: {
      title: 'Порталу это не разрешено',
      cause: 'Портал известен, но его регистрация не допускает этот запрос. Не разрешено: {field} {value}.',
      remedy: 'Оператору портала: измените регистрацию или исправьте запрос.',
    },
  },
  assertion_invalid: {
    status: 401,
    stage: 'assertion',
    indication: 'INDETERMINATE',
    details: { problem: 'term', claim: 'text?' },
    en: {
      title: 'The proof of sign-in is not valid',
      cause:
        'The assertion was not issued by this service, was changed, or is meant for another audience. What is wrong: {problem}. The claim: {claim}.',
      remedy: 'Sign in again.',
    },
    ru: {
      title: 'Подтверждение входа недействительно',
      cause:
        'Подтверждение выдано не этим сервисом, изменено или предназначено другому получателю. Что не так: {problem}. Утверждение: {claim}.',
      remedy: 'Войдите ещё раз.',
    },
  },
  assertion_expired: {
    status: 401,
    stage: 'assertion',
    indication: 'INDETERMINATE',
    details: { expiredAt: 'date?' },
    en: {
      title: 'The proof of sign-in has expired',
      cause: 'The assertion is past its short term. It was good until {expiredAt}.',
      remedy: 'Sign in again.',
    },
    ru: {
      title: 'Подтверждение входа устарело',
      cause: 'Короткий срок подтверждения закончился. Оно действовало до: {expiredAt}.',
      remedy: 'Войдите ещё раз.',
    },
  },
  assertion_revoked: {
    status: 401,
    stage: 'assertion',
    indication: 'INDETERMINATE',
    details: { endedAt: 'date' },
    en: {
      title: 'The proof of sign-in was withdrawn',
      cause: 'The assertion was ended before its term. Ended {endedAt}.',
      remedy: 'Sign in again.',
    },
    ru: {
      title: 'Подтверждение входа отозвано',
      cause: 'Подтверждение прекращено до окончания срока. Прекращено: {endedAt}.',
      remedy: 'Войдите ещё раз.',
    },
  },
  session_ended: {
    status: 401,
    stage: 'session',
    indication: 'INDETERMINATE',
    details: { reason: 'term?', endedAt: 'date?' },
    en: {
      title: 'The session has ended',
      cause: 'The session is over. Why it ended: {reason}. Ended {endedAt}.',
      remedy: 'Sign in again.',
    },
    ru: {
      title: 'Сеанс завершён',
      cause: 'Сеанс закончился. Причина: {reason}. Завершён: {endedAt}.',
      remedy: 'Войдите ещё раз.',
    },
  },
  session_limit: {
    status: 403,
    stage: 'session',
    indication: 'INDETERMINATE',
    details: { limit: 'number' },
    en: {
      title: 'Too many sessions at once',
      cause: 'As many sessions are open as the portal allows at once. Allowed: {limit}.',
      remedy: 'End another session, then sign in again.',
    },
    ru: {
      title: 'Слишком много сеансов одновременно',
      cause: 'Открыто столько сеансов, сколько портал допускает одновременно. Допускается: {limit}.',
      remedy: 'Завершите другой сеанс и войдите ещё раз.',
    },
  },
  locked_out: {
    status: 429,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { holder: 'term?', retryAfter: 'seconds?' },
    en: {
      title: 'Signing in is locked for a while',
      cause:
        'Too many attempts to sign in to the portal were refused within a short time. What is locked: {holder}.',
      remedy: 'Wait, and then try again. Try again in {retryAfter}.',
    },
    ru: {
      title: 'Вход временно закрыт',
      cause: 'За короткое время отклонено слишком много попыток войти на портал. Что закрыто: {holder}.',
      remedy: 'Подождите и повторите попытку. Повторить можно через такое время: {retryAfter}.',
    },
  },
  rate_limited: {
    status: 429,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { retryAfter: 'seconds' },
    en: {
      title: 'Too many requests',
      cause: 'More requests came than are allowed in this time.',
      remedy: 'Wait, and then try again. Try again in {retryAfter}.',
    },
    ru: {
      title: 'Слишком много запросов',
      cause: 'Поступило больше запросов, чем допускается за это время.',
      remedy: 'Подождите и повторите попытку. Повторить можно через такое время: {retryAfter}.',
    },
  },
  request_malformed: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { field: 'text', problem: 'problem' },
    en: {
      title: 'The request cannot be read',
      cause:
        'The request does not have the form this service expects. Field: {field}. What is wrong: {problem}.',
      remedy: 'To the portal’s developer: correct the request; GET /openapi.json describes every field.',
    },
    ru: {
      title: 'Запрос не удалось прочитать',
      cause: 'Запрос составлен не так, как ожидает сервис. Поле: {field}. Что не так: {problem}.',
      remedy: 'Разработчику портала: исправьте запрос; все поля описаны в GET /openapi.json.',
    },
  },
  encoding_unexpected: {
    status: 422,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { field: 'text?', found: 'term', expected: 'term' },
    en: {
      title: 'This is a file of another kind',
      cause:
        'Something else was given than what is needed. Needed: {expected}. Given: {found}. Where: {field}.',
      remedy:
        'Give the right file: as it is, DER, PEM or base64. If what is needed is inside of what you have, take it out first with the program that made it.',
    },
    ru: {
      title: 'Это файл другого вида',
      cause: 'Передано не то, что требуется. Требуется: {expected}. Передано: {found}. Где: {field}.',
      remedy:
        'Передайте нужный файл как есть: DER, PEM или base64. Если нужное находится внутри того, что у вас есть, сначала извлеките его программой, в которой оно создано.',
    },
  },
  request_too_large: {
    status: 413,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { field: 'text', limit: 'octets' },
    en: {
      title: 'The request is too large',
      cause: 'The request is larger than the service reads. Field: {field}. The limit: {limit}.',
      remedy:
        'Send less: a signature with its certificates fits well within the limit. Make a detached signature where you can.',
    },
    ru: {
      title: 'Запрос слишком велик',
      cause: 'Запрос больше, чем принимает сервис. Поле: {field}. Предел: {limit}.',
      remedy:
        'Отправьте меньше: подпись с её сертификатами с запасом укладывается в предел. Если можно, создайте отсоединённую подпись.',
    },
  },
  request_too_slow: {
    status: 408,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { field: 'text' },
    en: {
      title: 'The request came too slowly',
      cause:
        'The request was begun and did not come to its end in the time that is given for it. Missing: {field}.',
      remedy:
        'Send the request again, all of it at once; if the connection is slow, look for what holds it up.',
    },
    ru: {
      title: 'Запрос поступал слишком медленно',
      cause: 'Запрос начат, но не завершён за отведённое время. Не поступило: {field}.',
      remedy: 'Отправьте запрос ещё раз целиком; если соединение медленное, выясните, что его задерживает.',
    },
  },
  budget_exhausted: {
    status: 422,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { limit: 'term', allowed: 'number' },
    en: {
      title: 'What was sent costs too much to check',
      cause:
        'The check was broken off, because one request may cause only so much work. The limit reached: {limit}. Allowed: {allowed}.',
      remedy:
        'Send only what belongs to this signature: its own certificates up to the root, and no lists or answers of others. If that does not help, ask the portal’s operator to look at the limit named here.',
    },
    ru: {
      title: 'Проверка присланного требует слишком много работы',
      cause:
        'Проверка прервана: один запрос может вызвать лишь ограниченный объём работы. Достигнутый предел: {limit}. Допустимо: {allowed}.',
      remedy:
        'Передайте только то, что относится к этой подписи: её собственные сертификаты до корневого, без чужих списков отзыва и ответов OCSP. Если это не поможет, попросите оператора портала обратить внимание на указанный здесь предел.',
    },
  },
  resource_unknown: {
    status: 404,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { path: 'text' },
    en: {
      title: 'There is nothing at this address',
      cause: 'The service does not know the address asked for. The address: {path}.',
      remedy: 'Check the address; GET /openapi.json lists all of them.',
    },
    ru: {
      title: 'По этому адресу ничего нет',
      cause: 'Сервису неизвестен запрошенный адрес. Адрес: {path}.',
      remedy: 'Проверьте адрес; все адреса перечислены в GET /openapi.json.',
    },
  },
  method_not_allowed: {
    status: 405,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { method: 'text', allowed: 'text' },
    en: {
      title: 'This address is asked in another way',
      cause: 'The address exists, but not for this HTTP method. Used: {method}. Allowed: {allowed}.',
      remedy: 'Use an allowed method; GET /openapi.json describes each address.',
    },
    ru: {
      title: 'К этому адресу обращаются иначе',
      cause: 'Адрес существует, но не для этого метода HTTP. Использован: {method}. Допускается: {allowed}.',
      remedy: 'Используйте допустимый метод; каждый адрес описан в GET /openapi.json.',
    },
  },
  assertion_key_unavailable: {
    status: 503,
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { refusal: 'text?' },
    en: {
      title: 'The service cannot sign right now',
      cause:
        'The key that signs proofs of sign-in does not answer. Nobody was let in. Its token refused the PIN ({refusal}), and the service will not try this PIN again: it takes another in the PIN’s source, or a restart.',
      remedy: 'Try again in a minute. If it lasts, give the portal’s support the trace id of this message.',
    },
    ru: {
      title: 'Сервис сейчас не может подписывать',
      cause:
        'Ключ, которым подписываются подтверждения входа, не отвечает. Вход не выполнен. Носитель не принял PIN-код ({refusal}), и сервис больше не предъявит этот PIN-код: нужен другой в его источнике или перезапуск.',
      remedy:
        'Повторите через минуту. Если не поможет, назовите поддержке портала номер обращения из этого сообщения.',
    },
  },
  storage_unavailable: {
    status: 503,
    stage: 'service',
    indication: 'INDETERMINATE',
    en: {
      title: 'The service’s storage does not answer',
      cause: 'The sign-in could not be recorded, so nobody was let in, and nothing was lost.',
      remedy: 'Try again in a minute. If it lasts, give the portal’s support the trace id of this message.',
    },
    ru: {
      title: 'Хранилище сервиса не отвечает',
      cause: 'Вход не удалось записать, поэтому он не выполнен; ничего не потеряно.',
      remedy:
        'Повторите через минуту. Если не поможет, назовите поддержке портала номер обращения из этого сообщения.',
    },
  },
  database_unusable: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { file: 'text' },
    en: {
      title: 'The database cannot be used',
      cause: 'The database cannot be opened, read or written. The file: {file}.',
      remedy:
        'See whether the disk is full, whether you may write the file and its folder, and whether another program holds it. If it is damaged, keep it as it is and put back a backup.',
    },
    ru: {
      title: 'Базу данных нельзя использовать',
      cause: 'Базу данных не удаётся открыть, прочитать или записать. Файл: {file}.',
      remedy:
        'Проверьте, не заполнен ли диск, есть ли у вас право на запись этого файла и его папки и не занят ли файл другой программой. Если база повреждена, сохраните её как есть и восстановите резервную копию.',
    },
  },
  database_unreachable: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { host: 'text' },
    en: {
      title: 'PostgreSQL does not answer',
      cause:
        'The server that DATABASE_URL names cannot be reached, takes no connection, or ended it. It is: {host}.',
      remedy:
        'See whether host and port are right, whether the server runs and has connections left (max_connections), and whether a firewall or TLS (sslmode) stands between.',
    },
    ru: {
      title: 'PostgreSQL не отвечает',
      cause:
        'Сервер, указанный в DATABASE_URL, недоступен, не принимает соединение или прервал его. Адрес: {host}.',
      remedy:
        'Проверьте адрес и порт, запущен ли сервер, остались ли у него свободные соединения (max_connections) и не мешают ли межсетевой экран или настройки TLS (sslmode).',
    },
  },
  database_login_refused: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { host: 'text' },
    en: {
      title: 'PostgreSQL does not let Sealgate in',
      cause:
        'The server does not take user and password of DATABASE_URL, or not from this host. It is: {host}.',
      remedy:
        'Correct user or password (marks such as @, / and # in them are percent-encoded), or let the user in by pg_hba.conf.',
    },
    ru: {
      title: 'PostgreSQL не пускает Sealgate',
      cause:
        'Сервер не принимает пользователя и пароль из DATABASE_URL или не принимает их с этого узла. Адрес: {host}.',
      remedy:
        'Исправьте имя или пароль (знаки @, / и # в них записываются через %) или разрешите вход пользователя в pg_hba.conf.',
    },
  },
  database_unfit: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { host: 'text', problem: 'term' },
    en: {
      title: 'Sealgate cannot use this PostgreSQL database',
      cause:
        'It has to be one of its own, in a form that Sealgate works with. The database: {host}. What is wrong: {problem}.',
      remedy:
        'Make a database for Sealgate alone in PostgreSQL 14 or newer, encoding UTF8, owned by the user of DATABASE_URL: CREATE DATABASE sealgate OWNER sealgate ENCODING UTF8.',
    },
    ru: {
      title: 'Sealgate не может работать с этой базой PostgreSQL',
      cause:
        'Нужна отдельная база в виде, с которым Sealgate умеет работать. База данных: {host}. Что не так: {problem}.',
      remedy:
        'Создайте отдельную базу для Sealgate в PostgreSQL 14 или новее, с кодировкой UTF8, владелец — пользователь из DATABASE_URL: CREATE DATABASE sealgate OWNER sealgate ENCODING UTF8.',
    },
  },
  audit_damaged: {
    stage: 'service',
    indication: 'TOTAL-FAILED',
    details: { sequence: 'number', problem: 'term', where: 'text?' },
    en: {
      title: 'The audit log was tampered with or damaged',
      cause:
        'The chain of audit records does not hold. The first bad record: {sequence}. What is wrong: {problem}. Where that is seen: {where}.',
      remedy:
        'Keep the database as it is, compare it with a backup, and find out who could write to it. If you have put back a backup yourself, begin a new file for the heads and keep the old one.',
    },
    ru: {
      title: 'Журнал аудита изменён или повреждён',
      cause:
        'Цепочка записей журнала нарушена. Первая неверная запись: {sequence}. Что не так: {problem}. Где это видно: {where}.',
      remedy:
        'Сохраните базу данных как есть, сравните её с резервной копией и выясните, кто мог в неё писать. Если резервную копию восстановили вы сами, начните новый файл отметок, а прежний сохраните.',
    },
  },
  record_unsealed: {
    stage: 'service',
    indication: 'TOTAL-FAILED',
    details: { table: 'text', key: 'text', count: 'number' },
    en: {
      title: 'A record was not written by this service',
      cause:
        'Records that decide who is trusted bear a seal by the service’s secrets, and the seal of this one does not hold or is missing. The record: {table} {key}. So many records are like that: {count}. It is not used.',
      remedy:
        'Find out who could write to the database, and put back a backup or take the record out. If it was written before this version sealed records, or you know it to be right: look at it with sealgate records list, and give your word for it with sealgate records seal. If a secret was taken away too early, put it back below the newer one.',
    },
    ru: {
      title: 'Запись сделана не этим сервисом',
      cause:
        'Записи, от которых зависит, кому доверяют, заверены секретами сервиса, а печать этой записи неверна или отсутствует. Запись: {table} {key}. Всего таких записей: {count}. Она не используется.',
      remedy:
        'Выясните, кто мог писать в базу данных, и восстановите резервную копию или удалите запись. Если она сделана версией, которая записи ещё не заверяла, или вы знаете, что она верна: просмотрите её командой sealgate records list и подтвердите командой sealgate records seal. Если секрет убран слишком рано, верните его в файл ниже нового.',
    },
  },
  record_changed: {
    stage: 'service',
    indication: 'INDETERMINATE',
    en: {
      title: 'Somebody else changed the record at the same time',
      cause: 'The record is no longer what it was when this change began. Nothing was changed.',
      remedy: 'Look at it as it is now, and make the change again if it is still wanted.',
    },
    ru: {
      title: 'Запись одновременно изменил кто-то другой',
      cause: 'Запись уже не та, что была в начале этого изменения. Ничего не изменено.',
      remedy: 'Посмотрите, какова она теперь, и повторите изменение, если оно ещё нужно.',
    },
  },
  evidence_unknown: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { id: 'text', problem: 'text' },
    en: {
      title: 'There is no evidence of this sign-in',
      cause: 'No evidence is kept under this number. What was asked for: {id}. What is missing: {problem}.',
      remedy:
        'Look the sign-in up with sealgate audit list; evidence is kept for as many days as the setting evidenceDays says.',
    },
    ru: {
      title: 'Материалов об этом входе нет',
      cause: 'Под этим номером материалов нет. Запрошено: {id}. Чего не хватает: {problem}.',
      remedy:
        'Найдите вход командой sealgate audit list; материалы хранятся столько дней, сколько задано настройкой evidenceDays.',
    },
  },
  evidence_malformed: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { problem: 'text' },
    en: {
      title: 'The file is no evidence of a sign-in',
      cause: 'The file is not what sealgate audit export writes. What is wrong: {problem}.',
      remedy: 'Give the file as it was exported, not unpacked and packed again.',
    },
    ru: {
      title: 'Файл не содержит материалов о входе',
      cause: 'Файл не из тех, что создаёт sealgate audit export. Что не так: {problem}.',
      remedy: 'Передайте файл в том виде, в котором он был выгружен, не перепаковывая.',
    },
  },
  evidence_changed: {
    stage: 'service',
    indication: 'TOTAL-FAILED',
    subIndication: 'HASH_FAILURE',
    details: { files: 'text[]' },
    en: {
      title: 'The evidence was changed',
      cause: 'The evidence is not what it was when it was exported. Changed, missing or added: {files}.',
      remedy: 'Export it again from the service, and find out who could write to this file.',
    },
    ru: {
      title: 'Материалы изменены',
      cause: 'Материалы не те, что были выгружены. Изменено, отсутствует или добавлено: {files}.',
      remedy: 'Выгрузите их из сервиса заново и выясните, кто мог изменить этот файл.',
    },
  },
  evidence_foreign: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { sequence: 'number' },
    en: {
      title: 'The evidence is not of this service',
      cause:
        'The audit of this service does not hold the record that the evidence names. Record: {sequence}.',
      remedy:
        'If another service exported it, check it by that one’s public keys: sealgate audit replay --keys. If it is said to come from this service, it was made up, or the audit was changed: sealgate audit verify.',
    },
    ru: {
      title: 'Материалы не этого сервиса',
      cause: 'В журнале этого сервиса нет той записи, на которую ссылаются материалы. Запись: {sequence}.',
      remedy:
        'Если их выгрузил другой сервис, проверьте их его открытыми ключами: sealgate audit replay --keys. Если утверждается, что они отсюда, они подделаны или изменён журнал: sealgate audit verify.',
    },
  },
  configuration_invalid: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { field: 'text', problem: 'problem' },
    en: {
      title: 'The configuration is wrong',
      cause:
        'The service cannot start with this configuration. The setting: {field}. What is wrong: {problem}.',
      remedy: 'Correct the setting and start again; the README lists every setting with its default.',
    },
    ru: {
      title: 'Ошибка в настройках',
      cause: 'С такими настройками сервис не запустится. Настройка: {field}. Что не так: {problem}.',
      remedy:
        'Исправьте настройку и запустите снова; все настройки и их значения по умолчанию описаны в README.',
    },
  },
  file_unreadable: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { file: 'text' },
    en: {
      title: 'The file cannot be read',
      cause: 'The command was given a file that cannot be read. The file: {file}.',
      remedy: 'Check its name, and that you may read it.',
    },
    ru: {
      title: 'Файл не читается',
      cause: 'Файл, указанный в команде, прочитать не удалось. Файл: {file}.',
      remedy: 'Проверьте имя файла и право на его чтение.',
    },
  },
  internal_error: {
    status: 500,
    stage: 'service',
    indication: 'INDETERMINATE',
    en: {
      title: 'Something went wrong inside the service',
      cause: 'The service met an error it did not expect. Nobody was let in, and nothing was lost.',
      remedy: 'Try again. If it happens again, give the portal’s support the trace id of this message.',
    },
    ru: {
      title: 'Внутренняя ошибка сервиса',
      cause: 'В сервисе произошла непредвиденная ошибка. Вход не выполнен; ничего не потеряно.',
      remedy:
        'Повторите попытку. Если ошибка повторится, назовите поддержке портала номер обращения из этого сообщения.',
    },
  },
} as const satisfies Record<string, Failure>;
