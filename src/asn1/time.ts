import { EncodingError } from './error.ts';
import { tag } from './tag.ts';

/** How exact a GeneralizedTime may be: X.509 forbids fractions (RFC 5280, section 4.1.2.5.2), time-stamps allow them. */
export type Fractions = 'forbidden' | 'allowed';

/**
 * Milliseconds since the epoch of the UTCTime or GeneralizedTime content at `start` to `end`:
 * seconds present, Z for the zone, the date a real one (RFC 5280, section 4.1.2.5; X.690, sections 11.7 and 11.8).
 */
export function decodeTime(
  octets: Uint8Array,
  type: number,
  start: number,
  end: number,
  fractions: Fractions = 'forbidden',
): number {
  const yearDigits = type === tag.utcTime ? 2 : 4;
  const seconds = start + yearDigits + 10;
  if (seconds >= end || octets[end - 1] !== 0x5a)
    throw new EncodingError('time is not in UTC with seconds', start);
  const year = yearDigits === 2 ? centuryOf(digits(octets, start, 2)) : digits(octets, start, 4);
  const at = start + yearDigits;
  const month = digits(octets, at, 2);
  const day = digits(octets, at + 2, 2);
  const hour = digits(octets, at + 4, 2);
  const minute = digits(octets, at + 6, 2);
  const second = digits(octets, at + 8, 2);
  if (hour > 23 || minute > 59 || second > 59) throw new EncodingError('time does not exist', start);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    throw new EncodingError('date does not exist', start);
  }
  const whole = date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
  return whole + milliseconds(octets, seconds, end - 1, yearDigits === 4 ? fractions : 'forbidden');
}

function centuryOf(year: number): number {
  return year >= 50 ? 1900 + year : 2000 + year;
}

function digits(octets: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let at = start; at < start + count; at++) {
    const digit = octets[at]! - 0x30;
    if (digit < 0 || digit > 9) throw new EncodingError('time holds something other than digits', at);
    value = value * 10 + digit;
  }
  return value;
}

function milliseconds(octets: Uint8Array, start: number, end: number, fractions: Fractions): number {
  if (start === end) return 0;
  if (fractions === 'forbidden' || octets[start] !== 0x2e || end - start < 2 || end - start > 10) {
    throw new EncodingError('time has a fraction that is not allowed', start);
  }
  if (octets[end - 1] === 0x30) throw new EncodingError('fraction of the time ends in zero', end - 1);
  return Math.floor((digits(octets, start + 1, end - start - 1) / 10 ** (end - start - 1)) * 1000);
}
