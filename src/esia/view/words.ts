import type { Language } from '../../failure/failure.ts';

/** What the pages of the front say in one language. */
export interface EsiaWords {
  readonly consentTitle: (portal: string) => string;
  readonly consentAbout: string;
  readonly nothingKnown: string;
  readonly organisationScopes: string;
  readonly allow: (host: string) => string;
  readonly deny: string;
  readonly scopes: Readonly<Record<string, string>>;
  readonly otherScope: (name: string) => string;
  readonly loggedOut: string;
  readonly developerTitle: (mnemonic: string) => string;
  readonly developerAbout: string;
  readonly noRequests: string;
  readonly passed: string;
  readonly refused: string;
  readonly unproven: string;
  readonly trace: string;
  readonly told: string;
  readonly why: string;
  readonly whatToDo: string;
  readonly expected: string;
  readonly order: string;
  readonly exactString: (octets: number) => string;
  readonly forms: Readonly<Record<'cms' | 'raw', string>>;
  readonly certificates: string;
  readonly certificate: (serialNumber: string, until: string) => string;
  readonly came: string;
  readonly kinds: Readonly<Record<'cms' | 'raw' | 'other' | 'undecodable', string>>;
  readonly octets: (count: number) => string;
  readonly signedInstead: string;
  readonly difference: string;
  readonly given: string;
}

const en: EsiaWords = {
  consentTitle: (portal) => `${portal} asks for your data`,
  consentAbout: 'Nothing is handed over before you allow it. These data, and no others:',
  nothingKnown: 'not known here, so nothing is handed over',
  organisationScopes: 'While you are signed in, the portal may also ask by itself for: ',
  allow: (host) => `Hand over and go on to ${host}`,
  deny: 'Do not hand over',
  scopes: {
    openid: 'Your number in this service',
    fullname: 'Surname, given name, patronymic',
    snils: 'SNILS',
    inn: 'Your INN',
    usr_org: 'Organisation and your place in it',
    usr_inf: 'Name, SNILS and INN',
    usr_brf: 'Surname, given name, patronymic',
    email: 'E-mail address',
    mobile: 'Mobile telephone',
    contacts: 'Contacts',
    addresses: 'Addresses',
    birthdate: 'Date of birth',
    birthplace: 'Place of birth',
    gender: 'Gender',
    id_doc: 'Identity document',
    vehicles: 'Vehicles',
    org_inn: 'INN of the organisation',
    org_ogrn: 'OGRN of the organisation',
    org_kpp: 'KPP of the organisation',
    org_fullname: 'Full name of the organisation',
    org_shortname: 'Short name of the organisation',
    org_type: 'Kind of the organisation',
    org_inf: 'All that is known of the organisation',
    org_ful: 'All that is known of the organisation',
    org_emps: 'Your place in the organisation',
  },
  otherScope: (name) => `Data of the scope ${name}`,
  loggedOut: 'You are signed out',
  developerTitle: (mnemonic) => `Last requests of ${mnemonic}`,
  developerAbout:
    'What came at the addresses of ЕСИА’s dialect in the name of this system within the last days, the newest first. Secrets, codes and tokens are covered; ‹43› stands for 43 characters.',
  noRequests: 'Nothing has come yet.',
  passed: 'passed',
  refused: 'refused',
  unproven: 'sent in the name of this system; nothing proves that it was the system',
  trace: 'Trace id',
  told: 'The system was told',
  why: 'Why',
  whatToDo: 'What to do',
  expected: 'What was expected',
  order: 'Order',
  exactString: (octets) => `The exact string, ${octets} octets in UTF-8`,
  forms: {
    cms: 'CMS SignedData (PKCS #7), in base64url',
    raw: 'GOST R 34.10-2012 of 256 bits over GOST R 34.11-2012 (256): 64 octets, s then r, each big-endian, in base64url',
  },
  certificates: 'By one of these certificates',
  certificate: (serialNumber, until) =>
    `serial number ${serialNumber}, until ${until}, client_certificate_hash `,
  came: 'What came',
  kinds: {
    cms: 'CMS',
    raw: 'a raw signature',
    other: 'neither CMS nor a raw signature of 64 octets',
    undecodable: 'neither base64url nor base64',
  },
  octets: (count) => `${count} octets`,
  signedInstead: 'The string that was signed',
  difference: 'The difference',
  given: 'Parameters',
};

