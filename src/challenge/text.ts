import type { Language } from '../failure/failure.ts';

/** The organisation that wants to sign in, where the portal already knows it. */
export interface ChallengeOrganisation {
  readonly name?: string;
  readonly inn?: string;
}

/** What a signature can be for, other than signing in: to put the certificate on the organisation's list of carriers. */
export type ChallengePurpose = 'carrier';

/**
 * Everything that the text says. Two texts of the present form are equal exactly when these are, of the time its
 * seconds: each has a line of its own, and none holds a line break (see `ChallengeInput`).
 */
export interface TextFacts {
  readonly language: Language;
  readonly portal: string;
  readonly origin: string;
  /** Origin of the page that shows the text, where that is not the portal's own. */
  readonly page?: string;
  /** Code to compare with the screen on which the sign-in was begun, where another screen shows the text. */
  readonly handOver?: string;
  readonly organisation?: ChallengeOrganisation;
  /** Signing in if absent. */
  readonly purpose?: ChallengePurpose;
  readonly issuedAt: number;
  readonly nonce: Uint8Array;
}

/**
 * The form of the text. It is written into the token, so that a challenge issued before an update is rendered
 * after it as it was; a new form gets a new number and the old one stays. In the first one name and INN of the
 * organisation shared a line, so that a name could pretend to an INN; the second one knew no page but the portal's.
 */
export type TextVersion = 1 | 2 | 3;

/** Every form, the newest first. */
export const textVersions: readonly TextVersion[] = [3, 2, 1];

/** The form of texts that are issued now. */
export const textVersion: TextVersion = 3;

/** Whether a token names a form that this version knows. */
export function isTextVersion(version: unknown): version is TextVersion {
  return textVersions.some((known) => known === version);
}

/** The words of the text, of all its forms; what reads texts reads them by these. */
export const challengeWords = {
  en: {
    opening: [
      'SIGN-IN TO A PORTAL. THIS IS NOT A DOCUMENT.',
      'A signature under this text only lets you in. It is no consent, application, contract or other document.',
    ],
    carrier: [
      'CONNECTING A CARRIER. THIS IS NOT A DOCUMENT.',
      'A signature under this text only puts your certificate on the organisation’s list of carriers. It is no consent, application, contract or other document.',
    ],
    portal: 'Portal',
    origin: 'Address',
    page: 'Sign-in page',
    opens: 'The sign-in opens',
    elsewhere: (code: string) => `on another screen, which shows the code ${code}`,
    organisation: 'Organisation',
    inn: 'INN',
    innLine: 'INN of the organisation',
    time: 'Time',
    code: 'One-time code',
  },
  ru: {
    opening: [
      'ВХОД НА ПОРТАЛ. ЭТО НЕ ДОКУМЕНТ.',
      'Подпись под этим текстом только открывает вход. Она не является согласием, заявлением, договором или иным документом.',
    ],
    carrier: [
      'ПОДКЛЮЧЕНИЕ НОСИТЕЛЯ. ЭТО НЕ ДОКУМЕНТ.',
      'Подпись под этим текстом только вносит ваш сертификат в список носителей организации. Она не является согласием, заявлением, договором или иным документом.',
    ],
    portal: 'Портал',
    origin: 'Адрес',
    page: 'Страница входа',
    opens: 'Вход откроется',
    elsewhere: (code: string) => `на другом экране, на котором показан код ${code}`,
    organisation: 'Организация',
    inn: 'ИНН',
    innLine: 'ИНН организации',
    time: 'Время',
    code: 'Одноразовый код',
  },
} as const;

/**
 * The text that a person reads and signs: what it is for comes first, then who asks, when, and the one-time code.
 * Lines end in a single line feed, and the last line has none. The first octet is never 0x31, the tag of a SET, so
 * that no text can pass for signed attributes of CMS (ePrint 2023/1801).
 */
export function challengeText(facts: TextFacts, version: TextVersion = textVersion): string {
  const said = challengeWords[facts.language];
  const opening = facts.purpose === 'carrier' ? said.carrier : said.opening;
  const lines = [...opening, '', `${said.portal}: ${facts.portal}`, `${said.origin}: ${facts.origin}`];
  lines.push(
    ...(version === 3 ? placeLines(facts) : []),
    ...(version === 1 ? organisationLine(facts) : organisationLines(facts)),
    `${said.time}: ${time(facts.issuedAt, facts.language)}`,
    `${said.code}: ${oneTimeCode(facts.nonce)}`,
  );
  return lines.join('\n');
}

function placeLines({ language, page, handOver }: TextFacts): readonly string[] {
  const said = challengeWords[language];
  return [
    ...(page === undefined ? [] : [`${said.page}: ${page}`]),
    ...(handOver === undefined ? [] : [`${said.opens}: ${said.elsewhere(handOver)}`]),
  ];
}

function organisationLines({ language, organisation: { name, inn } = {} }: TextFacts): readonly string[] {
  const said = challengeWords[language];
  return [
    ...(name === undefined ? [] : [`${said.organisation}: ${name}`]),
    ...(inn === undefined ? [] : [`${said.innLine}: ${inn}`]),
  ];
}

/** As the first form had it. */
function organisationLine({ language, organisation: { name, inn } = {} }: TextFacts): readonly string[] {
  const said = challengeWords[language];
  const organisation = [name, inn && `${said.inn} ${inn}`].filter(Boolean).join(', ');
  return organisation ? [`${said.organisation}: ${organisation}`] : [];
}

/**
 * A moment, to the second. Moscow is taken as UTC+3 (in force since 2014) and not from the time zone database: the
 * text must come out the same on every machine.
 */
function time(at: number, language: Language): string {
  const utc = `${stamp(at)} UTC`;
  return language === 'ru' ? `${stamp(at + 3 * 3_600_000)} по Москве (${utc})` : utc;
}

function stamp(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

/** No I, L, O and U, which are misread or read as words (Crockford’s base 32). */
export const codeAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Every two characters, so that a code is put together from ten bits at a time. */
const pairs = Array.from(
  { length: 1024 },
  (_, bits) => `${codeAlphabet[bits >> 5]}${codeAlphabet[bits & 31]}`,
);

/** The whole nonce in groups of four characters, as a person can compare it; its last bits are filled up with zeros. */
export function oneTimeCode(nonce: Uint8Array): string {
  const groups: string[] = [];
  const bits = nonce.length * 8;
  for (let bit = 0; bit < bits; bit += 20) {
    // Twenty bits begin on an octet or in the middle of one, and lie within the four octets from there.
    const first = bit >> 3;
    const octet = (index: number) => nonce[first + index] ?? 0;
    const word = ((octet(0) << 24) | (octet(1) << 16) | (octet(2) << 8) | octet(3)) >>> 0;
    const group = (word >>> (12 - (bit & 7))) & 0xfffff;
    const rest = Math.ceil((bits - bit) / 5);
    groups.push(`${pairs[group >> 10]}${pairs[group & 1023]}`.slice(0, rest));
  }
  return groups.join('-');
}
