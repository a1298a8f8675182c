import type { Language } from './failure.ts';

/** What commands are given, and what is wrong with it. */
export const commandTerms = {
  'file-exists': { en: 'it is there already', ru: 'такой файл уже есть' },
  'file-forbidden': {
    en: 'its folder is missing, or may not be written to',
    ru: 'папки нет или в неё нельзя записать',
  },
  'ogrn-form': {
    en: 'must be an OGRN of 13 digits or an OGRNIP of 15, with its check digit',
    ru: 'нужен ОГРН из 13 цифр или ОГРНИП из 15, с верной контрольной цифрой',
  },
  'name-form': {
    en: 'must be 1 to 100 characters that can be seen',
    ru: 'нужно от 1 до 100 видимых символов',
  },
  'id-taken': { en: 'is taken', ru: 'уже занят' },
  'id-unknown': { en: 'is not registered', ru: 'не зарегистрирован' },
  'version-unknown': { en: 'was not imported', ru: 'не загружалась' },
  'record-unknown': { en: 'no unsealed record has it', ru: 'среди незаверенных записей такого нет' },
  'archive-unknown': { en: 'the archive has no such document', ru: 'в архиве такого документа нет' },
  'challenge-form': {
    en: 'is neither a challenge nor the request for one',
    ru: 'это не запрос и не ответ /v1/challenges',
  },
  'container-name': {
    en: 'cannot be the name of a file in a container, or another one has it',
    ru: 'файл с таким именем нельзя положить в контейнер, или имя уже занято',
  },
  'postgresql-backup': {
    en: 'the database is PostgreSQL: copy it with pg_dump, and keep secrets and assertion keys with the copy',
    ru: 'база — PostgreSQL: копируйте её pg_dump и храните с копией секреты и ключи утверждений',
  },
  'authority-there': { en: 'holds an authority already', ru: 'удостоверяющий центр там уже есть' },
  'authority-missing': { en: 'holds no authority', ru: 'удостоверяющего центра там нет' },
  'certificate-foreign': {
    en: 'this authority has not issued it',
    ru: 'этот удостоверяющий центр его не выпускал',
  },
  'key-set-form': {
    en: 'is no set of public keys (JWKS)',
    ru: 'не набор открытых ключей (JWKS)',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;
