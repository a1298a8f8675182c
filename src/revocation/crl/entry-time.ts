import { EncodingError } from '../../asn1/error.ts';
import { tag } from '../../asn1/tag.ts';

const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Checks the UTCTime or GeneralizedTime at `at` by the rules of decodeTime, without making anything of it, and
 * returns where it ends; called for every entry of a list. Throws an EncodingError.
 */
export function skipTime(octets: Uint8Array, at: number, end: number): number {
  const isUtc = octets[at] === tag.utcTime;
  const length = isUtc ? 13 : 15;
  const stop = at + 2 + length;
  if (stop > end || octets[at + 1] !== length || (!isUtc && octets[at] !== tag.generalizedTime)) {
    throw new EncodingError('time of the revocation is malformed', at);
  }
  for (let digit = at + 2; digit < stop - 1; digit++) {
    const value = octets[digit]! - 0x30;
    if (value < 0 || value > 9) throw new EncodingError('time holds something other than digits', digit);
  }
  const month = pair(octets, stop - 11);
  const day = pair(octets, stop - 9);
  const isReal =
    octets[stop - 1] === 0x5a &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysOfMonth[month - 1]! &&
    (month !== 2 || day < 29 || isLeap(octets, at, isUtc)) &&
    pair(octets, stop - 7) < 24 &&
    pair(octets, stop - 5) < 60 &&
    pair(octets, stop - 3) < 60;
  if (!isReal) throw new EncodingError('time does not exist', at);
  return stop;
}

/** Milliseconds since the epoch of a time that `skipTime` has found good. */
export function timeAt(octets: Uint8Array, at: number): number {
  const isUtc = octets[at] === tag.utcTime;
  const low = pair(octets, isUtc ? at + 2 : at + 4);
  const year = isUtc ? (low >= 50 ? 1900 : 2000) + low : pair(octets, at + 2) * 100 + low;
  const stop = at + 2 + (isUtc ? 13 : 15);
  const month = pair(octets, stop - 11) - 1;
  const day = pair(octets, stop - 9);
  const seconds = (pair(octets, stop - 7) * 60 + pair(octets, stop - 5)) * 60 + pair(octets, stop - 3);
  // Date.UTC takes years below 100 for those of the 20th century.
  const start = year >= 100 ? Date.UTC(year, month, day) : new Date(0).setUTCFullYear(year, month, day);
  return start + seconds * 1000;
}

function pair(octets: Uint8Array, at: number): number {
  return (octets[at]! - 0x30) * 10 + octets[at + 1]! - 0x30;
}

function isLeap(octets: Uint8Array, at: number, isUtc: boolean): boolean {
  const low = pair(octets, isUtc ? at + 2 : at + 4);
  // Two digits stand for 1950 to 2049, where every fourth year is a leap year.
  if (isUtc || low !== 0) return low % 4 === 0;
  return pair(octets, at + 2) % 4 === 0;
}
