import type { AuditEvent } from '../audit/record.ts';
import type { Language } from '../failure/failure.ts';

type Words = Readonly<Record<Language, string>>;

/** What happened, by the events of the audit. */
const events: Readonly<Record<AuditEvent['event'], Words>> = {
  'login.passed': { en: 'Signed in', ru: 'Выполнен вход' },
  'login.refused': { en: 'A sign-in was refused', ru: 'Во входе отказано' },
  'assertion.refused': { en: 'An assertion was refused', ru: 'Утверждение о входе отклонено' },
  'assertion.revoked': { en: 'An assertion was revoked', ru: 'Утверждение о входе отозвано' },
  'client.added': { en: 'A relying party was registered', ru: 'Зарегистрирован портал' },
  'client.configured': { en: 'A relying party was configured', ru: 'Изменены настройки портала' },
  'client.changed': { en: 'A relying party was changed', ru: 'Изменена регистрация портала' },
  'client.secret_rotated': { en: 'A relying party’s secret was changed', ru: 'Сменён секрет портала' },
  'client.disabled': { en: 'A relying party was turned away', ru: 'Портал отключён' },
  'client.enabled': { en: 'A relying party was let in again', ru: 'Портал снова включён' },
  'key.added': { en: 'A key for assertions was added', ru: 'Добавлен ключ утверждений' },
  'record.sealed': { en: 'A record was sealed', ru: 'Запись заверена' },
  'trust_list.imported': {
    en: 'A list of authorities was imported',
    ru: 'Загружен перечень удостоверяющих центров',
  },
  'trust_list.refused': {
    en: 'A list of authorities was refused',
    ru: 'Перечень удостоверяющих центров отклонён',
  },
  'trust.added': { en: 'A certificate was trusted', ru: 'Сертификат добавлен в доверенные' },
  'trust.removed': { en: 'Trust in a certificate was ended', ru: 'Сертификат исключён из доверенных' },
  'register.imported': { en: 'The register was imported', ru: 'Загружен реестр организаций' },
  'organisation.blocked': { en: 'An organisation was blocked', ru: 'Организация заблокирована' },
  'organisation.unblocked': { en: 'An organisation was unblocked', ru: 'Организация разблокирована' },
  'organisation.contact': {
    en: 'An organisation’s contact was set',
    ru: 'Указан адрес организации для извещений',
  },
  'power.added': { en: 'A power of attorney was laid ready', ru: 'Добавлена доверенность' },
  'power.withdrawn': { en: 'A power of attorney was withdrawn', ru: 'Доверенность отозвана' },
  'carrier.connected': { en: 'A carrier was connected', ru: 'Подключён носитель' },
  'carrier.confirmed': { en: 'A carrier was confirmed', ru: 'Носитель подтверждён' },
  'carrier.refused': { en: 'A carrier was refused', ru: 'В подключении носителя отказано' },
  'carrier.named': { en: 'A carrier was given a name', ru: 'Носитель переименован' },
  'carrier.disconnected': { en: 'A carrier was disconnected', ru: 'Носитель отключён' },
  'session.ended': { en: 'A session ended', ru: 'Сеанс завершён' },
  'sign_in.unusual': { en: 'A sign-in was unusual', ru: 'Необычный вход' },
  'consent.withdrawn': { en: 'A consent was withdrawn', ru: 'Согласие отозвано' },
  'logout.delivered': {
    en: 'A portal was told of a session’s end',
    ru: 'Порталу сообщено о завершении сеанса',
  },
  'logout.undelivered': {
    en: 'A portal could not be told of a session’s end',
    ru: 'Порталу не удалось сообщить о завершении сеанса',
  },
  'document.archived': { en: 'A document was taken into the archive', ru: 'Документ принят в архив' },
  'document.renewed': {
    en: 'A document of the archive was given a new time-stamp',
    ru: 'Документ архива получил новый штамп времени',
  },
  'esia.key_added': {
    en: 'A key for tokens of ЕСИА’s dialect was added',
    ru: 'Добавлен ключ маркеров для клиентов ЕСИА',
  },
  'esia.allowed': {
    en: 'By the dialect of ЕСИА: access was allowed',
    ru: 'По диалекту ЕСИА: доступ разрешён',
  },
  'esia.denied': {
    en: 'By the dialect of ЕСИА: access was denied',
    ru: 'По диалекту ЕСИА: в доступе отказано',
  },
  'esia.token_given': {
    en: 'By the dialect of ЕСИА: a token was given',
    ru: 'По диалекту ЕСИА: выдан маркер',
  },
  'esia.refused': {
    en: 'By the dialect of ЕСИА: a request was refused',
    ru: 'По диалекту ЕСИА: запрос отклонён',
  },
  'sign_in.confirmed': {
    en: 'A sign-in on another screen was confirmed',
    ru: 'Вход на другом экране подтверждён',
  },
  'sign_in.declined': {
    en: 'A sign-in on another screen was declined',
    ru: 'Вход на другом экране отклонён',
  },
  'sign_in.taken': { en: 'The portal took the result of a sign-in', ru: 'Портал получил результат входа' },
  'notice.sent': { en: 'A notice was sent', ru: 'Отправлено извещение' },
};

/** What an event is called; its own name where this version does not know it. */
export function eventWord(event: string, language: Language): string {
  return Object.hasOwn(events, event) ? events[event as AuditEvent['event']][language] : event;
}

/** What a request is called that was refused before a sign-in, and without a code of ours. */
export function refusedWord(language: Language): string {
  return { en: 'A request was refused', ru: 'Запрос отклонён' }[language];
}

/** The words around the facts of a story. */
export const storyWords = {
  en: {
    time: 'time',
    operator: 'operator',
    record: 'record',
    client: 'portal',
    organisation: 'organisation',
    subject: 'its number',
    signer: 'signed by',
    certificate: 'certificate, SHA-256',
    session: 'session',
    trace: 'trace id',
    warnings: 'warnings',
    request: 'request',
    status: 'status',
    signed: 'What was signed:',
    checked: 'What was checked:',
    withoutEvidence: 'No evidence of it is kept, or not any more.',
    log: 'In the log of the service',
    refused: 'A request was refused before a sign-in (kept beside the audit for 30 days)',
    unproven: 'as it was named, not proven',
    outcomes: { passed: 'passed', failed: 'failed', warning: 'warning', skipped: 'not asked' },
  },
  ru: {
    time: 'время',
    operator: 'оператор',
    record: 'запись',
    client: 'портал',
    organisation: 'организация',
    subject: 'её номер',
    signer: 'подписал',
    certificate: 'сертификат, SHA-256',
    session: 'сеанс',
    trace: 'номер обращения',
    warnings: 'замечания',
    request: 'запрос',
    status: 'статус',
    signed: 'Что подписано:',
    checked: 'Что проверено:',
    withoutEvidence: 'Материалы входа не сохранены или срок их хранения истёк.',
    log: 'В логе сервиса',
    refused: 'Запрос отклонён до начала входа (хранится рядом с журналом 30 дней)',
    unproven: 'со слов обратившегося, не доказано',
    outcomes: { passed: 'пройдено', failed: 'не пройдено', warning: 'замечание', skipped: 'не проверялось' },
  },
} as const;
