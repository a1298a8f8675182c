/** What is wrong with a driver, a key file or a new key, in both languages; the keys are what the stages write. */
export const tokenTerms = {
  'it cannot be read': { en: 'it cannot be read', ru: 'файл не читается' },
  'it cannot be opened': { en: 'it cannot be opened', ru: 'файл не открывается' },
  'it is not a native library': { en: 'it is not a native library', ru: 'это не библиотека' },
  'it is not a PKCS#11 library': { en: 'it is not a PKCS#11 library', ru: 'это не библиотека PKCS#11' },
  'it is made for another processor': {
    en: 'it is made for another processor',
    ru: 'она сделана для другого процессора',
  },
  'it is made for another system': {
    en: 'it is made for another system',
    ru: 'она сделана для другой операционной системы',
  },
  'a library that it needs is not installed': {
    en: 'a library that it needs is not installed',
    ru: 'не установлена библиотека, которая ей нужна',
  },
  'it was closed': { en: 'it was closed', ru: 'работа с ней завершена' },
  'its process could not be started': {
    en: 'its process could not be started',
    ru: 'не удалось запустить её процесс',
  },
  'its process does not answer': { en: 'its process does not answer', ru: 'её процесс не отвечает' },
  'the native part of Sealgate is not built': {
    en: 'the native part of Sealgate is not built (npm run setup)',
    ru: 'не собрана машинная часть Sealgate (npm run setup)',
  },
  'the new public key cannot be read': {
    en: 'the new public key cannot be read',
    ru: 'новый открытый ключ не читается',
  },
  'it is not UTF-8': { en: 'it is not UTF-8', ru: 'он не в UTF-8' },
  'it is too large': { en: 'it is too large', ru: 'файл слишком велик' },
  'its encoding is broken or unknown': {
    en: 'its encoding is broken or unknown',
    ru: 'кодировка нарушена или неизвестна',
  },
  'there is no private key in it': { en: 'there is no private key in it', ru: 'закрытого ключа в нём нет' },
  'it holds no key that can be used': {
    en: 'it holds no key that can be used',
    ru: 'в нём нет ключа, которым можно пользоваться',
  },
  'it is encrypted in a way that is not known': {
    en: 'it is encrypted in a way that is not known',
    ru: 'он зашифрован неизвестным способом',
  },
  'key-half-missing': { en: 'one of its halves is missing', ru: 'нет одной из его половин' },
  'key-trial-failed': {
    en: 'its trial signature does not fit its public half',
    ru: 'пробная подпись не подходит к его открытой половине',
  },
} as const;
