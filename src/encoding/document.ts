import { type Encoding, readEncodings } from './encoding.ts';
import type { EncodingKind } from './kind.ts';
import { unexpected } from './unexpected.ts';

/** What is no signed document, however it may be signed itself. */
const others: ReadonlySet<EncodingKind> = new Set([
  'certificate-file',
  'revocation-list',
  'ocsp-answer',
  'ocsp-request',
  'certificate-request-file',
  'attribute-certificate',
  'private-key',
  'encrypted-private-key',
  'public-key',
  'key-container',
  'certificate-store',
  'other-cms-message',
  'mail-message',
  'openpgp-data',
  'broken-armour',
  'nothing',
]);

/**
 * The file that holds a signature, out of octets as people have it: a CMS message out of base64 or armour, and a file
 * of any other format as it is. Throws `encoding_unexpected` where it is known to be something else.
 */
export function documentIn(octets: Uint8Array, field?: string): Uint8Array {
  const [first, another]: readonly (Encoding | undefined)[] = readEncodings(octets);
  if (first === undefined) throw unexpected('nothing', 'signed-document', field);
  if (another !== undefined && first.kind === 'cms-message')
    throw unexpected('several-encodings', 'signed-document', field);
  if (others.has(first.kind)) throw unexpected(first.kind, 'signed-document', field);
  return another === undefined ? first.octets : octets;
}
