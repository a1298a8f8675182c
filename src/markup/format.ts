import type { Language } from '../failure/failure.ts';
import { defined } from '../optional.ts';

const locales: Readonly<Record<Language, string>> = { en: 'en-GB', ru: 'ru-RU' };
const day = 86_400_000;

/** An INN as people read it: `7707 083893`, `5001 0073 2259`. What is none is left as it is. */
export function shownInn(inn: string): string {
  if (/^\d{10}$/.test(inn)) return grouped(inn, 4, 6);
  return /^\d{12}$/.test(inn) ? grouped(inn, 4, 4, 4) : inn;
}

/** An OGRN or OGRNIP in groups. */
export function shownOgrn(ogrn: string): string {
  if (/^\d{13}$/.test(ogrn)) return grouped(ogrn, 1, 4, 4, 4);
  return /^\d{15}$/.test(ogrn) ? grouped(ogrn, 1, 4, 5, 5) : ogrn;
}

/** A serial number of a certificate, hexadecimal in capitals, in pairs of octets. */
export function shownSerialNumber(hex: string): string {
  return (hex.toUpperCase().match(/.{1,4}/g) ?? []).join(spaceThatStays);
}

const spaceThatStays = '\u00a0';

function grouped(digits: string, ...lengths: readonly number[]): string {
  let start = 0;
  return lengths
    .map((length) => {
      start += length;
      return digits.slice(start - length, start);
    })
    .join(spaceThatStays);
}

/** A day in words: `3 March 2027`, `3 марта 2027 г.` */
export function shownDay(at: number, language: Language, timeZone?: string): string {
  return new Intl.DateTimeFormat(locales[language], {
    ...{ day: 'numeric', month: 'long', year: 'numeric' },
    ...defined({ timeZone }),
  }).format(at);
}

/** A time of the day, to the minute or the second. */
export function shownTime(at: number, language: Language, timeZone?: string): string {
  return new Intl.DateTimeFormat(locales[language], {
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    ...defined({ timeZone }),
  }).format(at);
}

/** How far a day lies from `now`: `in 95 days`, `12 дней назад`; today is `today`. */
export function shownDistance(at: number, now: number, language: Language): string {
  const days = Math.trunc((at - now) / day);
  const format = new Intl.RelativeTimeFormat(locales[language], { numeric: days === 0 ? 'auto' : 'always' });
  return format.format(days, 'day');
}
