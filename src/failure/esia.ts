import type { Failure } from './failure.ts';

/**
 * Failures of the front that speaks ЕСИА's dialect. Over that front they carry ЕСИА's own codes and statuses; the
 * remedy is for the developer of the client system, who reads it on the page of its last requests.
 */
export const esiaFailures = {
  esia_system_unknown: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { client: 'text' },
    en: {
      title: 'The system is not registered',
      cause: 'No client system has this mnemonic, or it was turned away. Named was: {client}.',
      remedy:
        'To the portal’s developer: compare client_id with the mnemonic that was registered, letter by letter.',
    },
    ru: {
      title: 'Система не зарегистрирована',
      cause: 'Системы с такой мнемоникой нет, или она отключена. Указана мнемоника: {client}.',
      remedy: 'Разработчику портала: сверьте client_id с зарегистрированной мнемоникой посимвольно.',
    },
  },
  esia_redirect_forbidden: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { value: 'text' },
    en: {
      title: 'People must not be sent to this address',
      cause: 'The return address is not among those registered for the system. Asked for was: {value}.',
      remedy: 'To the portal’s developer: use a registered redirect_uri, or have this one registered.',
    },
    ru: {
      title: 'Возвращать на этот адрес нельзя',
      cause: 'Адреса возврата нет среди зарегистрированных для системы. Указан адрес: {value}.',
      remedy: 'Разработчику портала: укажите зарегистрированный redirect_uri или зарегистрируйте этот.',
    },
  },
  esia_parameter_missing: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { field: 'text' },
    en: {
      title: 'A parameter is missing',
      cause: 'The request lacks a parameter that has to be there. Missing: {field}.',
      remedy: 'To the portal’s developer: send this parameter.',
    },
    ru: {
      title: 'Не хватает параметра',
      cause: 'В запросе нет обязательного параметра. Отсутствует: {field}.',
      remedy: 'Разработчику портала: передайте этот параметр.',
    },
  },
  esia_parameter_invalid: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { field: 'text', problem: 'term' },
    en: {
      title: 'A parameter is wrong',
      cause: 'A parameter of the request cannot be used. Parameter: {field}. What is wrong: {problem}.',
      remedy: 'To the portal’s developer: correct this parameter.',
    },
    ru: {
      title: 'Параметр неверен',
      cause: 'Один из параметров запроса не подходит. Параметр: {field}. Что не так: {problem}.',
      remedy: 'Разработчику портала: исправьте этот параметр.',
    },
  },
  esia_timestamp_form: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'The time of the request cannot be read',
      cause: 'The parameter timestamp does not have the form yyyy.MM.dd HH:mm:ss Z.',
      remedy:
        'To the portal’s developer: write it as 2013.01.25 14:36:11 +0400; the plus is %2B in an address.',
    },
    ru: {
      title: 'Время запроса не читается',
      cause: 'Параметр timestamp записан не в виде yyyy.MM.dd HH:mm:ss Z.',
      remedy: 'Разработчику портала: запишите его как 2013.01.25 14:36:11 +0400; плюс в адресе пишется %2B.',
    },
  },
  esia_timestamp_skewed: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { difference: 'seconds', allowed: 'seconds' },
    en: {
      title: 'The time of the request is too far off',
      cause:
        'The timestamp lies outside of the window around the service’s clock. Difference: {difference}. Allowed: {allowed}.',
      remedy:
        'To the portal’s developer: set the server’s clock and zone; the header Date has this service’s time.',
    },
    ru: {
      title: 'Время запроса слишком отличается',
      cause:
        'Метка времени выходит за допустимое отклонение от часов сервиса. Отклонение: {difference}. Допускается: {allowed}.',
      remedy:
        'Разработчику портала: настройте часы и часовой пояс сервера; время сервиса есть в заголовке Date.',
    },
  },
  esia_secret_invalid: {
    status: 400,
    stage: 'signature',
    indication: 'TOTAL-FAILED',
    subIndication: 'SIG_CRYPTO_FAILURE',
    details: { problem: 'term' },
    en: {
      title: 'The system’s signature does not hold',
      cause: 'What is in client_secret does not sign this request. What is wrong: {problem}.',
      remedy:
        'To the portal’s developer: open the page of your system’s last requests; it shows the exact string, and what came.',
    },
    ru: {
      title: 'Подпись системы не подтверждена',
      cause: 'То, что передано в client_secret, не подписывает этот запрос. Что не так: {problem}.',
      remedy:
        'Разработчику портала: откройте страницу последних запросов системы; на ней показана точная строка и то, что пришло.',
    },
  },
  esia_certificate_foreign: {
    status: 400,
    stage: 'signature',
    indication: 'INDETERMINATE',
    subIndication: 'NO_SIGNING_CERTIFICATE_FOUND',
    details: { problem: 'term' },
    en: {
      title: 'The certificate does not belong to the system',
      cause:
        'The request names a certificate that cannot be used for this mnemonic. What is wrong: {problem}.',
      remedy:
        'To the portal’s developer: sign with a registered certificate that is in force, or have the new one registered.',
    },
    ru: {
      title: 'Сертификат не принадлежит системе',
      cause: 'В запросе указан сертификат, который не подходит этой мнемонике. Что не так: {problem}.',
      remedy:
        'Разработчику портала: подписывайте зарегистрированным действующим сертификатом или зарегистрируйте новый.',
    },
  },
  esia_request_repeated: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'The signed request was used before',
      cause: 'The same signed string has been taken already; each is good once, for one address.',
      remedy:
        'To the portal’s developer: sign every request anew, with a new state or at least a second later.',
    },
    ru: {
      title: 'Подписанный запрос уже использован',
      cause: 'Та же подписанная строка уже принята; каждая действует один раз и для одного адреса.',
      remedy:
        'Разработчику портала: подписывайте каждый запрос заново, с новым state или хотя бы секундой позже.',
    },
  },
  esia_scope_forbidden: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { value: 'text' },
    en: {
      title: 'The system may not ask for this',
      cause: 'A scope is not registered for the system, or does not belong here. The scope: {value}.',
      remedy: 'To the portal’s developer: ask for registered scopes, or have this one registered.',
    },
    ru: {
      title: 'Системе нельзя запрашивать эти данные',
      cause: 'Область доступа не зарегистрирована для системы или здесь не подходит. Область: {value}.',
      remedy: 'Разработчику портала: запрашивайте зарегистрированные области или зарегистрируйте эту.',
    },
  },
  esia_scope_missing: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'No scope was asked for',
      cause: 'The request names no scope.',
      remedy: 'To the portal’s developer: name at least openid in scope.',
    },
    ru: {
      title: 'Области доступа не указаны',
      cause: 'В запросе нет ни одной области доступа.',
      remedy: 'Разработчику портала: укажите в scope хотя бы openid.',
    },
  },
  esia_response_type_unsupported: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { value: 'text' },
    en: {
      title: 'This kind of answer is not given',
      cause: 'The only response_type here is code. Asked for was: {value}.',
      remedy: 'To the portal’s developer: send response_type=code.',
    },
    ru: {
      title: 'Такой вид ответа не поддерживается',
      cause: 'Поддерживается только response_type=code. Указано значение: {value}.',
      remedy: 'Разработчику портала: передайте response_type=code.',
    },
  },
  esia_grant_type_unsupported: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { value: 'text' },
    en: {
      title: 'Tokens are not given in this way',
      cause: 'The grant type is not one of those that are known here. Asked for was: {value}.',
      remedy:
        'To the portal’s developer: send authorization_code, refresh_token or client_credentials in grant_type.',
    },
    ru: {
      title: 'Маркеры так не выдаются',
      cause: 'Такой тип запроса маркера не поддерживается. Указано значение: {value}.',
      remedy:
        'Разработчику портала: передайте в grant_type значение authorization_code, refresh_token или client_credentials.',
    },
  },
  esia_challenge_missing: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'The code was asked for without a challenge',
      cause: 'The token request has a code_verifier, and the authorization request had no code_challenge.',
      remedy:
        'To the portal’s developer: send code_challenge with code_challenge_method=S256 when authorization is asked for, or leave code_verifier out.',
    },
    ru: {
      title: 'Код запрошен без проверочного значения',
      cause: 'В запросе маркера есть code_verifier, а в запросе авторизации не было code_challenge.',
      remedy:
        'Разработчику портала: передайте code_challenge и code_challenge_method=S256 при запросе авторизации или уберите code_verifier.',
    },
  },
  esia_verifier_wrong: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'The verifier is not that of the code',
      cause:
        'The code_verifier is missing, or its SHA-256 is not the code_challenge that the code was asked for with.',
      remedy:
        'To the portal’s developer: keep the verifier with the browser’s session and send it as it is; the challenge is base64url of its SHA-256.',
    },
    ru: {
      title: 'Проверочное значение не от этого кода',
      cause: 'Значения code_verifier нет, или его SHA-256 не равен code_challenge, с которым запрошен код.',
      remedy:
        'Разработчику портала: храните code_verifier в сеансе браузера и передавайте его как есть; code_challenge — это base64url от его SHA-256.',
    },
  },
  esia_grant_invalid: {
    status: 400,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { problem: 'term' },
    en: {
      title: 'The code or refresh token is not good',
      cause: 'No token is given for what was shown. What is wrong: {problem}.',
      remedy: 'Start the sign-in again from the portal’s page.',
    },
    ru: {
      title: 'Код или маркер обновления не подходит',
      cause: 'За предъявленное маркер не выдаётся. Что не так: {problem}.',
      remedy: 'Начните вход заново со страницы портала.',
    },
  },
  esia_access_denied: {
    status: 403,
    stage: 'request',
    indication: 'INDETERMINATE',
    en: {
      title: 'The person did not agree',
      cause: 'The owner of the data did not sign in, or did not allow the portal to have them.',
      remedy: 'If that was a mistake, start the sign-in again from the portal’s page.',
    },
    ru: {
      title: 'Разрешение не дано',
      cause: 'Владелец данных не выполнил вход или не разрешил передать их порталу.',
      remedy: 'Если это ошибка, начните вход заново со страницы портала.',
    },
  },
  esia_organisation_foreign: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { number: 'number' },
    en: {
      title: 'The organisation is another one',
      cause:
        'Its data can be had only for the organisation that signed in through this system. Asked for was the number {number}.',
      remedy:
        'To the portal’s developer: take the number from the roles of whoever has signed in, and ask while that sign-in lasts.',
    },
    ru: {
      title: 'Указана другая организация',
      cause:
        'Данные доступны только по организации, от имени которой выполнен вход через эту систему. Запрошен номер {number}.',
      remedy:
        'Разработчику портала: берите номер из ролей вошедшего и запрашивайте данные, пока действует этот вход.',
    },
  },
  esia_token_invalid: {
    status: 401,
    stage: 'assertion',
    indication: 'TOTAL-FAILED',
    subIndication: 'SIG_CRYPTO_FAILURE',
    en: {
      title: 'The access token is not valid',
      cause: 'The token was not issued here, was changed, or its sign-in has ended.',
      remedy:
        'To the portal’s developer: send the token as it was given, in Authorization: Bearer, or sign in anew.',
    },
    ru: {
      title: 'Маркер доступа недействителен',
      cause: 'Маркер выдан не здесь, изменён, или вход по нему завершён.',
      remedy:
        'Разработчику портала: передайте выданный маркер без изменений в Authorization: Bearer или выполните вход заново.',
    },
  },
  esia_token_expired: {
    status: 401,
    stage: 'assertion',
    indication: 'INDETERMINATE',
    details: { expiredAt: 'date' },
    en: {
      title: 'The access token has expired',
      cause: 'The token is past its hour. It was good until {expiredAt}.',
      remedy: 'To the portal’s developer: take a new one by the refresh token.',
    },
    ru: {
      title: 'Маркер доступа устарел',
      cause: 'Маркер действует один час, и он закончился. Маркер действовал до: {expiredAt}.',
      remedy: 'Разработчику портала: получите новый по маркеру обновления.',
    },
  },
  esia_data_forbidden: {
    status: 403,
    stage: 'request',
    indication: 'INDETERMINATE',
    details: { path: 'text' },
    en: {
      title: 'The token does not open these data',
      cause: 'No granted scope covers what was asked for. The address: {path}.',
      remedy: 'To the portal’s developer: ask for the scope of these data when the person signs in.',
    },
    ru: {
      title: 'Маркер не открывает эти данные',
      cause: 'Ни одна выданная область доступа не охватывает запрошенное. Адрес: {path}.',
      remedy: 'Разработчику портала: запросите область доступа к этим данным при входе.',
    },
  },
  esia_key_unavailable: {
    status: 503,
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { algorithm: 'text' },
    en: {
      title: 'The service cannot sign tokens right now',
      cause: 'A key that signs tokens cannot be read, or none is in force. Its algorithm: {algorithm}.',
      remedy:
        'To the service’s operator: look whether the secrets are those that the keys were made with; sealgate keys esia --days 0 adds a key.',
    },
    ru: {
      title: 'Сервис сейчас не может подписывать маркеры',
      cause: 'Ключ подписи маркеров не читается, или действующего ключа нет. Алгоритм: {algorithm}.',
      remedy:
        'Оператору сервиса: проверьте, те ли секреты у сервиса, с которыми создавались ключи; новый ключ добавляет sealgate keys esia --days 0.',
    },
  },
} as const satisfies Record<string, Failure>;
