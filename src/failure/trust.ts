import type { Failure } from './failure.ts';

/** Failures of the list of accredited authorities and of the anchors that an operator adds. */
export const trustFailures = {
  trust_list_malformed: {
    stage: 'qualification',
    indication: 'INDETERMINATE',
    details: { problem: 'text', line: 'number?' },
    en: {
      title: 'The list of authorities cannot be read',
      cause:
        'The file is not a list of accredited authorities of the form that is known. What is wrong: {problem}. Where: line {line}. Nothing was changed, and the last good list stays in force.',
      remedy:
        'Download the list once more. If that does not help, its form has changed: update Sealgate, and go on with the last good list until then.',
    },
    ru: {
      title: 'Перечень УЦ не читается',
      cause:
        'Файл не является перечнем аккредитованных удостоверяющих центров известной формы. Что не так: {problem}. Место: строка {line}. Ничего не изменено, действует последний исправный перечень.',
      remedy:
        'Скачайте перечень ещё раз. Если не помогло, изменилась его форма: обновите Sealgate, а до тех пор действует последний исправный перечень.',
    },
  },
  trust_list_signature_invalid: {
    stage: 'qualification',
    indication: 'TOTAL-FAILED',
    subIndication: 'SIG_CRYPTO_FAILURE',
    details: { problem: 'text' },
    en: {
      title: 'The list’s signature does not hold',
      cause:
        'The list of accredited authorities was changed after it was signed, or is not signed as it has to be. What is wrong: {problem}. Nothing was changed, and the last good list stays in force.',
      remedy: 'Download the list once more, from the ministry’s own address.',
    },
    ru: {
      title: 'Подпись перечня неверна',
      cause:
        'Перечень аккредитованных удостоверяющих центров изменён после подписания или подписан не так, как должен. Что не так: {problem}. Ничего не изменено, действует последний исправный перечень.',
      remedy: 'Скачайте перечень ещё раз с официального адреса Минцифры.',
    },
  },
  trust_list_untrusted: {
    stage: 'qualification',
    indication: 'INDETERMINATE',
    subIndication: 'NO_CERTIFICATE_CHAIN_FOUND',
    details: { signer: 'text', sha256: 'text', problem: 'term?', reason: 'code?' },
    en: {
      title: 'The list’s signer is not trusted',
      cause:
        'The signature of the list holds, but no pin names its signer. The signer: {signer}. Fingerprint (SHA-256): {sha256}. Why it is not trusted: {problem}. Why no chain to a root holds: {reason}. Nothing was changed, and the last good list stays in force.',
      remedy:
        'Compare the fingerprint with the one that the ministry publishes. If it is right, add it to the pins.',
    },
    ru: {
      title: 'Подписавшему перечень нет доверия',
      cause:
        'Подпись перечня верна, но подписавший не назван среди доверенных. Подписал: {signer}. Отпечаток (SHA-256): {sha256}. Почему нет доверия: {problem}. Почему не годится цепочка до корня: {reason}. Ничего не изменено, действует последний исправный перечень.',
      remedy:
        'Сверьте отпечаток с опубликованным Минцифры. Если он верен, добавьте его к закреплённым отпечаткам.',
    },
  },
  trust_list_signer_revoked: {
    stage: 'qualification',
    indication: 'TOTAL-FAILED',
    subIndication: 'REVOKED',
    details: {
      signer: 'text',
      sha256: 'text',
      certificate: 'text',
      serialNumber: 'text',
      revokedAt: 'date',
      reason: 'term',
    },
    en: {
      title: 'The list’s signer is revoked',
      cause:
        'The certificate that signed the list, or one above it, is revoked. The signer: {signer}. Fingerprint (SHA-256): {sha256}. Revoked: {certificate}. Revoked since {revokedAt}. The reason given: {reason}. Nothing was changed, and the last good list stays in force.',
      remedy:
        'Do not use this list. Download it once more, from the ministry’s own address; it has to be signed with another certificate.',
    },
    ru: {
      title: 'Сертификат подписавшего перечень отозван',
      cause:
        'Сертификат, которым подписан перечень, или один из вышестоящих отозван. Подписал: {signer}. Отпечаток (SHA-256): {sha256}. Отозван: {certificate}. Отозван с: {revokedAt}. Указанная причина: {reason}. Ничего не изменено, действует последний исправный перечень.',
      remedy:
        'Не используйте этот перечень. Скачайте его ещё раз с официального адреса Минцифры: он должен быть подписан другим сертификатом.',
    },
  },
  trust_list_signer_unchecked: {
    stage: 'qualification',
    indication: 'INDETERMINATE',
    subIndication: 'TRY_LATER',
    details: {
      signer: 'text',
      sha256: 'text',
      certificate: 'text?',
      serialNumber: 'text?',
      hosts: 'text[]?',
      problem: 'code',
      problems: 'problems?',
    },
    en: {
      title: 'Revocation of the list’s signer could not be checked',
      cause:
        'It is unknown whether a certificate of the list’s signer is revoked. The signer: {signer}. Fingerprint (SHA-256): {sha256}. Unknown: {certificate}. Asked: {hosts}. What happened: {problem}. Nothing was changed, and the last good list stays in force.',
      remedy:
        'Check the network and the proxy, and import the list again. Without a network, bring in the revocation lists first: sealgate revocation import. To take lists all the same, with a warning, set SEALGATE_UNCHECKED_LIST_SIGNER=warn.',
    },
    ru: {
      title: 'Не удалось проверить отзыв сертификата подписавшего перечень',
      cause:
        'Неизвестно, не отозван ли сертификат подписавшего перечень. Подписал: {signer}. Отпечаток (SHA-256): {sha256}. Неизвестно состояние: {certificate}. Запрошены: {hosts}. Что произошло: {problem}. Ничего не изменено, действует последний исправный перечень.',
      remedy:
        'Проверьте сеть и прокси и загрузите перечень ещё раз. Без сети сначала загрузите списки отзыва: sealgate revocation import. Чтобы принимать перечень и так, с предупреждением, задайте SEALGATE_UNCHECKED_LIST_SIGNER=warn.',
    },
  },
  trust_list_outdated: {
    stage: 'qualification',
    indication: 'INDETERMINATE',
    details: { version: 'number', inForce: 'number?', date: 'date', dateInForce: 'date?' },
    en: {
      title: 'The list is older than the one in force',
      cause:
        'A list never goes back in time. Version of the file: {version}. Version in force: {inForce}. Date of the file: {date}. Date of the list in force: {dateInForce}. Nothing was changed.',
      remedy:
        'Download the present list. If this is the present one, ask whoever serves it why it went back.',
    },
    ru: {
      title: 'Перечень старше действующего',
      cause:
        'Перечень не может вернуться назад во времени. Версия файла: {version}. Действующая версия: {inForce}. Дата файла: {date}. Дата действующего перечня: {dateInForce}. Ничего не изменено.',
      remedy:
        'Скачайте текущий перечень. Если это он и есть, выясните у того, кто его публикует, почему версия уменьшилась.',
    },
  },
  trust_list_unavailable: {
    status: 503,
    stage: 'qualification',
    indication: 'INDETERMINATE',
    subIndication: 'TRY_LATER',
    details: { date: 'date?', limit: 'seconds?' },
    en: {
      title: 'The list of accredited authorities is missing',
      cause:
        'Whether the issuer is accredited cannot be said: the service has no list of accredited authorities, or one that is too old. Date of the list: {date}. It may be as old as {limit}.',
      remedy: 'To the service’s operator: import the present list (sealgate trust import).',
    },
    ru: {
      title: 'Нет перечня аккредитованных УЦ',
      cause:
        'Нельзя сказать, аккредитован ли издатель: у сервиса нет перечня аккредитованных удостоверяющих центров, или он слишком стар. Дата перечня: {date}. Допустимый возраст: {limit}.',
      remedy: 'Оператору сервиса: загрузите текущий перечень (sealgate trust import).',
    },
  },
  trust_list_unreachable: {
    stage: 'service',
    indication: 'INDETERMINATE',
    subIndication: 'TRY_LATER',
    details: { address: 'text', problem: 'text' },
    en: {
      title: 'The list of authorities could not be fetched',
      cause: 'The address did not give the list. Address: {address}. What happened: {problem}.',
      remedy:
        'Check the network and the proxy, or download the file in another way and import it from there.',
    },
    ru: {
      title: 'Не удалось получить перечень УЦ',
      cause: 'По адресу перечень не получен. Адрес: {address}. Что произошло: {problem}.',
      remedy: 'Проверьте сеть и прокси или скачайте файл другим способом и загрузите его из файла.',
    },
  },
  trust_anchor_unpinned: {
    stage: 'qualification',
    indication: 'INDETERMINATE',
    details: { certificate: 'text', sha256: 'text' },
    en: {
      title: 'No pin names this certificate',
      cause:
        'The certificate was not added, because its fingerprint is not among the pins. The certificate: {certificate}. Fingerprint (SHA-256): {sha256}.',
      remedy:
        'Compare the fingerprint with one from another source. If it is right, say so: sealgate trust add FILE --unpinned.',
    },
    ru: {
      title: 'Отпечаток сертификата не закреплён',
      cause:
        'Сертификат не добавлен: его отпечатка нет среди закреплённых. Сертификат: {certificate}. Отпечаток (SHA-256): {sha256}.',
      remedy:
        'Сверьте отпечаток с другим источником. Если он верен, подтвердите: sealgate trust add FILE --unpinned.',
    },
  },
} as const satisfies Record<string, Failure>;
