import { SealgateError } from '../error.ts';
import { type Encoding, readEncodings } from './encoding.ts';
import { textOf } from './textual.ts';
import { mayBe, unexpected } from './unexpected.ts';

/** The largest signature, in octets: a message with its chain and an attached text takes a twentieth of it. */
export const largestSignature = 256 * 1024;

/**
 * The CMS message, DER or BER, from its text as signing tools give it: base64 on one line, broken into lines, or in any
 * armour. Throws `signature_malformed` for what is no base64, `encoding_unexpected` where something else than one
 * message was given, or `request_too_large` beyond 256 KiB.
 */
export function decodeSignature(text: string): Uint8Array {
  const plain = Buffer.from(text, 'base64');
  // Written again it is the same where there was nothing to unwrap; an expression takes five times as long to tell.
  const isPlain = plain.length > 0 && plain.toString('base64') === text;
  const isWhole = isPlain && textOf(plain) === undefined;
  const encodings = readEncodings(isWhole ? plain : Buffer.from(text));
  if (encodings.some(({ octets }) => octets.length > largestSignature))
    throw new SealgateError('request_too_large', { field: 'signature', limit: largestSignature });
  if (encodings.every(isMereText))
    throw new SealgateError('signature_malformed', { where: 'base64', problem: 'not base64' });
  return messageOf(encodings, 'signature');
}

/** The CMS message in octets as people have them. Throws `encoding_unexpected` where there is not exactly one. */
export function messageIn(octets: Uint8Array, field?: string): Uint8Array {
  return messageOf(readEncodings(octets), field);
}

/** Files of these kinds are what they are: PDF, ZIP and XML, the last perhaps behind a mark of byte order. */
const ownForm = /^(?:%PDF|PK|(?:\xef\xbb\xbf)?\s*<)/;

/**
 * A file that holds a signature. A CMS message is taken out of base64 and armour; what is in a form of its own stays as
 * it is. Throws `encoding_unexpected` for what holds something else, such as a certificate.
 */
export function signatureFileIn(octets: Uint8Array, field?: string): Uint8Array {
  if (ownForm.test(Buffer.from(octets.subarray(0, 64)).toString('latin1'))) return octets;
  const encodings = readEncodings(octets);
  const isUnknown = encodings.every(({ kind }) => kind === 'unknown-encoding');
  return isUnknown && textOf(octets) === undefined ? octets : messageOf(encodings, field);
}

/** The octets that a text stands for: base64 on one line, or the text itself, such as PEM. */
export function textOctets(text: string): Uint8Array {
  const plain = Buffer.from(text, 'base64');
  return plain.toString('base64') === text ? plain : Buffer.from(text);
}

function messageOf(encodings: readonly Encoding[], field: string | undefined): Uint8Array {
  const [first, another] = encodings;
  if (first === undefined) throw unexpected('nothing', 'cms-message', field);
  if (another !== undefined) throw unexpected('several-encodings', 'cms-message', field);
  if (mayBe(first, 'cms-message') || (first.kind === 'unknown-encoding' && !isMereText(first)))
    return first.octets;
  throw unexpected(first.kind, 'cms-message', field);
}

/** Text that nothing could be read out of. */
function isMereText({ kind, octets }: Encoding): boolean {
  return (
    (kind === 'unknown-encoding' || kind === 'broken-armour' || kind === 'nothing') &&
    textOf(octets) !== undefined
  );
}
