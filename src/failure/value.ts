import { showSeconds } from './duration.ts';
import type { DetailKind, Language } from './failure.ts';
import { problemIn } from './problem-terms.ts';
import { safeText } from './safe-text.ts';
import { nameOf, type Term } from './vocabulary.ts';

export { safeText } from './safe-text.ts';

/**
 * One field in which two sources differ. Beside the certificate stands the register's value, or in a detail of the
 * kind `powerDifferences` that of the power of attorney, or the value in the text that was signed.
 */
export type Difference = { readonly field: Term; readonly certificate: string } & (
  | { readonly register: string }
  | { readonly signedText: string }
);

const mostItems = 10;

/** `value` as a person reads it in `language`, or undefined where there is nothing to show. */
export function showValue(value: unknown, kind: DetailKind, language: Language): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (kind === 'differences' || kind === 'powerDifferences') return showDifferences(value, kind, language);
  if (Array.isArray(value)) return showList(value, kind, language);
  if (value instanceof Date) return showDate(value, language);
  if (typeof value === 'number' && kind === 'seconds') return showSeconds(value, language);
  if (typeof value === 'number' && kind === 'octets') return showOctets(value, language);
  if (typeof value === 'string' && kind === 'problem')
    return safeText(problemIn(nameOf(value, language), language));
  if (typeof value === 'string') return safeText(isNamed(kind) ? nameOf(value, language) : value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  return undefined;
}

function isNamed(kind: DetailKind): boolean {
  return kind === 'term' || kind === 'term[]' || kind === 'label' || kind === 'label[]';
}

function showList(values: readonly unknown[], kind: DetailKind, language: Language): string | undefined {
  const shown = values
    .slice(0, mostItems)
    .map((value) => showValue(value, kind, language))
    .filter((value) => value !== undefined);
  if (shown.length === 0) return undefined;
  const more = values.length - shown.length;
  if (more === 0) return shown.join(', ');
  return `${shown.join(', ')} ${language === 'ru' ? `и ещё ${more}` : `and ${more} more`}`;
}

interface ShownDifference {
  readonly field?: string;
  readonly certificate?: string;
  readonly register?: string;
  readonly signedText?: string;
}

const sides = {
  differences: { en: ['in the certificate', 'in the register'], ru: ['в сертификате', 'в реестре'] },
  signedText: {
    en: ['in the certificate', 'in the signed text'],
    ru: ['в сертификате', 'в подписанном тексте'],
  },
  powerDifferences: {
    en: ['in the certificate', 'in the power of attorney'],
    ru: ['в сертификате', 'в доверенности'],
  },
} as const;

function showDifferences(
  value: unknown,
  kind: 'differences' | 'powerDifferences',
  language: Language,
): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return (value as readonly ShownDifference[])
    .slice(0, mostItems)
    .map(({ field, certificate, register, signedText }) => {
      const side = sides[signedText === undefined ? kind : 'signedText'][language];
      const quoted = [certificate, signedText ?? register].map((text) =>
        text ? `«${safeText(text)}»` : '—',
      );
      return `${nameOf(field ?? '', language)} ${side[0]} ${quoted[0]}, ${side[1]} ${quoted[1]}`;
    })
    .join('; ');
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(date: Date, language: Language, timeZone: string): string {
  const key = `${language} ${timeZone}`;
  let formatter = formats.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', {
      timeZone,
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(key, formatter);
  }
  const part = Object.fromEntries(formatter.formatToParts(date).map(({ type, value }) => [type, value]));
  const day = `${part.day} ${part.month} ${part.year}`;
  return `${day}, ${part.hour}:${part.minute}:${part.second}`;
}

/**
 * A moment in words: UTC, and for Russian readers Moscow time too, since certificates are written in UTC and
 * read in Moscow. An invalid date gives undefined.
 */
export function showDate(date: Date, language: Language): string | undefined {
  if (Number.isNaN(date.getTime())) return undefined;
  const utc = `${format(date, language, 'UTC')} UTC`;
  return language === 'ru' ? `${format(date, language, 'Europe/Moscow')} по Москве (${utc})` : utc;
}

/** A size in octets, KiB or MiB. */
function showOctets(octets: number, language: Language): string {
  const [unit, size] = octets >= 1_048_576 ? ['MiB', 1_048_576] : octets >= 1024 ? ['KiB', 1024] : ['', 1];
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(octets / Number(size));
  if (unit === '') return `${number} ${language === 'ru' ? 'байт' : 'bytes'}`;
  return `${number} ${language === 'ru' ? unit.replace('KiB', 'КиБ').replace('MiB', 'МиБ') : unit}`;
}
