import type { Language } from '../failure/failure.ts';
import type { SectionName } from './finding.ts';

/** What the doctor says, beside the words of failures. */
export interface DoctorWords {
  readonly sections: Readonly<Record<SectionName, string>>;
  readonly engine: (name: string, detail: string) => string;
  readonly drivers: string;
  readonly driver: (name: string) => string;
  readonly driverFound: (version: string, path: string, tokens: number) => string;
  readonly cardService: string;
  readonly answers: (where: string) => string;
  readonly notLookedAt: string;
  readonly readers: string;
  readonly noReaders: string;
  readonly token: (model: string, serial: string) => string;
  readonly pinState: Readonly<Record<'unneeded' | 'good' | 'few-tries', string>>;
  readonly certificate: (fingerprint: string) => string;
  readonly certificateFound: (algorithm: string, until: string, authority: string) => string;
  readonly chain: (names: readonly string[]) => string;
  readonly noCertificates: string;
  readonly agent: string;
  readonly agentRuns: (address: string, version: string) => string;
  readonly installation: string;
  readonly installed: string;
  readonly notInstalled: string;
  readonly sites: string;
  readonly sitesAllowed: (count: number) => string;
  readonly proxy: string;
  readonly noProxy: string;
  readonly proxyFound: (http: string, https: string, except: string) => string;
  readonly site: (origin: string) => string;
  readonly siteAnswers: (status: number, milliseconds: number) => string;
  readonly noSites: string;
  readonly clock: string;
  readonly clockRight: (seconds: string) => string;
  readonly authorities: string;
  /** A host, and the one of the proxy by which it is asked. */
  readonly reached: (host: string, proxy: string | undefined) => string;
  readonly authoritiesAnswer: (hosts: string) => string;
  readonly noAuthorities: string;
  readonly browser: (name: string) => string;
  readonly noPolicies: string;
  readonly policiesFound: (files: string) => string;
  readonly noBrowsers: string;
  readonly provider: string;
  readonly pluginPart: string;
  readonly manifests: string;
  readonly absent: string;
  readonly present: (where: string) => string;
  readonly configuration: string;
  readonly storage: string;
  readonly records: string;
  readonly recordsOwn: string;
  readonly trust: string;
  readonly noService: string;
  readonly trusted: (roots: number, keys: number) => string;
  readonly noList: string;
  readonly list: (version: string, day: string) => string;
  readonly allGood: string;
  readonly summary: (bad: number, warnings: number) => string;
}

const english: DoctorWords = {
  sections: {
    program: 'Program',
    agent: 'Signing agent',
    tokens: 'Drivers and tokens',
    certificates: 'Certificates',
    network: 'Network and clock',
    browsers: 'Browsers',
    plugin: 'CryptoPro plug-in',
    service: 'Service',
  },
  engine: (name, detail) => `${name} (${detail})`,
  drivers: 'drivers',
  driver: (name) => `driver ${name}`,
  driverFound: (version, path, tokens) =>
    `version ${version}, ${path}, ${tokens === 0 ? 'no token' : `tokens: ${tokens}`}`,
  cardService: 'smart card service',
  answers: (where) => `answers at ${where}`,
  notLookedAt: 'not looked at on this system',
  readers: 'readers',
  noReaders: 'no reader and no token with one is plugged in',
  token: (model, serial) => `token ${model} ${serial}`,
  pinState: {
    unneeded: 'no PIN is asked for',
    good: 'PIN good',
    'few-tries': 'PIN entered wrongly before',
  },
  certificate: (fingerprint) => `certificate ${fingerprint}`,
  certificateFound: (algorithm, until, authority) => `${algorithm}, until ${until}, issued by ${authority}`,
  chain: (names) => `issuers on the token: ${names.length === 0 ? 'none' : names.join(' ← ')}`,
  noCertificates: 'none to be seen without a PIN',
  agent: 'agent',
  agentRuns: (address, version) => `runs at ${address}, version ${version}`,
  installation: 'start with the session',
  installed: 'installed',
  notInstalled: 'not installed; it is started by hand',
  sites: 'sites',
  sitesAllowed: (count) => `allowed: ${count}`,
  proxy: 'proxy',
  noProxy: 'none in this program’s environment',
  proxyFound: (http, https, except) => `http: ${http}, https: ${https}, except for: ${except}`,
  site: (origin) => origin,
  siteAnswers: (status, milliseconds) => `answers with ${status} within ${milliseconds} ms`,
  noSites: 'none to ask: name one (--service), or allow one in the agent',
  clock: 'clock',
  clockRight: (seconds) => `within ${seconds} of the service’s`,
  authorities: 'authorities’ servers',
  reached: (host, proxy) => (proxy === undefined ? `${host} (directly)` : `${host} (by proxy ${proxy})`),
  authoritiesAnswer: (hosts) => `answer: ${hosts}`,
  noAuthorities: 'no certificate names one',
  browser: (name) => name,
  noPolicies: 'no policies',
  policiesFound: (files) => `policies that leave the agent alone: ${files}`,
  noBrowsers: 'no browser with policies was found',
  provider: 'CryptoPro CSP',
  pluginPart: 'browser plug-in',
  manifests: 'connection to browsers',
  absent: 'not installed; needed only for signing by the plug-in',
  present: (where) => where,
  configuration: 'configuration',
  storage: 'storage',
  records: 'records',
  recordsOwn: 'all written by this service',
  trust: 'trust',
  noService: 'no service is set up on this computer',
  trusted: (roots, keys) => `${roots} roots, ${keys} issuing keys`,
  noList: 'no list of the state',
  list: (version, day) => `list ${version} of ${day}`,
  allGood: 'Everything is in order.',
  summary: (bad, warnings) => `To mend: ${bad}. Worth knowing: ${warnings}.`,
};

