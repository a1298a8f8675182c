import { tag } from '../asn1/tag.ts';
import { SealgateError } from '../error.ts';
import type { EncodingTerm } from '../failure/encoding-terms.ts';
import { defined } from '../optional.ts';
import type { Encoding } from './encoding.ts';

/** `encoding_unexpected`: what was found where `expected` is needed; `field` is a file's name or a member of a request. */
export function unexpected(
  found: EncodingTerm,
  expected: EncodingTerm,
  field: string | undefined,
): SealgateError {
  return new SealgateError('encoding_unexpected', { found, expected, ...defined({ field }) });
}

/** Whether an encoding is of the kind, or so broken that only its reader can say what is wrong with it. */
export function mayBe({ kind, octets }: Encoding, expected: Encoding['kind']): boolean {
  return kind === expected || (kind === 'unknown-encoding' && octets[0] === tag.sequence);
}
