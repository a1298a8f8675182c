import { outlinesIn } from '../asn1/outline.ts';
import { tag } from '../asn1/tag.ts';
import { type EncodingKind, kindOf } from './kind.ts';
import { blocksIn, decodeBase64, isFiller, type TextBlock, textOf } from './textual.ts';

/** One encoding out of what somebody gave, and what it is by its structure. */
export interface Encoding {
  readonly kind: EncodingKind;
  /** DER or BER; for a kind that is no ASN.1, and for one that cannot be read, as given. */
  readonly octets: Uint8Array;
}

/** Base64 of a file that is text itself: a form wraps once what a tool had wrapped already. */
const mostWrappings = 2;

/** Binary files with more encodings in a row are taken for one that is broken. */
const mostElements = 1024;

/**
 * The encodings in octets as people have them: DER or BER, several in a row, any armour (RFC 7468 and what came before
 * it) with any text around, base64 without armour on one line or on many, and base64 of one of these. What they are is
 * told by their structure; a label counts where that does not tell. Never throws, never empty.
 */
export function readEncodings(octets: Uint8Array): readonly Encoding[] {
  return unwrap(octets, mostWrappings);
}

function unwrap(octets: Uint8Array, wrappings: number): readonly Encoding[] {
  const text = wrappings === 0 ? undefined : textOf(octets);
  if (text === undefined) return elementsOf(octets).map(encodingOf);
  const blocks = blocksIn(text);
  if (blocks.length > 0) return blocks.flatMap(encodingsOfBlock);
  const plain = decodeBase64(text);
  return plain === undefined ? [encodingOf(octets)] : unwrap(plain, wrappings - 1);
}

function encodingOf(octets: Uint8Array): Encoding {
  return { kind: kindOf(octets), octets };
}

/** The encodings in one block: mostly one. Never empty. */
export function encodingsOfBlock({ label, whole, octets }: TextBlock): readonly Encoding[] {
  const told = kindOfLabel(label);
  if (octets === undefined) {
    return [{ kind: opaque.has(told) ? told : 'broken-armour', octets: Buffer.from(whole) }];
  }
  return elementsOf(octets).map((element) => {
    const found = encodingOf(element);
    return found.kind === 'unknown-encoding' ? { ...found, kind: told } : found;
  });
}

/** Blocks that are no base64 by rights: keys encrypted in the old way, and those with a checksum behind them. */
const opaque: ReadonlySet<EncodingKind> = new Set(['private-key', 'encrypted-private-key', 'openpgp-data']);

/** RFC 7468, sections 5 to 13, and the labels of older tools. */
function kindOfLabel(label: string): EncodingKind {
  if (label.endsWith('PRIVATE KEY'))
    return label.startsWith('ENCRYPTED') ? 'encrypted-private-key' : 'private-key';
  if (label.endsWith('CERTIFICATE REQUEST')) return 'certificate-request-file';
  if (label === 'ATTRIBUTE CERTIFICATE') return 'attribute-certificate';
  if (label.endsWith('CERTIFICATE')) return 'certificate-file';
  if (label.endsWith('CRL')) return 'revocation-list';
  if (label.endsWith('PUBLIC KEY')) return 'public-key';
  if (label === 'CMS' || label.startsWith('PKCS7') || label.startsWith('PKCS #7')) return 'cms-message';
  if (label === 'OCSP RESPONSE') return 'ocsp-answer';
  if (label.startsWith('PGP ')) return 'openpgp-data';
  return 'unknown-encoding';
}

/**
 * The SEQUENCEs that octets consist of, where they do and there are several; otherwise the octets whole, so that
 * whoever reads them meets what is wrong.
 */
function elementsOf(given: Uint8Array): readonly Uint8Array[] {
  const octets = withoutFiller(given);
  const elements = outlinesIn(octets, mostElements);
  const isSeries = elements.length > 1 && elements.every((each) => each.tag === tag.sequence && each.isWhole);
  const length = elements.reduce((sum, each) => sum + each.octets.length, 0);
  return isSeries && length === octets.length ? elements.map((each) => each.octets) : [octets];
}

/** Line ends, and zeros of cards and of old systems, that stand behind a whole SEQUENCE. */
function withoutFiller(octets: Uint8Array): Uint8Array {
  const [first] = outlinesIn(octets, 1);
  if (first?.tag !== tag.sequence || !first.isWhole) return octets;
  const rest = octets.subarray(first.octets.length);
  return rest.length < octets.length && rest.every(isFiller) ? first.octets : octets;
}