const ru: EsiaWords = {
  consentTitle: (portal) => `${portal} запрашивает ваши данные`,
  consentAbout: 'Пока вы не разрешите, ничего не передаётся. Запрошены только эти данные:',
  nothingKnown: 'здесь не известно, поэтому не передаётся',
  organisationScopes: 'Пока вход действует, портал может и сам запросить: ',
  allow: (host) => `Передать и перейти на ${host}`,
  deny: 'Не передавать',
  scopes: {
    openid: 'Ваш номер в этом сервисе',
    fullname: 'Фамилия, имя, отчество',
    snils: 'СНИЛС',
    inn: 'Ваш ИНН',
    usr_org: 'Организация и ваша роль в ней',
    usr_inf: 'ФИО, СНИЛС и ИНН',
    usr_brf: 'Фамилия, имя, отчество',
    email: 'Адрес электронной почты',
    mobile: 'Мобильный телефон',
    contacts: 'Контакты',
    addresses: 'Адреса',
    birthdate: 'Дата рождения',
    birthplace: 'Место рождения',
    gender: 'Пол',
    id_doc: 'Документ, удостоверяющий личность',
    vehicles: 'Транспортные средства',
    org_inn: 'ИНН организации',
    org_ogrn: 'ОГРН организации',
    org_kpp: 'КПП организации',
    org_fullname: 'Полное наименование организации',
    org_shortname: 'Сокращённое наименование организации',
    org_type: 'Вид организации',
    org_inf: 'Всё, что известно об организации',
    org_ful: 'Всё, что известно об организации',
    org_emps: 'Ваша роль в организации',
  },
  otherScope: (name) => `Данные области ${name}`,
  loggedOut: 'Вы вышли',
  developerTitle: (mnemonic) => `Последние запросы системы ${mnemonic}`,
  developerAbout:
    'Что пришло за последние дни на адреса протокола ЕСИА от имени этой системы, сначала новое. Секреты, коды и маркеры закрыты: ‹43› означает 43 знака.',
  noRequests: 'Запросов пока не было.',
  passed: 'принят',
  refused: 'отклонён',
  unproven: 'прислан от имени этой системы; что его прислала она сама, ничем не подтверждено',
  trace: 'Идентификатор запроса',
  told: 'Системе ответили',
  why: 'Причина',
  whatToDo: 'Что делать',
  expected: 'Что ожидалось',
  order: 'Порядок',
  exactString: (octets) => `Точная строка, октетов в UTF-8: ${octets}`,
  forms: {
    cms: 'CMS SignedData (PKCS #7) в base64url',
    raw: 'ГОСТ Р 34.10-2012 (256 бит) над ГОСТ Р 34.11-2012 (256): 64 октета, сначала s, затем r, старшие октеты вперёд, в base64url',
  },
  certificates: 'Одним из этих сертификатов',
  certificate: (serialNumber, until) =>
    `серийный номер ${serialNumber}, действует до ${until}, client_certificate_hash `,
  came: 'Что пришло',
  kinds: {
    cms: 'CMS',
    raw: '«сырая» подпись',
    other: 'ни CMS, ни «сырая» подпись из 64 октетов',
    undecodable: 'ни base64url, ни base64',
  },
  octets: (count) => `октетов: ${count}`,
  signedInstead: 'Подписана строка',
  difference: 'В чём разница',
  given: 'Параметры',
};

/** The words in each language. */
export const esiaWords: Readonly<Record<Language, EsiaWords>> = { en, ru };
