import type { Failure } from './failure.ts';

/**
 * Failures of the signature itself. Indications follow ETSI EN 319 102-1, section 5.1.3.
 */
export const signatureFailures = {
  signature_malformed: {
    status: 400,
    stage: 'signature',
    indication: 'TOTAL-FAILED',
    subIndication: 'FORMAT_FAILURE',
    details: { where: 'text', problem: 'text' },
    en: {
      title: 'The signature cannot be read',
      cause:
        'What arrived is not a CMS SignedData message, or its encoding is broken. The reading stopped at: {where}. What is wrong there: {problem}.',
      remedy:
        'Sign once more. If it happens again, update the browser plug-in or signing tool, or try another one.',
    },
    ru: {
      title: 'Подпись не удалось прочитать',
      cause:
        'Полученные данные не являются сообщением CMS SignedData, или их кодирование нарушено. Чтение остановилось здесь: {where}. Что не так: {problem}.',
      remedy:
        'Подпишите ещё раз. Если ошибка повторится, обновите плагин браузера или программу подписи либо воспользуйтесь другой.',
    },
  },
  signature_content_mismatch: {
    status: 401,
    stage: 'signature',
    indication: 'TOTAL-FAILED',
    subIndication: 'HASH_FAILURE',
    details: { encoding: 'text?' },
    en: {
      title: 'Something else was signed',
      cause:
        'The signature covers other content than the sign-in request it came with. The signed content is this very request, but in {encoding} instead of UTF-8, and this portal does not allow that.',
      remedy:
        'Sign the text that this page shows, not one from an older page or another tab. To the portal: hand the text to the plug-in as base64 (CryptoPro: ContentEncoding = CADESCOM_BASE64_TO_BINARY), so that it does not sign {encoding}.',
    },
    ru: {
      title: 'Подписано не то содержимое',
      cause:
        'Подпись относится не к тому запросу на вход, с которым она пришла. Подписан именно этот запрос, но в кодировке {encoding} вместо UTF-8, а этот портал такого не допускает.',
      remedy:
        'Подпишите текст с этой страницы, а не с более старой страницы или из другой вкладки. Порталу: передавайте текст плагину в base64 (КриптоПро: ContentEncoding = CADESCOM_BASE64_TO_BINARY), чтобы он не подписывал {encoding}.',
    },
  },
  signature_invalid: {
    status: 401,
    stage: 'signature',
    indication: 'TOTAL-FAILED',
    subIndication: 'SIG_CRYPTO_FAILURE',
    details: { algorithm: 'text', octetOrder: 'text?' },
    en: {
      title: 'The signature is not valid',
      cause:
        'The signature does not fit the public key of the certificate. The algorithm checked: {algorithm}. The message was changed after signing, or the token or its driver computed the signature wrongly.',
      remedy:
        'Sign once more. If it happens again, the token or its driver is faulty: update the driver, try another USB port or computer, or ask the token’s supplier.',
    },
    ru: {
      title: 'Подпись неверна',
      cause:
        'Подпись не соответствует открытому ключу сертификата. Проверенный алгоритм: {algorithm}. Сообщение изменили после подписания, либо носитель или его драйвер вычислил подпись неправильно.',
      remedy:
        'Подпишите ещё раз. Если ошибка повторится, неисправен носитель или его драйвер: обновите драйвер, попробуйте другой порт USB или компьютер либо обратитесь к поставщику носителя.',
    },
  },
  signature_signer_count: {
    status: 422,
    stage: 'signature',
    indication: 'INDETERMINATE',
    subIndication: 'SIG_CONSTRAINTS_FAILURE',
    details: { count: 'number' },
    en: {
      title: 'One signature is needed, no more and no less',
      cause: 'A sign-in carries exactly one signature. Signatures found in this message: {count}.',
      remedy: 'Sign once, with one certificate, and do not add a second signature to the file.',
    },
    ru: {
      title: 'Нужна ровно одна подпись',
      cause: 'Вход подтверждается ровно одной подписью. Подписей в этом сообщении: {count}.',
      remedy: 'Подпишите один раз, одним сертификатом, и не добавляйте в файл вторую подпись.',
    },
  },
  signature_attributes_missing: {
    status: 422,
    stage: 'signature',
    indication: 'INDETERMINATE',
    subIndication: 'SIG_CONSTRAINTS_FAILURE',
    details: { attributes: 'term[]' },
    en: {
      title: 'The signature lacks required attributes',
      cause:
        'A sign-in needs a CAdES-BES signature: with the signed attributes content-type, message-digest and signing-certificate. Missing or wrong here: {attributes}.',
      remedy:
        'Make a CAdES-BES signature: choose this type in the signing tool (CryptoPro: CADESCOM_CADES_BES).',
    },
    ru: {
      title: 'В подписи не хватает обязательных атрибутов',
      cause:
        'Для входа нужна подпись CAdES-BES: с подписанными атрибутами «тип содержимого», «хэш сообщения» и «сертификат подписи». Нет или неверны: {attributes}.',
      remedy:
        'Создайте подпись CAdES-BES: выберите этот тип в программе подписи (КриптоПро: CADESCOM_CADES_BES).',
    },
  },
  signature_content_type_unsigned: {
    status: 401,
    stage: 'signature',
    indication: 'TOTAL-FAILED',
    subIndication: 'FORMAT_FAILURE',
    details: { contentType: 'label' },
    en: {
      title: 'The signature does not say what kind of content it covers',
      cause:
        'The message holds content of a special kind, {contentType}, and its signature has no signed attributes, which the standard demands for any kind but plain data (RFC 5652, section 5.3). Without them the same signature would fit content of another kind.',
      remedy:
        'Sign with signed attributes: choose CAdES-BES in the signing tool (CryptoPro: CADESCOM_CADES_BES). If somebody else sent you the file, ask them for another one and do not rely on this one.',
    },
    ru: {
      title: 'Подпись не указывает, содержимое какого вида она заверяет',
      cause:
        'В сообщении содержимое особого вида ({contentType}), а подписанных атрибутов у подписи нет; для любого вида, кроме обычных данных, стандарт их требует (RFC 5652, раздел 5.3). Без них та же подпись подошла бы к содержимому другого вида.',
      remedy:
        'Подпишите с подписанными атрибутами: выберите тип CAdES-BES в программе подписи (КриптоПро: CADESCOM_CADES_BES). Если файл прислали вам, запросите другой и не полагайтесь на этот.',
    },
  },
  signature_attributes_unsorted: {
    status: 422,
    stage: 'signature',
    indication: 'TOTAL-FAILED',
    subIndication: 'FORMAT_FAILURE',
    details: { algorithm: 'text' },
    en: {
      title: 'The signing tool put the signed attributes into a wrong order',
      cause:
        'The signature fits the key, but it covers the signed attributes in the order in which they were sent. The standard has it cover them sorted, in DER (RFC 5652, section 5.4). The algorithm checked: {algorithm}. Key and token are sound: the program that made the message is at fault.',
      remedy:
        'Update the signing program, or sign with another one. To its maker: sort the signed attributes by their encoding before hashing them.',
    },
    ru: {
      title: 'Программа подписи записала подписанные атрибуты не по порядку',
      cause:
        'Подпись соответствует ключу, но вычислена по атрибутам в том порядке, в каком они переданы. По стандарту она вычисляется по упорядоченным атрибутам, в DER (RFC 5652, раздел 5.4). Проверенный алгоритм: {algorithm}. Ключ и носитель исправны, ошиблась программа, создавшая сообщение.',
      remedy:
        'Обновите программу подписи или воспользуйтесь другой. Её разработчику: перед вычислением хэша упорядочьте подписанные атрибуты по их кодированию.',
    },
  },
  signature_digests_differ: {
    status: 422,
    stage: 'signature',
    indication: 'TOTAL-FAILED',
    subIndication: 'FORMAT_FAILURE',
    details: { messageDigest: 'text', signatureDigest: 'text' },
    en: {
      title: 'The message names two hash functions',
      cause:
        'The message says that {messageDigest} was used, and its signature algorithm says {signatureDigest}. CMS knows one hash function for both (RFC 5652, section 5.3), so that it cannot be told which one counts.',
      remedy:
        'Sign with another program, or set both to the same hash function in this one. The certificate and the key need not be changed.',
    },
    ru: {
      title: 'В сообщении указаны две разные хэш-функции',
      cause:
        'В сообщении указана хэш-функция {messageDigest}, а в алгоритме подписи — {signatureDigest}. В CMS хэш-функция одна (RFC 5652, раздел 5.3), поэтому неясно, какая из них верна.',
      remedy:
        'Подпишите другой программой или задайте в этой одну и ту же хэш-функцию. Сертификат и ключ менять не нужно.',
    },
  },
  signature_algorithm_mislabelled: {
    status: 422,
    stage: 'signature',
    indication: 'INDETERMINATE',
    subIndication: 'SIG_CONSTRAINTS_FAILURE',
    details: { algorithm: 'text' },
    en: {
      title: 'The message calls the signature by the name of an older algorithm',
      cause:
        'The message calls the signature GOST R 34.10-2001, but key and hash function are those of {algorithm}. Some signing tools write it so. The portal does not accept it (acceptMislabelledGost is off).',
      remedy:
        'Update the signing program, or sign with another one. To the portal’s operator: acceptMislabelledGost accepts such messages, whose signature is checked as {algorithm}.',
    },
    ru: {
      title: 'Алгоритм подписи назван в сообщении старым именем',
      cause:
        'В сообщении подпись названа ГОСТ Р 34.10-2001, но ключ и хэш-функция относятся к {algorithm}. Так пишут некоторые программы подписи. Портал этого не допускает (acceptMislabelledGost выключено).',
      remedy:
        'Обновите программу подписи или воспользуйтесь другой. Оператору портала: настройка acceptMislabelledGost принимает такие сообщения, подпись в них проверяется как {algorithm}.',
    },
  },
  signature_attributes_ambiguous: {
    status: 401,
    stage: 'signature',
    indication: 'TOTAL-FAILED',
    subIndication: 'FORMAT_FAILURE',
    en: {
      title: 'The signed content can be read in two ways',
      cause:
        'The signed content has the form of signed attributes, so that one signature would fit two different messages. No honest signing tool makes this: it is a known attack.',
      remedy:
        'Nothing to mend on your side, and nobody was let in. If you did not send this, tell the portal’s support about it.',
    },
    ru: {
      title: 'Подписанное содержимое читается двояко',
      cause:
        'Подписанное содержимое имеет вид подписанных атрибутов, и одна подпись подошла бы к двум разным сообщениям. Честные программы подписи так не делают: это известная атака.',
      remedy:
        'Исправлять с вашей стороны нечего, вход не выполнен. Если вы этого не отправляли, сообщите в поддержку портала.',
    },
  },
  signer_certificate_missing: {
    status: 422,
    stage: 'signature',
    indication: 'INDETERMINATE',
    subIndication: 'NO_SIGNING_CERTIFICATE_FOUND',
    details: { identifier: 'text' },
    en: {
      title: 'The signer’s certificate is missing',
      cause:
        'The message does not contain the certificate it was signed with, and the service does not know it. It names this certificate: {identifier}.',
      remedy:
        'Include the signer’s certificate when signing (CryptoPro: CAPICOM_CERTIFICATE_INCLUDE_CHAIN_EXCEPT_ROOT).',
    },
    ru: {
      title: 'В подписи нет сертификата',
      cause:
        'В сообщении нет сертификата, которым оно подписано, и сервису он неизвестен. Сообщение ссылается на сертификат: {identifier}.',
      remedy:
        'Включите сертификат в подпись при подписании (КриптоПро: CAPICOM_CERTIFICATE_INCLUDE_CHAIN_EXCEPT_ROOT).',
    },
  },
  signer_certificate_substituted: {
    status: 401,
    stage: 'signature',
    indication: 'INDETERMINATE',
    subIndication: 'NO_SIGNING_CERTIFICATE_FOUND',
    details: { problem: 'term?' },
    en: {
      title: 'The signature names another certificate',
      cause:
        'The signed attribute signing-certificate names another certificate than the one that came with the signature. What differs: {problem}. The certificate was exchanged, or the signing tool is faulty.',
      remedy:
        'Sign once more. If it happens again, the signing tool or the token’s driver is faulty: update it or try another one.',
    },
    ru: {
      title: 'Подпись ссылается на другой сертификат',
      cause:
        'Подписанный атрибут «сертификат подписи» указывает не на тот сертификат, который пришёл с подписью. Что отличается: {problem}. Сертификат подменили, или программа подписи неисправна.',
      remedy:
        'Подпишите ещё раз. Если ошибка повторится, неисправна программа подписи или драйвер носителя: обновите её или попробуйте другую.',
    },
  },
  algorithm_forbidden: {
    status: 422,
    stage: 'signature',
    indication: 'INDETERMINATE',
    subIndication: 'CRYPTO_CONSTRAINTS_FAILURE',
    details: {
      certificate: 'text?',
      serialNumber: 'text?',
      algorithm: 'text',
      where: 'term',
      accepted: 'text',
    },
    en: {
      title: 'The algorithm is not accepted',
      cause:
        'The signature or a certificate uses an algorithm that is not accepted. Used: {algorithm}. Where it was used: {where}. Accepted: {accepted}.',
      remedy:
        'Get a certificate on an accepted algorithm: for a qualified one that is GOST R 34.10-2012. If the certificate already has such a key, choose an accepted hash in the signing tool.',
    },
    ru: {
      title: 'Алгоритм не принимается',
      cause:
        'В подписи или сертификате применён алгоритм, который не принимается. Применён: {algorithm}. Где применён: {where}. Принимаются: {accepted}.',
      remedy:
        'Получите сертификат с допустимым алгоритмом: для квалифицированного это ГОСТ Р 34.10-2012. Если ключ уже такой, выберите в программе подписи допустимый алгоритм хэширования.',
    },
  },
  clock_skewed: {
    status: 422,
    stage: 'signature',
    indication: 'INDETERMINATE',
    subIndication: 'SIG_CONSTRAINTS_FAILURE',
    details: { difference: 'seconds', allowed: 'seconds', signedAt: 'date', at: 'date' },
    en: {
      title: 'The computer’s clock is wrong',
      cause:
        'The computer’s clock and the service’s clock differ by more than is allowed. The difference: {difference}. Allowed: {allowed}. Time on the computer: {signedAt}. Time of the service: {at}.',
      remedy:
        'Set the computer’s date, time and time zone to be kept automatically from the internet, then sign again.',
    },
    ru: {
      title: 'Часы компьютера идут неверно',
      cause:
        'Часы компьютера и часы сервиса расходятся сильнее допустимого. Разница: {difference}. Допустимо: {allowed}. Время на компьютере: {signedAt}. Время сервиса: {at}.',
      remedy:
        'Включите на компьютере автоматическую установку даты, времени и часового пояса через интернет и подпишите ещё раз.',
    },
  },
} as const satisfies Record<string, Failure>;
