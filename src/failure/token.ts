import type { DetailKinds, Failure } from './failure.ts';

/** What may be known of whatever a driver reports: its own name for it, what was going on, its library, the token. */
export const ofDriver = {
  problem: 'label?',
  path: 'text?',
  token: 'text?',
} as const satisfies DetailKinds;

/** Failures at the person's workplace: token, PIN, signing agent, network. None of them occurs over HTTP. */
export const tokenFailures = {
  pkcs11_module_not_found: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { paths: 'text[]?' },
    en: {
      title: 'The token’s driver was not found',
      cause: 'No PKCS#11 library stands where it was looked for. Looked for in: {paths}.',
      remedy: 'Install the token’s driver from its maker, or set the path of its PKCS#11 library.',
    },
    ru: {
      title: 'Драйвер носителя не найден',
      cause: 'Библиотеки PKCS#11 нет там, где её искали. Где искали: {paths}.',
      remedy: 'Установите драйвер носителя с сайта производителя или укажите путь к его библиотеке PKCS#11.',
    },
  },
  pkcs11_module_incompatible: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { path: 'text', problem: 'label', found: 'text?', needed: 'text?', missing: 'text?' },
    en: {
      title: 'The token’s driver does not fit this system',
      cause:
        'The PKCS#11 library cannot be loaded by this process. Library: {path}. What is wrong: {problem}. It is made for {found}. This process needs {needed}.',
      remedy:
        'Install what is missing: {missing}. Take the driver that is made for this process: {needed}. Otherwise install the driver anew from its maker’s site, and check the path if it was set by hand.',
    },
    ru: {
      title: 'Драйвер носителя не подходит к системе',
      cause:
        'Библиотеку PKCS#11 нельзя загрузить в этот процесс. Библиотека: {path}. Что не так: {problem}. Она сделана для: {found}. Этому процессу нужна: {needed}.',
      remedy:
        'Установите недостающее: {missing}. Возьмите драйвер, сделанный для этого процесса: {needed}. В остальных случаях установите драйвер заново с сайта производителя и проверьте путь, если он задан вручную.',
    },
  },
  token_not_present: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver },
    en: {
      title: 'No token is plugged in',
      cause: 'There is no token in any slot. The token looked for: {token}.',
      remedy:
        'Plug the token in, wait for its light, and try again. A smart card must be pushed fully into its reader.',
    },
    ru: {
      title: 'Носитель не вставлен',
      cause: 'Ни в одном слоте нет носителя. Искали носитель: {token}.',
      remedy:
        'Вставьте носитель, дождитесь его индикатора и повторите. Смарт-карту вставьте в считыватель до упора.',
    },
  },
  token_not_recognized: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver, slot: 'text?' },
    en: {
      title: 'The token is not recognised',
      cause: 'A device is plugged in, but this driver does not know it. Slot: {slot}.',
      remedy: 'Install the driver of this token’s maker, and choose that driver’s PKCS#11 library.',
    },
    ru: {
      title: 'Носитель не распознан',
      cause: 'Устройство вставлено, но этот драйвер его не знает. Слот: {slot}.',
      remedy: 'Установите драйвер производителя этого носителя и выберите его библиотеку PKCS#11.',
    },
  },
  token_uninitialized: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver },
    en: {
      title: 'The token is not set up yet',
      cause: 'The token says that it was never set up, and nothing is seen on it. The token: {token}.',
      remedy:
        'A new token is set up with: sealgate token init. If it was issued to you with a certificate, do not do that: keys and certificates that do not show would be lost for good; install the driver of its maker instead.',
    },
    ru: {
      title: 'Носитель ещё не подготовлен',
      cause: 'Носитель сообщает, что его не готовили к работе, и на нём ничего не видно. Носитель: {token}.',
      remedy:
        'Новый носитель готовят к работе командой: sealgate token init. Если его выдали вам с сертификатом, этого не делайте: ключи и сертификаты, которых не видно, пропадут навсегда; вместо этого установите драйвер его производителя.',
    },
  },
  token_in_use: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver },
    en: {
      title: 'The token is in use elsewhere',
      cause:
        'Somebody is at work with the token, in this program or in another one, and it allows for no more. The token: {token}. What the driver said: {problem}.',
      remedy: 'Let the other work end, or close the other program, and repeat.',
    },
    ru: {
      title: 'Носитель занят',
      cause:
        'С носителем уже работают в этой или в другой программе, и большего он не допускает. Носитель: {token}. Что сообщил драйвер: {problem}.',
      remedy: 'Дождитесь конца той работы или закройте другую программу и повторите.',
    },
  },
  login_ended: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver },
    en: {
      title: 'The token has ended the login',
      cause:
        'The token is plugged in, but no longer counts the PIN as entered: another program has logged out, or the token started anew. Nothing was signed.',
      remedy: 'Sign again and enter the PIN. If this repeats, close other programs that use the token.',
    },
    ru: {
      title: 'Носитель завершил сеанс',
      cause:
        'Носитель вставлен, но больше не считает PIN-код введённым: другая программа завершила сеанс, или носитель перезапустился. Ничего не подписано.',
      remedy:
        'Подпишите ещё раз и введите PIN-код. Если это повторяется, закройте другие программы, которые работают с носителем.',
    },
  },
  token_removed: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver },
    en: {
      title: 'The token was pulled out',
      cause: 'The token, or its driver, went away while it was working. Nothing was signed.',
      remedy: 'Plug the token in, leave it in, and sign again.',
    },
    ru: {
      title: 'Носитель извлечён',
      cause: 'Носитель или его драйвер перестал отвечать во время работы. Ничего не подписано.',
      remedy: 'Вставьте носитель, не извлекайте его и подпишите ещё раз.',
    },
  },
  pin_incorrect: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver, role: 'text?', triesLeft: 'number?' },
    en: {
      title: 'The PIN is wrong',
      cause: 'The token did not accept the PIN. Tries left: {triesLeft}.',
      remedy: 'Enter the PIN again, with care for keyboard layout and Caps Lock.',
    },
    ru: {
      title: 'Неверный PIN-код',
      cause: 'Носитель не принял PIN-код. Осталось попыток: {triesLeft}.',
      remedy: 'Введите PIN-код ещё раз, проверив раскладку клавиатуры и Caps Lock.',
    },
  },
  pin_final_try: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver, role: 'text?' },
    en: {
      title: 'Only one try is left for the PIN',
      cause: 'One more wrong PIN blocks the token, so the PIN was not tried.',
      remedy: 'Stop and make sure of the PIN; then confirm that you want to use the last try.',
    },
    ru: {
      title: 'Осталась последняя попытка ввода PIN-кода',
      cause: 'Ещё один неверный PIN-код заблокирует носитель, поэтому PIN-код не проверялся.',
      remedy:
        'Остановитесь и уточните PIN-код; затем подтвердите, что хотите использовать последнюю попытку.',
    },
  },
  pin_unset: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver },
    en: {
      title: 'The token’s PIN has not been set yet',
      cause: 'The token is set up, but its user’s PIN is not. The token: {token}.',
      remedy:
        'Set the PIN with the administrator’s PIN (sealgate token pin --unblock), or ask whoever issued the token. Nothing on the token is lost by that.',
    },
    ru: {
      title: 'PIN-код носителя ещё не задан',
      cause: 'Носитель подготовлен, но PIN-код пользователя на нём не задан. Носитель: {token}.',
      remedy:
        'Задайте его с PIN-кодом администратора (sealgate token pin --unblock) или обратитесь к тому, кто выдал носитель. На носителе при этом ничего не пропадёт.',
    },
  },
  officer_pin_locked: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver, role: 'text?', triesLeft: 'number?' },
    en: {
      title: 'The administrator’s PIN is blocked',
      cause:
        'A wrong administrator’s PIN was entered too many times, and the token has blocked it. The token: {token}.',
      remedy:
        'Ask whoever issued the token. Signing is not touched by this: keys, certificates and the user’s PIN stay as they are.',
    },
    ru: {
      title: 'PIN-код администратора заблокирован',
      cause:
        'Неверный PIN-код администратора введён слишком много раз, и носитель его заблокировал. Носитель: {token}.',
      remedy:
        'Обратитесь к тому, кто выдал носитель. Подписанию это не мешает: ключи, сертификаты и PIN-код пользователя остаются прежними.',
    },
  },
  pin_locked: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver, role: 'text?', triesLeft: 'number?' },
    en: {
      title: 'The PIN is blocked',
      cause: 'A wrong PIN was entered too many times, and the token has blocked it.',
      remedy:
        'Unblock it with the administrator’s PIN (sealgate token pin --unblock), or ask whoever issued the token. The keys on it are not lost.',
    },
    ru: {
      title: 'PIN-код заблокирован',
      cause: 'Неверный PIN-код введён слишком много раз, и носитель его заблокировал.',
      remedy:
        'Разблокируйте его PIN-кодом администратора (sealgate token pin --unblock) или обратитесь к тому, кто выдал носитель. Ключи на нём не пропали.',
    },
  },
  pin_expired: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver },
    en: {
      title: 'The PIN must be changed',
      cause: 'The token asks for a new PIN before it goes on.',
      remedy: 'Change the PIN (sealgate token pin), then sign again.',
    },
    ru: {
      title: 'PIN-код нужно сменить',
      cause: 'Носитель требует сменить PIN-код, прежде чем продолжить.',
      remedy: 'Смените PIN-код (sealgate token pin) и подпишите ещё раз.',
    },
  },
  pin_default: {
    stage: 'token',
    indication: 'INDETERMINATE',
    en: {
      title: 'The PIN is still the factory one',
      cause: 'The token reports that its PIN was never changed: anybody who finds the token knows it.',
      remedy: 'Change the PIN (sealgate token pin) to one that only you know.',
    },
    ru: {
      title: 'PIN-код всё ещё заводской',
      cause: 'Носитель сообщает, что PIN-код не меняли: его знает любой, кто найдёт носитель.',
      remedy: 'Смените PIN-код (sealgate token pin) на известный только вам.',
    },
  },
  key_not_found: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver, certificate: 'text?', identifier: 'text?' },
    en: {
      title: 'The certificate’s key is not on the token',
      cause:
        'The token has no private key that fits the certificate chosen. The certificate: {certificate}. The token: {token}. Under the identifier of the certificate the token keeps the key of another one: {identifier}.',
      remedy: 'Choose another certificate, or plug in the token that holds this one’s key.',
    },
    ru: {
      title: 'На носителе нет ключа сертификата',
      cause:
        'На носителе нет закрытого ключа к выбранному сертификату. Сертификат: {certificate}. Носитель: {token}. Под идентификатором сертификата на носителе лежит ключ от другого: {identifier}.',
      remedy: 'Выберите другой сертификат или вставьте носитель, на котором есть его ключ.',
    },
  },
  key_not_for_signing: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver, certificate: 'text?' },
    en: {
      title: 'This key is not for signing',
      cause:
        'The token keeps the key for another use, such as decryption. The certificate: {certificate}. The token: {token}.',
      remedy: 'Choose another certificate: the one that is meant for signing.',
    },
    ru: {
      title: 'Этот ключ не для подписи',
      cause:
        'Носитель хранит ключ для другого применения, например для расшифрования. Сертификат: {certificate}. Носитель: {token}.',
      remedy: 'Выберите другой сертификат: тот, что предназначен для подписи.',
    },
  },
  mechanism_unsupported: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver, mechanism: 'text?' },
    en: {
      title: 'The token cannot do this algorithm',
      cause: 'The token does not support what was asked of it. Asked for: {mechanism}. The token: {token}.',
      remedy: 'Use another token, or a certificate whose algorithm this token supports.',
    },
    ru: {
      title: 'Носитель не поддерживает этот алгоритм',
      cause: 'Носитель не поддерживает запрошенную операцию. Запрошено: {mechanism}. Носитель: {token}.',
      remedy: 'Используйте другой носитель или сертификат с алгоритмом, который этот носитель поддерживает.',
    },
  },
  certificate_choice_needed: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { certificates: 'text[]' },
    en: {
      title: 'Choose a certificate',
      cause: 'Several certificates fit, and none was chosen. They are: {certificates}.',
      remedy: 'Choose one of them and sign again.',
    },
    ru: {
      title: 'Выберите сертификат',
      cause: 'Подходит несколько сертификатов, и ни один не выбран. Подходят: {certificates}.',
      remedy: 'Выберите один из них и подпишите ещё раз.',
    },
  },
  signing_cancelled: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver },
    en: {
      title: 'Signing was cancelled',
      cause: 'The signing was stopped before it was done. Nothing was signed.',
      remedy: 'Sign again, and confirm in the window that appears.',
    },
    ru: {
      title: 'Подписание отменено',
      cause: 'Подписание остановлено до завершения. Ничего не подписано.',
      remedy: 'Подпишите ещё раз и подтвердите действие в появившемся окне.',
    },
  },
  signing_timed_out: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { waited: 'seconds' },
    en: {
      title: 'Signing took too long',
      cause: 'Nobody confirmed the signing, or the token did not answer in time. Waited: {waited}.',
      remedy: 'Sign again. Look for a confirmation window behind the others, and for a button on the token.',
    },
    ru: {
      title: 'Подписание не завершено вовремя',
      cause: 'Подписание не подтвердили, или носитель не ответил вовремя. Время ожидания: {waited}.',
      remedy:
        'Подпишите ещё раз. Проверьте, нет ли окна подтверждения за другими окнами и кнопки на носителе.',
    },
  },
  agent_unreachable: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { address: 'text' },
    en: {
      title: 'The signing agent does not answer',
      cause: 'The page cannot reach the signing agent on this computer. Address: {address}.',
      remedy: 'Start the signing agent, and allow it in the antivirus and firewall.',
    },
    ru: {
      title: 'Агент подписи не отвечает',
      cause: 'Страница не может связаться с агентом подписи на этом компьютере. Адрес: {address}.',
      remedy: 'Запустите агент подписи и разрешите его в антивирусе и межсетевом экране.',
    },
  },
  agent_origin_refused: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { origin: 'text' },
    en: {
      title: 'The signing agent does not know this portal',
      cause:
        'The signing agent answers only sites that were allowed, and this one was not. The site: {origin}.',
      remedy: 'If you trust this portal, allow it in the signing agent.',
    },
    ru: {
      title: 'Агент подписи не знает этот портал',
      cause: 'Агент подписи отвечает только разрешённым сайтам, а этот не разрешён. Сайт: {origin}.',
      remedy: 'Если вы доверяете этому порталу, разрешите его в агенте подписи.',
    },
  },
  service_unreachable: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { address: 'text', problem: 'text' },
    en: {
      title: 'The service cannot be reached',
      cause: 'The computer cannot reach the sign-in service. Address: {address}. What is wrong: {problem}.',
      remedy:
        'Check the network. If other sites open, allow the address in the firewall, proxy and antivirus.',
    },
    ru: {
      title: 'Сервис недоступен',
      cause: 'Компьютер не может связаться с сервисом входа. Адрес: {address}. Что не так: {problem}.',
      remedy:
        'Проверьте сеть. Если другие сайты открываются, разрешите адрес в межсетевом экране, прокси и антивирусе.',
    },
  },
  service_certificate_expired: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { address: 'text' },
    en: {
      title: 'The service’s own certificate has expired',
      cause: 'The TLS certificate of the sign-in service is past its term. Address: {address}.',
      remedy:
        'Tell the portal’s support: the service’s operator must renew it. Do not click the warning away.',
    },
    ru: {
      title: 'Истёк сертификат самого сервиса',
      cause: 'Закончился срок TLS-сертификата сервиса входа. Адрес: {address}.',
      remedy:
        'Сообщите в поддержку портала: оператор сервиса должен его обновить. Не обходите предупреждение браузера.',
    },
  },
} as const satisfies Record<string, Failure>;
