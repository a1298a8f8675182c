import { createDecipheriv, createHash } from 'node:crypto';
import { entriesOf, isKind, isName, isSameValue, PdfError, type PdfStream, type PdfValue } from './object.ts';
import { fileKey } from './password.ts';
import { rc4 } from './rc4.ts';
import type { PdfRevision } from './revision.ts';

/** How strings or streams of a file are encrypted. */
type Method = 'none' | 'rc4' | 'aes-128' | 'aes-256';

const methods: ReadonlyMap<string, Method> = new Map([
  ['None', 'none'],
  ['V2', 'rc4'],
  ['AESV2', 'aes-128'],
  ['AESV3', 'aes-256'],
]);

/** Longest stream that RC4 is undone of at once, in octets. */
const longestRc4 = 2 * 1024 * 1024;
const deepest = 64;

/** Undoes the encryption of a file that opens without a password (ISO 32000-2, 7.6): signatures are over what is encrypted, changes are seen in what is not. */
export class PdfEncryption {
  private readonly key: Uint8Array;
  private readonly strings: Method;
  private readonly streams: Method;
  private readonly encryptsMetadata: boolean;
  /** The object that says how, which is not encrypted itself. */
  private readonly own: number | undefined;

  private constructor(entries: ReadonlyMap<string, PdfValue>, id: Uint8Array, own: number | undefined) {
    if (!isName(entries.get('Filter'), 'Standard'))
      throw new PdfError('the document is encrypted for certain people');
    this.key = fileKey(entries, id);
    [this.strings, this.streams] = [methodOf(entries, 'StrF'), methodOf(entries, 'StmF')];
    this.encryptsMetadata = entries.get('EncryptMetadata') !== false;
    this.own = own;
  }

  /** The encryption of a file, the same in all its revisions; undefined where it has none. Throws a PdfError. */
  static of(revisions: readonly PdfRevision[]): PdfEncryption | undefined {
    const found = revisions.map((revision) => {
      const value = revision.trailer.get('Encrypt');
      return { value, resolved: revision.resolve(value), id: revision.resolve(revision.trailer.get('ID')) };
    });
    const [first, ...others] = found;
    if (first === undefined || found.every(({ resolved }) => resolved === null)) return undefined;
    const entries = entriesOf(first.resolved);
    const id = isKind(first.id, 'array') ? first.id.items[0] : undefined;
    const isOne = others.every(
      (other) =>
        isSameValue(other.value ?? null, first.value ?? null) &&
        isSameValue(other.resolved, first.resolved) &&
        isKind(other.id, 'array') &&
        isSameValue(other.id.items[0] ?? null, id ?? null),
    );
    if (entries === undefined || !isOne)
      throw new PdfError('an update changes how the document is encrypted');
    const own = isKind(first.value, 'reference') ? first.value.number : undefined;
    return new PdfEncryption(entries, isKind(id, 'string') ? id.octets : new Uint8Array(), own);
  }

  /** An object of the file with its strings as they are meant, and its stream likewise as soon as it is asked for. */
  opened(value: PdfValue, number: number, generation: number): PdfValue {
    if (number === this.own || isReferences(value)) return value;
    const open = (octets: Uint8Array, method: Method) => this.undone(octets, method, number, generation);
    const strings = (each: PdfValue, depth: number): PdfValue => {
      if (depth > deepest) throw new PdfError('values are nested too deeply');
      if (isKind(each, 'string')) return { ...each, octets: open(each.octets, this.strings) };
      if (isKind(each, 'array'))
        return { ...each, items: each.items.map((item) => strings(item, depth + 1)) };
      const entries = entriesOf(each);
      if (entries === undefined || isKind(each, 'stream')) return each;
      return { kind: 'dictionary', entries: inEntries(entries, depth) };
    };
    const inEntries = (entries: ReadonlyMap<string, PdfValue>, depth: number) =>
      new Map(
        [...entries].map(([key, item]) => [key, isSigned(entries, key) ? item : strings(item, depth + 1)]),
      );
    if (!isKind(value, 'stream')) return strings(value, 0);
    const method = this.methodOfStream(value);
    return new OpenedStream(inEntries(value.entries, 0), value.packed, () => open(value.packed, method));
  }

