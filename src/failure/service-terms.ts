import type { Language } from './failure.ts';

/** What the service says of its own storage. */
export const serviceTerms = {
  'audit-absent': {
    en: 'the audit is not there, though there is something that is only ever written together with it',
    ru: 'журнала нет, хотя есть данные, которые записываются только вместе с ним',
  },
  'audit-head-missing': {
    en: 'its head, which names the last record, is missing',
    ru: 'нет отметки о последней записи журнала',
  },
  'audit-head-forged': {
    en: 'the head was not sealed with the service’s secrets',
    ru: 'отметка о последней записи заверена не секретами сервиса',
  },
  'audit-cut-off': {
    en: 'its beginning or its end is missing',
    ru: 'нет начала или конца журнала',
  },
  'audit-behind-anchor': {
    en: 'it does not contain a head that was put down outside of the database: it was put back to an older state, or is another one',
    ru: 'в нём нет записи, отмеченной вне базы данных: журнал возвращён к прежнему состоянию или подменён другим',
  },
  'database-missing': {
    en: 'there is no database of that name',
    ru: 'базы данных с таким именем нет',
  },
  'database-foreign': {
    en: 'it holds tables of another program; Sealgate needs a database, or a schema, of its own',
    ru: 'в ней таблицы другой программы; Sealgate нужна своя база данных или своя схема',
  },
  'database-occupied': {
    en: 'it holds records already; a copy needs an empty one',
    ru: 'в ней уже есть записи; для копии нужна пустая',
  },
  'database-schema': {
    en: 'the user’s search_path names no schema that exists',
    ru: 'в search_path пользователя нет ни одной существующей схемы',
  },
  'database-version': {
    en: 'the server is older than PostgreSQL 14',
    ru: 'сервер старше PostgreSQL 14',
  },
  'database-encoding': {
    en: 'its encoding is not UTF8',
    ru: 'её кодировка не UTF8',
  },
  'database-read-only': {
    en: 'this user may not write there, or the server is a standby',
    ru: 'этот пользователь не может в неё писать, или сервер резервный',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** What is wrong with the service's storage. */
export type ServiceTerm = keyof typeof serviceTerms;
