import { type DigestAlgorithm, digest, digestOnce } from '../algorithm/digest.ts';
import { compareOctets } from '../asn1/writer.ts';
import { SealgateError } from '../error.ts';
import { looksLikeAttributes } from './attributes.ts';
import { ContentFile, type DetachedContent } from './content-file.ts';

/** Content that a signature covers: the expected text itself, or the same text in UTF-16LE. */
export interface SignedContent {
  /** Undefined where they are in a file. */
  readonly octets: Uint8Array | undefined;
  readonly form: 'exact' | 'utf-16le';
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Longer content is no text that a string was made of, and would take long to convert; octets. */
const longestText = 1024 * 1024;

/**
 * The same text in UTF-16LE, which is what some CryptoPro wrappers sign when they are handed a string; undefined for what
 * is no such text.
 */
export function inUtf16(content: Uint8Array): Uint8Array | undefined {
  if (content.length > longestText) return undefined;
  try {
    return Buffer.from(utf8.decode(content), 'utf16le');
  } catch {
    return undefined;
  }
}

/** Content that is at hand. */
interface WholeContent extends SignedContent {
  readonly octets: Uint8Array;
}

/** A message digest as a signer has signed it. */
interface SignedDigest {
  readonly algorithm: DigestAlgorithm;
  readonly value: Uint8Array;
}

/**
 * Finds what the signature is about: `attached` content has to be the expected one; with detached content the
 * signed message digest tells. Throws `signature_content_mismatch`, which names the encoding where only that
 * differs, and `signature_attributes_ambiguous` for content that could pass for signed attributes.
 */
export function establishContent(
  attached: Uint8Array | undefined,
  expected: DetachedContent,
  signedDigest: SignedDigest | undefined,
  acceptsUtf16: boolean,
): SignedContent {
  if (expected instanceof ContentFile) return inFile(attached, expected, signedDigest);
  const found = attached === undefined ? byDigest(expected, signedDigest) : byComparison(attached, expected);
  if (looksLikeAttributes(attached ?? expected)) throw new SealgateError('signature_attributes_ambiguous');
  if (found === undefined) throw new SealgateError('signature_content_mismatch');
  if (found.form === 'utf-16le' && !acceptsUtf16) {
    throw new SealgateError('signature_content_mismatch', { encoding: 'UTF-16LE' });
  }
  const isDigestRight =
    signedDigest === undefined ||
    compareOctets(digestOnce(signedDigest.algorithm, found.octets), signedDigest.value) === 0;
  if (!isDigestRight) throw new SealgateError('signature_content_mismatch');
  return found;
}

/**
 * Content in a file is as good as its hash, which is known by then. That it could pass for signed attributes is no
 * matter: attributes are signed beside it, and no message holds any of that length.
 */
function inFile(
  attached: Uint8Array | undefined,
  expected: ContentFile,
  signedDigest: SignedDigest | undefined,
): SignedContent {
  if (signedDigest === undefined)
    throw new SealgateError('signature_attributes_missing', { attributes: ['signed-attributes'] });
  const found = expected.remembered(signedDigest.algorithm);
  if (attached !== undefined || found === undefined || compareOctets(found, signedDigest.value) !== 0)
    throw new SealgateError('signature_content_mismatch');
  return { octets: undefined, form: 'exact' };
}

function byComparison(attached: Uint8Array, expected: Uint8Array): WholeContent | undefined {
  if (compareOctets(attached, expected) === 0) return { octets: attached, form: 'exact' };
  const isMarked = attached[0] === 0xff && attached[1] === 0xfe;
  const utf16 = inUtf16(expected);
  const isUtf16 =
    utf16 !== undefined && compareOctets(isMarked ? attached.subarray(2) : attached, utf16) === 0;
  return isUtf16 ? { octets: attached, form: 'utf-16le' } : undefined;
}

function byDigest(expected: Uint8Array, signedDigest: SignedDigest | undefined): WholeContent | undefined {
  // Without signed attributes nothing but the signature itself tells what it covers.
  if (signedDigest === undefined) return { octets: expected, form: 'exact' };
  const { algorithm, value } = signedDigest;
  if (compareOctets(digestOnce(algorithm, expected), value) === 0) return { octets: expected, form: 'exact' };
  const utf16 = inUtf16(expected);
  if (utf16 === undefined) return undefined;
  const marked = Buffer.concat([Uint8Array.of(0xff, 0xfe), utf16]);
  const octets = [utf16, marked].find(
    (candidate) => compareOctets(digest(algorithm, candidate), value) === 0,
  );
  return octets === undefined ? undefined : { octets, form: 'utf-16le' };
}