  private methodOfStream({ entries }: PdfStream): Method {
    if (!this.encryptsMetadata && isName(entries.get('Type'), 'Metadata')) return 'none';
    const filter = entries.get('Filter');
    const first = isKind(filter, 'array') ? filter.items[0] : filter;
    // A stream may be left out of the encryption; that it has one of its own is not read.
    return isName(first, 'Crypt') ? 'none' : this.streams;
  }

  private undone(octets: Uint8Array, method: Method, number: number, generation: number): Uint8Array {
    if (method === 'none') return octets;
    const key = method === 'aes-256' ? this.key : this.keyOf(number, generation, method);
    if (method !== 'rc4') return undoneAes(octets, key);
    if (octets.length > longestRc4) throw new PdfError('an encrypted stream is too large');
    return rc4(key, octets);
  }

  /** Algorithm 1: each object has a key of its own. */
  private keyOf(number: number, generation: number, method: Method): Uint8Array {
    const place = Buffer.alloc(5);
    place.writeUIntLE(number, 0, 3);
    place.writeUIntLE(generation, 3, 2);
    const salt = method === 'aes-128' ? Buffer.from('sAlT') : Buffer.alloc(0);
    const hash = createHash('md5').update(this.key).update(place).update(salt).digest();
    return hash.subarray(0, Math.min(this.key.length + 5, 16));
  }
}

/** A stream that is decrypted once somebody reads it. */
class OpenedStream implements PdfStream {
  readonly kind = 'stream';
  readonly entries: ReadonlyMap<string, PdfValue>;
  readonly stored: Uint8Array;
  private readonly open: () => Uint8Array;
  private result: Uint8Array | undefined;

  constructor(entries: ReadonlyMap<string, PdfValue>, stored: Uint8Array, open: () => Uint8Array) {
    this.entries = entries;
    this.stored = stored;
    this.open = open;
  }

  get packed(): Uint8Array {
    this.result ??= this.open();
    return this.result;
  }
}

/** The value of a signature is the one string that nobody encrypts. */
function isSigned(entries: ReadonlyMap<string, PdfValue>, key: string): boolean {
  return key === 'Contents' && entries.has('ByteRange');
}

function isReferences(value: PdfValue): boolean {
  return isKind(value, 'stream') && isName(value.entries.get('Type'), 'XRef');
}

/** How strings (`StrF`) or streams (`StmF`) are encrypted. */
function methodOf(entries: ReadonlyMap<string, PdfValue>, use: 'StrF' | 'StmF'): Method {
  const version = entries.get('V');
  if (version === 1 || version === 2) return 'rc4';
  if (version !== 4 && version !== 5) throw new PdfError('the encryption is of an unknown kind');
  const name = entries.get(use);
  if (name === undefined || isName(name, 'Identity')) return 'none';
  const filter = isKind(name, 'name') ? entriesOf(entriesOf(entries.get('CF'))?.get(name.name)) : undefined;
  const given = filter?.get('CFM');
  const method = isKind(given, 'name') ? methods.get(given.name) : undefined;
  if (method === undefined || (method === 'aes-256') !== (version === 5 && method !== 'none'))
    throw new PdfError('the encryption is of an unknown kind');
  return method;
}

/** AES in CBC; the first block is the initialisation vector (ISO 32000-2, 7.6.3.1). */
function undoneAes(octets: Uint8Array, key: Uint8Array): Uint8Array {
  if (octets.length === 0) return octets;
  try {
    const cipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, octets.subarray(0, 16));
    return Buffer.concat([cipher.update(octets.subarray(16)), cipher.final()]);
  } catch (cause) {
    throw new PdfError('what is encrypted cannot be read', { cause });
  }
}
