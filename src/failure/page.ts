import type { Failure } from './failure.ts';

/** Failures that the sign-in page meets in the person's browser, by whichever way they sign. None occurs over HTTP. */
export const pageFailures = {
  page_failed: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    en: {
      title: 'The page made a mistake',
      cause: 'Something happened in this page that it did not expect. Nothing was sent.',
      remedy: 'Reload the page and try again. If it repeats, copy the details and give them to support.',
    },
    ru: {
      title: 'Ошибка на странице',
      cause: 'На странице произошло то, чего она не ожидала. Ничего не отправлено.',
      remedy: 'Обновите страницу и повторите. Если повторится, скопируйте сведения и передайте их поддержке.',
    },
  },
  agent_window_blocked: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    en: {
      title: 'The browser did not open the agent’s window',
      cause: 'The signing agent shows itself in a small window, and the browser blocks windows of this site.',
      remedy: 'Allow pop-up windows for this site in the address bar, and try again.',
    },
    ru: {
      title: 'Браузер не открыл окно агента',
      cause: 'Агент подписи показывается в небольшом окне, а браузер блокирует окна этого сайта.',
      remedy: 'Разрешите этому сайту всплывающие окна в адресной строке и повторите.',
    },
  },
  agent_answer_invalid: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    en: {
      title: 'The agent gave back something else',
      cause: 'The signature is of another certificate than the one chosen, so it was not sent.',
      remedy: 'Choose the certificate again and sign. If it repeats, restart the signing agent.',
    },
    ru: {
      title: 'Агент вернул не то, что нужно',
      cause: 'Подпись сделана не тем сертификатом, который выбран, поэтому она не отправлена.',
      remedy: 'Выберите сертификат ещё раз и подпишите. Если повторится, перезапустите агент подписи.',
    },
  },
  certificate_unreadable: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    en: {
      title: 'The certificate did not open',
      cause: 'The store did not give this certificate in time, or it is damaged.',
      remedy: 'Use another certificate, or install this one anew.',
    },
    ru: {
      title: 'Сертификат не открылся',
      cause: 'Хранилище не отдало этот сертификат вовремя, или он повреждён.',
      remedy: 'Выберите другой сертификат или установите этот заново.',
    },
  },
  plugin_extension_missing: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    en: {
      title: 'The browser has no CryptoPro extension',
      cause:
        'The extension of CryptoPro’s browser plug-in is not installed in this browser, or is switched off.',
      remedy:
        'Install “CryptoPro Extension for CAdES Browser Plug-in” from the browser’s store, switch it on, and check again.',
    },
    ru: {
      title: 'В браузере нет расширения КриптоПро',
      cause: 'Расширение КриптоПро ЭЦП Browser plug-in не установлено в этом браузере или выключено.',
      remedy:
        'Установите «CryptoPro Extension for CAdES Browser Plug-in» из магазина браузера, включите его и проверьте ещё раз.',
    },
  },
  plugin_native_missing: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    en: {
      title: 'The extension is there, the plug-in is not',
      cause:
        'The browser’s extension answers, but the CryptoPro plug-in itself is not installed on this computer.',
      remedy:
        'Install CryptoPro’s browser plug-in (CAdES) on this computer, restart the browser, and check again.',
    },
    ru: {
      title: 'Расширение есть, плагина нет',
      cause: 'Расширение браузера отвечает, но сам плагин КриптоПро ЭЦП на этом компьютере не установлен.',
      remedy:
        'Установите на компьютер КриптоПро ЭЦП Browser plug-in, перезапустите браузер и проверьте ещё раз.',
    },
  },
  plugin_provider_missing: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { result: 'text?' },
    en: {
      title: 'The plug-in is there, the crypto provider is not',
      cause: 'The plug-in answers, but it finds no CryptoPro CSP that could sign. Its code: {result}.',
      remedy: 'Install or repair CryptoPro CSP, restart the computer, and check again.',
    },
    ru: {
      title: 'Плагин есть, криптопровайдера нет',
      cause: 'Плагин отвечает, но не находит КриптоПро CSP, которым можно подписать. Код: {result}.',
      remedy: 'Установите или восстановите КриптоПро CSP, перезагрузите компьютер и проверьте ещё раз.',
    },
  },
  plugin_unanswered: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { waited: 'seconds?' },
    en: {
      title: 'The plug-in stopped answering',
      cause: 'The CryptoPro plug-in was asked and gave no answer in time. Waited: {waited}.',
      remedy: 'Look for a window of the plug-in behind the others. If there is none, restart the browser.',
    },
    ru: {
      title: 'Плагин не отвечает',
      cause: 'Плагин КриптоПро не ответил вовремя. Время ожидания: {waited}.',
      remedy: 'Поищите окно плагина за другими окнами. Если его нет, перезапустите браузер.',
    },
  },
  plugin_access_refused: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    en: {
      title: 'The plug-in was not allowed to show certificates',
      cause: 'In the plug-in’s window the access of this site to keys and certificates was refused.',
      remedy: 'Try again and answer “Yes”, or add this site to the plug-in’s trusted sites.',
    },
    ru: {
      title: 'Плагину не разрешили показать сертификаты',
      cause: 'В окне плагина этому сайту отказано в доступе к ключам и сертификатам.',
      remedy: 'Повторите и ответьте «Да» или добавьте этот сайт в надёжные узлы плагина.',
    },
  },
  plugin_licence_over: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { result: 'text?' },
    en: {
      title: 'The licence of CryptoPro CSP is over',
      cause: 'The crypto provider does not sign, because its licence has ended. Its code: {result}.',
      remedy: 'Enter a licence in CryptoPro CSP, or ask the administrator for one, and sign again.',
    },
    ru: {
      title: 'Лицензия КриптоПро CSP закончилась',
      cause: 'Криптопровайдер не подписывает: срок его лицензии истёк. Код: {result}.',
      remedy: 'Введите лицензию в КриптоПро CSP или обратитесь к администратору и подпишите ещё раз.',
    },
  },
  plugin_card_service: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { result: 'text?' },
    en: {
      title: 'The smart card service is not running',
      cause: 'The system’s service for tokens and smart cards does not answer. Its code: {result}.',
      remedy:
        'Start the service (in Windows “Smart Card”, in Linux pcscd), plug the token in anew, and try again.',
    },
    ru: {
      title: 'Не запущена служба смарт-карт',
      cause: 'Системная служба токенов и смарт-карт не отвечает. Код: {result}.',
      remedy:
        'Запустите службу (в Windows «Смарт-карта», в Linux pcscd), вставьте носитель заново и повторите.',
    },
  },
  plugin_provider_outdated: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { result: 'text?' },
    en: {
      title: 'The crypto provider does not know this key',
      cause:
        'The crypto provider or the plug-in is too old for the algorithm of this certificate. Its code: {result}.',
      remedy: 'Update CryptoPro CSP and the plug-in, and sign again.',
    },
    ru: {
      title: 'Криптопровайдер не знает такого ключа',
      cause: 'Криптопровайдер или плагин слишком стар для алгоритма этого сертификата. Код: {result}.',
      remedy: 'Обновите КриптоПро CSP и плагин и подпишите ещё раз.',
    },
  },
  plugin_failed: {
    stage: 'workplace',
    indication: 'INDETERMINATE',
    details: { result: 'text?', message: 'text?' },
    en: {
      title: 'The plug-in could not sign',
      cause: 'The CryptoPro plug-in reports a failure. Its code: {result}. In its words: {message}.',
      remedy: 'Sign again. If it repeats, copy the details and give them to support, or sign another way.',
    },
    ru: {
      title: 'Плагин не смог подписать',
      cause: 'Плагин КриптоПро сообщает об ошибке. Код: {result}. Его слова: {message}.',
      remedy:
        'Подпишите ещё раз. Если повторится, скопируйте сведения для поддержки или подпишите другим способом.',
    },
  },
} as const satisfies Record<string, Failure>;
