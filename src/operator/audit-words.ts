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
  'client.changed': { en: 'A registration was changed', ru: 'Изменена регистрация портала' },
  'client.configured': { en: 'A relying party was configured', ru: 'Изменены настройки портала' },
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
  'sign_in.confirmed': {
    en: 'A sign-in on another screen was confirmed',
    ru: 'Вход на другом экране подтверждён',
  },
  'sign_in.declined': {
    en: 'A sign-in on another screen was declined',
    ru: 'Вход на другом экране отклонён',
  },
  'sign_in.taken': { en: 'The portal took the result of a sign-in', ru: 'Портал получил результат входа' },
  'logout.delivered': { en: 'A portal was told of the end', ru: 'Портал узнал о завершении' },
  'logout.undelivered': {
    en: 'A portal could not be told of the end',
    ru: 'Сообщить порталу о завершении не удалось',
  },
  'esia.allowed': { en: 'Data was allowed to be handed over', ru: 'Передача данных разрешена' },
  'esia.denied': { en: 'Data was not to be handed over', ru: 'В передаче данных отказано человеком' },
  'esia.token_given': { en: 'A token was given to a system', ru: 'Системе выдан маркер' },
  'esia.refused': { en: 'A system was refused', ru: 'Системе отказано' },
  'notice.sent': { en: 'A notice was sent', ru: 'Отправлено извещение' },
};

/** What an event is called; its own name where this version does not know it. */
export function eventWord(event: string, language: Language): string {
  return Object.hasOwn(events, event) ? events[event as AuditEvent['event']][language] : event;
}

/** The words around the facts of a story. */
export const storyWords = {
  en: {
    time: 'time',
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
    outcomes: { passed: 'passed', failed: 'failed', warning: 'warning', skipped: 'not asked' },
  },
  ru: {
    time: 'время',
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
    outcomes: { passed: 'пройдено', failed: 'не пройдено', warning: 'замечание', skipped: 'не проверялось' },
  },
} as const;
