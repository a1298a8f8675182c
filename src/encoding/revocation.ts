import { isFailure } from '../error.ts';
import { parseSignedData } from '../signature/signed-data.ts';
import { type Encoding, readEncodings } from './encoding.ts';
import { mayBe, unexpected } from './unexpected.ts';

/**
 * The revocation lists in octets as people have them, DER: one or several, also those in a collection. Throws
 * `encoding_unexpected` where there is none.
 */
export function listsIn(octets: Uint8Array, field?: string): readonly Uint8Array[] {
  const encodings = readEncodings(octets);
  const lists = encodings.flatMap(listsOf);
  if (lists.length > 0) return lists;
  throw unexpected(encodings[0]?.kind ?? 'nothing', 'revocation-list', field);
}

/** The OCSP answers in octets, likewise. Throws `encoding_unexpected` where there is none. */
export function answersIn(octets: Uint8Array, field?: string): readonly Uint8Array[] {
  const encodings = readEncodings(octets);
  const answers = encodings.filter((encoding) => mayBe(encoding, 'ocsp-answer'));
  if (answers.length > 0) return answers.map(({ octets: answer }) => answer);
  throw unexpected(encodings[0]?.kind ?? 'nothing', 'ocsp-answer', field);
}

function listsOf(encoding: Encoding): readonly Uint8Array[] {
  if (encoding.kind !== 'cms-message') return mayBe(encoding, 'revocation-list') ? [encoding.octets] : [];
  try {
    const { signers, crls } = parseSignedData(encoding.octets);
    return signers.length === 0 ? crls : [];
  } catch (error) {
    if (isFailure(error, 'signature_malformed')) return [];
    throw error;
  }
}
