import type { Failure } from './failure.ts';

/**
 * Failures of signed documents and their time-stamps. Indications follow ETSI EN 319 102-1, section 5.1.3: what can
 * only be said with a proof of existence that is not there, stays open.
 */
export const documentFailures = {
  document_unrecognised: {
    stage: 'signature',
    indication: 'TOTAL-FAILED',
    subIndication: 'FORMAT_FAILURE',
    en: {
      title: 'This is no signed document of a known format',
      cause: 'The file is neither a CMS message, nor a PDF, XML or ASiC document, nor a time-stamp.',
      remedy:
        'Give the file that holds the signature (.sig, .p7s, .pdf, .xml, .asice, .tsr), and the document itself beside it where the signature is detached.',
    },
    ru: {
      title: 'Это не подписанный документ известного формата',
      cause: 'Файл не является ни сообщением CMS, ни документом PDF, XML или ASiC, ни штампом времени.',
      remedy:
        'Укажите файл с подписью (.sig, .p7s, .pdf, .xml, .asice, .tsr), а если подпись откреплённая — рядом с ней сам документ.',
    },
  },
  document_malformed: {
    stage: 'signature',
    indication: 'TOTAL-FAILED',
    subIndication: 'FORMAT_FAILURE',
    details: { problem: 'text', file: 'text?' },
    en: {
      title: 'The signed document breaks the rules of its format',
      cause:
        'The document was read as its format demands, and nothing was guessed or repaired. What is wrong: {problem}. Where: {file}.',
      remedy:
        'Ask whoever sent the document for the original file. Programs that show it all the same repair it, and what they show need not be what was signed.',
    },
    ru: {
      title: 'Подписанный документ нарушает правила своего формата',
      cause:
        'Документ прочитан так, как требует формат, без догадок и исправлений. Что не так: {problem}. Где: {file}.',
      remedy:
        'Запросите исходный файл у отправителя. Программы, которые всё же открывают такой документ, исправляют его, и показанное ими может отличаться от подписанного.',
    },
  },
  signed_data_missing: {
    stage: 'signature',
    indication: 'INDETERMINATE',
    subIndication: 'SIGNED_DATA_NOT_FOUND',
    details: { files: 'text[]?' },
    en: {
      title: 'What was signed is not there',
      cause:
        'The signature stands apart from what it covers, and that was not given or is missing from the container. Missing: {files}.',
      remedy: 'Give the document that was signed together with the signature, unchanged and under its name.',
    },
    ru: {
      title: 'Нет того, что подписано',
      cause:
        'Подпись хранится отдельно от подписанных данных, а их не передали или нет в контейнере. Не найдено: {files}.',
      remedy: 'Передайте вместе с подписью сам документ — без изменений и под его именем.',
    },
  },
  document_changed: {
    stage: 'signature',
    indication: 'TOTAL-FAILED',
    subIndication: 'HASH_FAILURE',
    details: { file: 'text?' },
    en: {
      title: 'The document was changed after it was signed',
      cause: 'The hash of the document differs from the one that was signed. What was changed: {file}.',
      remedy:
        'Compare the file with the sender’s: even opening and saving it, or sending it as text, can change it. If it is really another document, do not rely on the signature.',
    },
    ru: {
      title: 'Документ изменён после подписания',
      cause: 'Хэш документа не совпадает с тем, что подписан. Что изменено: {file}.',
      remedy:
        'Сравните файл с файлом отправителя: его могло изменить даже открытие с сохранением или пересылка текстом. Если это действительно другой документ, на подпись полагаться нельзя.',
    },
  },
  pdf_range_invalid: {
    stage: 'signature',
    indication: 'TOTAL-FAILED',
    subIndication: 'FORMAT_FAILURE',
    details: { problem: 'text' },
    en: {
      title: 'The signature does not cover the PDF as it has to',
      cause:
        'A signature in a PDF covers the file up to its end, all but its own value, in one form alone (ISO 32000-2, 12.8.1). What is wrong: {problem}. No honest program writes it otherwise: this is how signed documents are forged.',
      remedy: 'Do not rely on this file. Ask the signer for the original one.',
    },
    ru: {
      title: 'Подпись охватывает PDF не так, как должна',
      cause:
        'Подпись в PDF охватывает файл до конца, кроме собственного значения, и только в одной форме (ISO 32000-2, 12.8.1). Что не так: {problem}. Честные программы иначе не пишут: так подделывают подписанные документы.',
      remedy: 'Не полагайтесь на этот файл. Запросите у подписавшего исходный.',
    },
  },
  pdf_changed: {
    stage: 'signature',
    indication: 'TOTAL-FAILED',
    subIndication: 'FORMAT_FAILURE',
    details: { found: 'text[]' },
    en: {
      title: 'The PDF was changed after it was signed',
      cause:
        'What was signed is still in the file, but a later update changes what a reader sees. Only signatures, time-stamps, evidence and values of fields may be added. What was changed: {found}.',
      remedy:
        'Look at the revision that was signed, and not at what the file shows now. Ask the signer to sign the document as it is, or for the original file.',
    },
    ru: {
      title: 'PDF изменён после подписания',
      cause:
        'Подписанное осталось в файле, но более позднее обновление меняет то, что видит читатель. Добавлять можно только подписи, штампы времени, доказательства и значения полей. Что изменено: {found}.',
      remedy:
        'Смотрите на ту редакцию, которая подписана, а не на то, что файл показывает сейчас. Попросите подписать документ в нынешнем виде или запросите исходный файл.',
    },
  },
  existence_unproven: {
    stage: 'path',
    indication: 'INDETERMINATE',
    subIndication: 'OUT_OF_BOUNDS_NO_POE',
    details: { certificate: 'text', serialNumber: 'text', notAfter: 'date', at: 'date' },
    en: {
      title: 'Nothing proves that it was signed before the certificate ended',
      cause:
        'The certificate has ended, and no time-stamp that can be relied on shows that the signature is older. The certificate: {certificate}. It was valid until {notAfter}. The earliest time that is proven: {at}.',
      remedy:
        'If there is a copy of the document with a time-stamp (CAdES-T, XAdES-T, PAdES-T or above), check that one. Otherwise ask the signer to sign anew, and add a time-stamp at once.',
    },
    ru: {
      title: 'Не доказано, что документ подписан до окончания сертификата',
      cause:
        'Срок сертификата закончился, и ни один надёжный штамп времени не показывает, что подпись создана раньше. Сертификат: {certificate}. Он действовал до: {notAfter}. Самое раннее доказанное время: {at}.',
      remedy:
        'Если есть экземпляр документа со штампом времени (CAdES-T, XAdES-T, PAdES-T или выше), проверьте его. Иначе попросите подписать документ заново и сразу добавьте штамп времени.',
    },
  },
  revocation_time_unproven: {
    stage: 'revocation',
    indication: 'INDETERMINATE',
    subIndication: 'REVOKED_NO_POE',
    details: { certificate: 'text', serialNumber: 'text', revokedAt: 'date', reason: 'term' },
    en: {
      title: 'Nothing proves that it was signed before the certificate was revoked',
      cause:
        'The certificate is revoked, and no time-stamp that can be relied on shows that the signature is older. The certificate: {certificate}. Revoked since {revokedAt}. The reason given: {reason}.',
      remedy:
        'If there is a copy of the document with a time-stamp, check that one. Otherwise ask the signer to sign anew with a certificate that is in force.',
    },
    ru: {
      title: 'Не доказано, что документ подписан до отзыва сертификата',
      cause:
        'Сертификат отозван, и ни один надёжный штамп времени не показывает, что подпись создана раньше. Сертификат: {certificate}. Отозван с: {revokedAt}. Указанная причина: {reason}.',
      remedy:
        'Если есть экземпляр документа со штампом времени, проверьте его. Иначе попросите подписать документ заново действующим сертификатом.',
    },
  },
  revocation_data_missing: {
    stage: 'revocation',
    indication: 'INDETERMINATE',
    subIndication: 'TRY_LATER',
    details: { certificate: 'text', serialNumber: 'text', at: 'date', problems: 'problems' },
    en: {
      title: 'Nothing tells whether the certificate was revoked at that time',
      cause:
        'Neither the document nor what was given beside it tells whether a certificate was revoked at the time in question. The certificate: {certificate}. The time: {at}. What there was: {problems}.',
      remedy:
        'Give a revocation list or an OCSP answer that was issued after that time (--crl, --ocsp; lists and answers of the request), or have the document extended to level LT, so that it holds them itself.',
    },
    ru: {
      title: 'Неизвестно, не был ли сертификат отозван на тот момент',
      cause:
        'Ни в документе, ни рядом с ним нет сведений, не был ли сертификат отозван на нужный момент. Сертификат: {certificate}. Момент: {at}. Что было: {problems}.',
      remedy:
        'Передайте список отзыва или ответ OCSP, выпущенный после этого момента (--crl, --ocsp; поля lists и answers запроса), либо дополните документ до уровня LT, чтобы он содержал их сам.',
    },
  },
  level_not_reached: {
    status: 422,
    stage: 'signature',
    indication: 'INDETERMINATE',
    details: { level: 'text', reached: 'text?', reason: 'code?' },
    en: {
      title: 'The document cannot be extended that far',
      cause:
        'A signature of the document does not reach the level that was asked for, and the document is left as it was. Asked for: {level}. Reached: {reached}. What stands in the way: {reason}.',
      remedy:
        'Validate the document first and mend what the verdict names. For LT and LTA its certificates have to lead to a trusted root, and lists or OCSP answers have to be at hand.',
    },
    ru: {
      title: 'Документ нельзя дополнить до этого уровня',
      cause:
        'Подпись документа не достигает нужного уровня, и документ оставлен прежним. Нужный уровень: {level}. Достигнутый: {reached}. Что мешает: {reason}.',
      remedy:
        'Сначала проверьте документ и устраните то, что назовёт проверка. Для LT и LTA сертификаты должны вести к доверенному корню, а списки отзыва или ответы OCSP — быть доступны.',
    },
  },
  signing_breaks_signature: {
    stage: 'signature',
    indication: 'INDETERMINATE',
    details: { signature: 'number', reason: 'code' },
    en: {
      title: 'A signature that is there would not hold any more',
      cause:
        'The document is signed already, and one more signature would change what an earlier one covers or permits. Nothing was written. The signature, counted from the first: {signature}. What would become of it: {reason}.',
      remedy:
        'Sign the document as a whole in another way: a detached signature (--detached), or a container (--format asic).',
    },
    ru: {
      title: 'Уже имеющаяся подпись перестала бы быть действительной',
      cause:
        'Документ уже подписан, и ещё одна подпись изменила бы то, что охватывает или допускает прежняя. Ничего не записано. Номер подписи: {signature}. Что стало бы с ней: {reason}.',
      remedy:
        'Подпишите документ целиком иначе: отдельной подписью (--detached) или в контейнере (--format asic).',
    },
  },
  timestamp_malformed: {
    stage: 'signature',
    indication: 'TOTAL-FAILED',
    subIndication: 'FORMAT_FAILURE',
    details: { problem: 'text' },
    en: {
      title: 'The time-stamp breaks the rules of its format',
      cause:
        'The time-stamp is not what the standard demands (RFC 3161), so that it proves no time. What is wrong: {problem}.',
      remedy: 'Ask for a new time-stamp, at another authority if it happens again.',
    },
    ru: {
      title: 'Штамп времени нарушает правила своего формата',
      cause:
        'Штамп времени не соответствует стандарту (RFC 3161) и не доказывает времени. Что не так: {problem}.',
      remedy: 'Запросите новый штамп времени, а если ошибка повторится — в другой службе.',
    },
  },
  timestamp_mismatch: {
    stage: 'signature',
    indication: 'TOTAL-FAILED',
    subIndication: 'HASH_FAILURE',
    details: { problem: 'text?' },
    en: {
      title: 'The time-stamp belongs to something else',
      cause:
        'The time-stamp was given for other data than what it stands beside, or this was changed afterwards. What does not fit: {problem}.',
      remedy:
        'Ask the sender for the original file. A time-stamp that was copied from another document proves nothing here.',
    },
    ru: {
      title: 'Штамп времени относится к другим данным',
      cause:
        'Штамп времени выдан не на те данные, рядом с которыми стоит, либо их потом изменили. Что не сходится: {problem}.',
      remedy:
        'Запросите исходный файл у отправителя. Штамп, скопированный из другого документа, здесь ничего не доказывает.',
    },
  },
  timestamp_signer_unfit: {
    stage: 'path',
    indication: 'INDETERMINATE',
    subIndication: 'CHAIN_CONSTRAINTS_FAILURE',
    details: { certificate: 'text', serialNumber: 'text', problem: 'text' },
    en: {
      title: 'The time-stamp was signed by somebody who may not give any',
      cause:
        'The certificate under the time-stamp is not one for time-stamping alone. The certificate: {certificate}. What is wrong: {problem}.',
      remedy: 'Ask for a time-stamp at an authority whose certificate is for time-stamping.',
    },
    ru: {
      title: 'Штамп времени подписан тем, кто не вправе их выдавать',
      cause:
        'Сертификат под штампом времени предназначен не только для штампов времени. Сертификат: {certificate}. Что не так: {problem}.',
      remedy: 'Получите штамп времени в службе, сертификат которой предназначен для штампов времени.',
    },
  },
  timestamp_unavailable: {
    status: 503,
    stage: 'service',
    indication: 'INDETERMINATE',
    subIndication: 'TRY_LATER',
    details: { found: 'text[]' },
    en: {
      title: 'No time-stamp authority gave a time-stamp',
      cause:
        'Every authority was asked, and none answered with a time-stamp that can be used. What came of it: {found}.',
      remedy:
        'Check the addresses and the connection, or name another authority. The document is as it was and can be extended later, as long as its certificate is in its term.',
    },
    ru: {
      title: 'Ни одна служба не выдала штамп времени',
      cause: 'Опрошены все службы, но ни одна не ответила пригодным штампом времени. Что получено: {found}.',
      remedy:
        'Проверьте адреса и соединение либо укажите другую службу. Документ не изменён, дополнить его можно позже, пока действует сертификат.',
    },
  },
  timestamp_order: {
    stage: 'signature',
    indication: 'INDETERMINATE',
    subIndication: 'TIMESTAMP_ORDER_FAILURE',
    details: { notBefore: 'date', at: 'date' },
    en: {
      title: 'The time-stamps contradict each other',
      cause:
        'A time-stamp is older than one that it covers, or lies after the time of the check. The later of the two times: {notBefore}. The earlier: {at}.',
      remedy:
        'Ask the time-stamp authorities which clock was wrong. Until then none of the times is proven; ask the signer to sign anew.',
    },
    ru: {
      title: 'Штампы времени противоречат друг другу',
      cause:
        'Штамп времени старше того, который он охватывает, или относится к моменту после проверки. Более позднее время: {notBefore}. Более раннее: {at}.',
      remedy:
        'Уточните у служб штампов времени, чьи часы ошиблись. До тех пор ни одно из времён не доказано; попросите подписать документ заново.',
    },
  },
} as const satisfies Record<string, Failure>;
