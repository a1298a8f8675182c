import type { Failure } from './failure.ts';
import { ofDriver } from './token.ts';

/** Failures of the place where a key is kept, beside those that a person most often meets (`token.ts`). */
export const driverFailures = {
  pkcs11_module_failed: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver, problem: 'label', slot: 'text?' },
    en: {
      title: 'The token’s driver failed',
      cause:
        'The PKCS#11 library reported an error of its own, or broke down. What it said: {problem}. Library: {path}. Nothing was signed.',
      remedy:
        'Pull the token out, plug it in again and repeat. If it happens again, update the token’s driver.',
    },
    ru: {
      title: 'Сбой драйвера носителя',
      cause:
        'Библиотека PKCS#11 сообщила о внутренней ошибке или аварийно завершилась. Её сообщение: {problem}. Библиотека: {path}. Ничего не подписано.',
      remedy:
        'Извлеките и снова вставьте носитель и повторите. Если сбой повторится, обновите драйвер носителя.',
    },
  },
  pkcs11_module_not_started: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver, problem: 'label', slot: 'text?' },
    en: {
      title: 'The token’s driver does not start',
      cause: 'The PKCS#11 library refused to begin its work. What it said: {problem}. Library: {path}.',
      remedy:
        'Check that you may read and write what the driver works with: for SoftHSM the folder of tokens that its settings name (SOFTHSM2_CONF), for cards the service pcscd. If that is so, install the driver anew.',
    },
    ru: {
      title: 'Драйвер носителя не запускается',
      cause: 'Библиотека PKCS#11 отказалась начать работу. Её сообщение: {problem}. Библиотека: {path}.',
      remedy:
        'Проверьте права на чтение и запись того, с чем работает драйвер: у SoftHSM это папка токенов из его настроек (SOFTHSM2_CONF), у карт — служба pcscd. Если права есть, установите драйвер заново.',
    },
  },
  token_choice_needed: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { tokens: 'text[]' },
    en: {
      title: 'Choose a token',
      cause: 'Several tokens are plugged in, and none was chosen. They are: {tokens}.',
      remedy: 'Name one of them by its label or serial number, or leave only one plugged in.',
    },
    ru: {
      title: 'Выберите носитель',
      cause: 'Вставлено несколько носителей, и ни один не выбран. Вставлены: {tokens}.',
      remedy: 'Укажите метку или серийный номер одного из них либо оставьте вставленным только один.',
    },
  },
  key_choice_needed: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { keys: 'text[]' },
    en: {
      title: 'Choose a key',
      cause: 'Several keys on the token fit, and none was chosen. They are: {keys}.',
      remedy: 'Name one of them by its label or identifier.',
    },
    ru: {
      title: 'Выберите ключ',
      cause: 'На носителе подходит несколько ключей, и ни один не выбран. Подходят: {keys}.',
      remedy: 'Укажите метку или идентификатор одного из них.',
    },
  },
  token_write_protected: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver },
    en: {
      title: 'The token cannot be written to',
      cause: 'The token is write-protected. The token: {token}.',
      remedy: 'Use another token, or ask whoever issued this one to write to it.',
    },
    ru: {
      title: 'Запись на носитель запрещена',
      cause: 'Носитель защищён от записи. Носитель: {token}.',
      remedy: 'Используйте другой носитель или обратитесь к тому, кто выдал этот.',
    },
  },
  token_full: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver },
    en: {
      title: 'The token is full',
      cause: 'There is no room left on the token. The token: {token}.',
      remedy:
        'Use another token, or make room: sealgate token remove takes away one key or certificate and says first what is lost for good by that.',
    },
    ru: {
      title: 'На носителе нет места',
      cause: 'Память носителя заполнена. Носитель: {token}.',
      remedy:
        'Используйте другой носитель или освободите место: sealgate token remove удаляет один ключ или сертификат и сначала говорит, что при этом пропадёт навсегда.',
    },
  },
  function_unsupported: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver },
    en: {
      title: 'The token’s driver does not offer this',
      cause:
        'The driver has no function for what was asked of it. What it said: {problem}. The token: {token}.',
      remedy: 'Use the tool that the token’s maker offers for this.',
    },
    ru: {
      title: 'Драйвер носителя этого не умеет',
      cause:
        'В драйвере нет функции для того, что требовалось. Что он сообщил: {problem}. Носитель: {token}.',
      remedy: 'Воспользуйтесь для этого программой производителя носителя.',
    },
  },
  key_generation_failed: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver },
    en: {
      title: 'The token did not generate a key that works',
      cause:
        'The token reported success, and yet the new key cannot be used. What is wrong: {problem}. The token: {token}. What was there of the key has been removed, as far as the token allows.',
      remedy:
        'Do not order a certificate for this key. Update the token’s driver and generate the key again; if this repeats, use another token.',
    },
    ru: {
      title: 'Носитель не создал рабочий ключ',
      cause:
        'Носитель сообщил об успехе, но новым ключом нельзя пользоваться. Что не так: {problem}. Носитель: {token}. Остатки ключа удалены, насколько это позволяет носитель.',
      remedy:
        'Не заказывайте сертификат к этому ключу. Обновите драйвер носителя и создайте ключ заново; если это повторится, используйте другой носитель.',
    },
  },
  pin_unacceptable: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { ...ofDriver, minimum: 'number?', maximum: 'number?' },
    en: {
      title: 'The token does not accept this PIN',
      cause:
        'The PIN breaks the rules for PINs. What is wrong: {problem}. Shortest allowed: {minimum} characters. Longest allowed: {maximum} characters.',
      remedy: 'Give a PIN that keeps to these rules. The PIN of the token has not been changed.',
    },
    ru: {
      title: 'Носитель не принимает такой PIN-код',
      cause:
        'PIN-код нарушает правила для PIN-кодов. Что не так: {problem}. Наименьшая длина: {minimum}. Наибольшая длина: {maximum}.',
      remedy: 'Введите PIN-код, который соответствует правилам. PIN-код носителя не изменён.',
    },
  },
  key_file_invalid: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { path: 'text', problem: 'label', found: 'term?' },
    en: {
      title: 'The key file cannot be read',
      cause:
        'The file holds no private key in a form that is known. The file: {path}. What is wrong: {problem}. What it holds: {found}.',
      remedy: 'Use a private key in PKCS#8 (PEM or DER) or a PKCS#12 container (.p12, .pfx).',
    },
    ru: {
      title: 'Файл ключа не читается',
      cause:
        'В файле нет закрытого ключа в известном виде. Файл: {path}. Что не так: {problem}. Что в нём есть: {found}.',
      remedy: 'Используйте закрытый ключ в виде PKCS#8 (PEM или DER) или контейнер PKCS#12 (.p12, .pfx).',
    },
  },
  key_file_password_incorrect: {
    stage: 'token',
    indication: 'INDETERMINATE',
    details: { path: 'text' },
    en: {
      title: 'The key file’s password is wrong',
      cause: 'The file is encrypted, and the password given does not open it. The file: {path}.',
      remedy: 'Enter the password again, with care for keyboard layout and Caps Lock.',
    },
    ru: {
      title: 'Неверный пароль файла ключа',
      cause: 'Файл зашифрован, и указанный пароль его не открывает. Файл: {path}.',
      remedy: 'Введите пароль ещё раз, проверив раскладку клавиатуры и Caps Lock.',
    },
  },
} as const satisfies Record<string, Failure>;
