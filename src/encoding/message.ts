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

function messageOf(encodings: readonly Encoding[], field: string | undefined): Uint8Array {
  const [first, another] = encodings;
  if (first === undefined) throw unexpected('nothing', 'cms-message', field);
  if (another !== undefined) throw unexpected('several-encodings', 'cms-message', field);
  if (mayBe(first, 'cms-message') || (first.kind === 'unknown-encoding' && !isMereText(first)))
    return first.octets;
  throw unexpected(first.kind, 'cms-message', field);
}

/** Text that nothing could be read out of; zeros alone are octets of something. */
function isMereText({ kind, octets }: Encoding): boolean {
  const isUnread = kind === 'unknown-encoding' || kind === 'broken-armour' || kind === 'nothing';
  const text = isUnread ? textOf(octets) : undefined;
  return text !== undefined && (text !== '' || octets.length === 0);
}
