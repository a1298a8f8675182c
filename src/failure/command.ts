import type { Failure } from './failure.ts';

/** Failures of a command as it was typed, before or beside what it was to do. */
export const commandFailures = {
  command_invalid: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { problem: 'text', help: 'text?' },
    en: {
      title: 'The command cannot be run like this',
      cause: 'Nothing was done. What is wrong: {problem}.',
      remedy: 'Correct the command and run it again. How it is meant: {help}.',
    },
    ru: {
      title: 'Так команду выполнить нельзя',
      cause: 'Ничего не сделано. Что не так: {problem}.',
      remedy: 'Исправьте команду и повторите. Как она пишется: {help}.',
    },
  },
  argument_invalid: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { argument: 'label', problem: 'problem' },
    en: {
      title: 'The command was given something it cannot use',
      cause: 'Nothing was done. The argument: {argument}. What is wrong: {problem}.',
      remedy: 'Correct it and run the command again; --help says what is expected.',
    },
    ru: {
      title: 'Команда получила то, с чем не может работать',
      cause: 'Ничего не сделано. Что указано: {argument}. Что не так: {problem}.',
      remedy: 'Исправьте и повторите команду; что ожидается, скажет --help.',
    },
  },
  file_unwritable: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { file: 'text', problem: 'term' },
    en: {
      title: 'The file cannot be written',
      cause: 'The command was told to write a file and could not. The file: {file}. Why: {problem}.',
      remedy: 'Name another file, or see to it that this one may be written.',
    },
    ru: {
      title: 'Файл не записать',
      cause: 'Команда должна была записать файл и не смогла. Файл: {file}. Причина: {problem}.',
      remedy: 'Укажите другой файл или дайте право записать этот.',
    },
  },
  archive_file_damaged: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { file: 'text' },
    en: {
      title: 'A file of the archive is damaged',
      cause:
        'In the folder of the archive the file is missing, or its octets are not those that were kept. The file: {file}.',
      remedy:
        'Put the file back from a copy of the folder; its name there is the SHA-256 that archive list --json shows.',
    },
    ru: {
      title: 'Файл архива повреждён',
      cause: 'В папке архива файла нет, или его содержимое не то, что сохранялось. Файл: {file}.',
      remedy: 'Верните файл из копии папки; его имя там — SHA-256, который показывает archive list --json.',
    },
  },
  archive_document_changed: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { identifier: 'label' },
    en: {
      title: 'Another round has renewed the document',
      cause:
        'While this time-stamp was being made, the document was given another one. The document: {identifier}.',
      remedy: 'Nothing has to be done: what the other round made is kept. Let one round run at a time.',
    },
    ru: {
      title: 'Документ уже продлён другим запуском',
      cause: 'Пока делался этот штамп времени, документ получил другой. Документ: {identifier}.',
      remedy:
        'Делать ничего не нужно: хранится то, что сделал другой запуск. Запускайте продление по одному.',
    },
  },
  backup_unreadable: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { file: 'text' },
    en: {
      title: 'The backup cannot be used',
      cause: 'This is no backup of Sealgate, is damaged, or lacks the secrets. The file: {file}.',
      remedy: 'Take another one. Where the secrets come from SEALGATE_SECRETS, set it as it was then.',
    },
    ru: {
      title: 'Резервная копия не годится',
      cause: 'Это не копия Sealgate, она повреждена или в ней нет секретов. Файл: {file}.',
      remedy:
        'Возьмите другую. Если секреты задаются переменной SEALGATE_SECRETS, задайте её такой, какой она была.',
    },
  },
  trace_unknown: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { id: 'text' },
    en: {
      title: 'Nothing is known of this',
      cause: 'No record of the audit has this trace id, session or number. Looked for: {id}.',
      remedy:
        'Check that it was copied whole, and that this is the service that gave it. Of what is refused before a sign-in begins the last month is kept, a hundred requests of each portal; for more give the log of the service as --log FILE.',
    },
    ru: {
      title: 'Об этом ничего не известно',
      cause: 'В журнале нет записи с таким номером обращения, сеансом или порядковым номером. Искали: {id}.',
      remedy:
        'Проверьте, что номер скопирован целиком и выдан именно этим сервисом. Из того, что отклонено до начала входа, хранится последний месяц, по сто запросов на портал; остальное ищите в логе сервиса — укажите его ключом --log FILE.',
    },
  },
  command_failed: {
    stage: 'service',
    indication: 'INDETERMINATE',
    en: {
      title: 'The command met an error it did not expect',
      cause: 'It ended before it was done. What the system says of it stands below.',
      remedy: 'Mend that, or report it with the lines below; then run the command again.',
    },
    ru: {
      title: 'Команда завершилась непредвиденной ошибкой',
      cause: 'Она прервана, не дойдя до конца. Что об этом сообщает система, указано ниже.',
      remedy: 'Устраните причину или сообщите о ней, приложив строки ниже, и повторите команду.',
    },
  },
} as const satisfies Record<string, Failure>;
