import { tag } from '../../asn1/tag.ts';
import { encode } from '../../asn1/writer.ts';

const firstYearOfGeneralizedTime = 2050;

/** Time of RFC 5280, section 4.1.2.5: UTCTime before 2050, GeneralizedTime from then on. `at` in ms, cut to seconds. */
export function encodeTime(at: number): Uint8Array {
  return new Date(at).getUTCFullYear() < firstYearOfGeneralizedTime
    ? encode(tag.utcTime, Buffer.from(digitsOf(at).slice(2)))
    : encodeGeneralizedTime(at);
}

/** GeneralizedTime without fractions, also under an IMPLICIT tag. */
export function encodeGeneralizedTime(at: number, identifier: number = tag.generalizedTime): Uint8Array {
  return encode(identifier, Buffer.from(digitsOf(at)));
}

function digitsOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace(/\D/g, '')}Z`;
}

/** The same day and time `months` later. */
export function addMonths(at: number, months: number): number {
  const date = new Date(at);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.getTime();
}