const russian: DoctorWords = {
  sections: {
    program: 'Программа',
    agent: 'Агент подписи',
    tokens: 'Драйверы и носители',
    certificates: 'Сертификаты',
    network: 'Сеть и часы',
    browsers: 'Браузеры',
    plugin: 'Плагин КриптоПро',
    service: 'Сервис',
  },
  engine: (name, detail) => `${name} (${detail})`,
  drivers: 'драйверы',
  driver: (name) => `драйвер ${name}`,
  driverFound: (version, path, tokens) =>
    `версия ${version}, ${path}, ${tokens === 0 ? 'носителей нет' : `носителей: ${tokens}`}`,
  cardService: 'служба смарт-карт',
  answers: (where) => `отвечает по адресу ${where}`,
  notLookedAt: 'в этой системе не проверяется',
  readers: 'считыватели',
  noReaders: 'не подключено ни считывателя, ни носителя со считывателем',
  token: (model, serial) => `носитель ${model} ${serial}`,
  pinState: {
    unneeded: 'PIN-код не нужен',
    good: 'с PIN-кодом всё в порядке',
    'few-tries': 'раньше вводили неверный PIN-код',
  },
  certificate: (fingerprint) => `сертификат ${fingerprint}`,
  certificateFound: (algorithm, until, authority) => `${algorithm}, до ${until}, выдан: ${authority}`,
  chain: (names) => `издатели на носителе: ${names.length === 0 ? 'нет' : names.join(' ← ')}`,
  noCertificates: 'без PIN-кода ни одного не видно',
  agent: 'агент',
  agentRuns: (address, version) => `работает по адресу ${address}, версия ${version}`,
  installation: 'запуск вместе с сеансом',
  installed: 'включён',
  notInstalled: 'не включён; агент запускают вручную',
  sites: 'сайты',
  sitesAllowed: (count) => `разрешено: ${count}`,
  proxy: 'прокси',
  noProxy: 'в окружении этой программы не задан',
  proxyFound: (http, https, except) => `http: ${http}, https: ${https}, кроме: ${except}`,
  site: (origin) => origin,
  siteAnswers: (status, milliseconds) => `ответ ${status} за ${milliseconds} мс`,
  noSites: 'обратиться не к кому: укажите адрес (--service) или разрешите сайт в агенте',
  clock: 'часы',
  clockRight: (seconds) => `расходятся с часами сервиса не больше чем на ${seconds}`,
  authorities: 'серверы удостоверяющих центров',
  reached: (host, proxy) => (proxy === undefined ? `${host} (напрямую)` : `${host} (через прокси ${proxy})`),
  authoritiesAnswer: (hosts) => `отвечают: ${hosts}`,
  noAuthorities: 'ни один сертификат их не называет',
  browser: (name) => name,
  noPolicies: 'политик нет',
  policiesFound: (files) => `политики, которые агенту не мешают: ${files}`,
  noBrowsers: 'браузеров с политиками не найдено',
  provider: 'КриптоПро CSP',
  pluginPart: 'плагин для браузера',
  manifests: 'связь с браузерами',
  absent: 'не установлено; нужно только для подписи через плагин',
  present: (where) => where,
  configuration: 'настройки',
  storage: 'хранилище',
  records: 'записи',
  recordsOwn: 'все сделаны этим сервисом',
  trust: 'доверие',
  noService: 'сервис на этом компьютере не настроен',
  trusted: (roots, keys) => `корней: ${roots}, ключей издателей: ${keys}`,
  noList: 'государственный перечень не загружен',
  list: (version, day) => `перечень ${version} от ${day}`,
  allGood: 'Всё в порядке.',
  summary: (bad, warnings) => `Исправить: ${bad}. Обратить внимание: ${warnings}.`,
};

/** The doctor's words in each language. */
export const doctorWords: Readonly<Record<Language, DoctorWords>> = { en: english, ru: russian };
