import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { isKind, PdfError, type PdfValue } from './object.ts';
import { rc4 } from './rc4.ts';

/** What stands in place of a password, or behind one that is short (ISO 32000-2, 7.6.4.3.2). */
const padding = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');

/** Rounds of the hash of revision 6, after which it may end and must. */
const [fewestRounds, mostRounds] = [64, 2048];

/** The entries of an encryption dictionary that its keys are made of. */
interface KeyEntries {
  readonly revision: number;
  readonly owner: Uint8Array;
  readonly user: Uint8Array;
  readonly encryptsMetadata: boolean;
}

/**
 * The key of a file that opens without a password, by the standard handler (ISO 32000-2, 7.6.4). `id` is the first part of
 * the file's identifier. Throws a PdfError, also where a password is asked for.
 */
export function fileKey(entries: ReadonlyMap<string, PdfValue>, id: Uint8Array): Uint8Array {
  const revision = entries.get('R');
  if (typeof revision !== 'number') throw new PdfError('the encryption does not say of which kind it is');
  const read: KeyEntries = {
    revision,
    owner: stringIn(entries, 'O'),
    user: stringIn(entries, 'U'),
    encryptsMetadata: entries.get('EncryptMetadata') !== false,
  };
  if (revision >= 2 && revision <= 4) return earlyKey(read, keyLength(entries), entries.get('P'), id);
  if (revision === 5 || revision === 6) return lateKey(read, stringIn(entries, 'UE'));
  throw new PdfError('the encryption is of an unknown kind');
}

/** Octets of the key of revisions before 5: said in bits, unless the version leaves no choice. */
function keyLength(entries: ReadonlyMap<string, PdfValue>): number {
  const [version, bits] = [entries.get('V'), entries.get('Length') ?? 40];
  if (version === 1) return 5;
  if (version === 4) return 16;
  if (typeof bits !== 'number' || bits % 8 !== 0 || bits < 40 || bits > 128) throw incomplete();
  return bits / 8;
}

/** Algorithm 2, and the check of algorithms 6 and 7. */
function earlyKey(
  { revision, owner, user, encryptsMetadata }: KeyEntries,
  length: number,
  permissions: PdfValue | undefined,
  id: Uint8Array,
): Uint8Array {
  if (typeof permissions !== 'number' || owner.length < 32 || user.length < 32) throw incomplete();
  const flags = Buffer.alloc(4);
  flags.writeInt32LE(permissions | 0);
  const open = revision === 4 && !encryptsMetadata ? Buffer.alloc(4, 0xff) : Buffer.alloc(0);
  let key = md5(padding, owner.subarray(0, 32), flags, id, open).subarray(0, length);
  for (let round = 0; revision >= 3 && round < 50; round++) key = md5(key).subarray(0, length);
  const own = revision === 2 ? rc4(key, padding) : repeatedly(key, md5(padding, id));
  if (Buffer.compare(own, user.subarray(0, own.length)) !== 0) throw needsPassword();
  return key;
}

function repeatedly(key: Uint8Array, start: Uint8Array): Uint8Array {
  let octets = start;
  for (let round = 0; round < 20; round++)
    octets = rc4(
      key.map((octet) => octet ^ round),
      octets,
    );
  return octets;
}

/** Algorithm 2.A, for the empty password of the user. */
function lateKey({ revision, user }: KeyEntries, wrapped: Uint8Array): Uint8Array {
  if (user.length < 48 || wrapped.length < 32) throw incomplete();
  const [expected, salt, keySalt] = [user.subarray(0, 32), user.subarray(32, 40), user.subarray(40, 48)];
  const hash = revision === 5 ? sha256 : hardened;
  if (Buffer.compare(hash(salt), expected) !== 0) throw needsPassword();
  const cipher = createDecipheriv('aes-256-cbc', hash(keySalt), Buffer.alloc(16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(wrapped.subarray(0, 32)), cipher.final()]);
}

/** Algorithm 2.B. */
function hardened(salt: Uint8Array): Uint8Array {
  let key: Uint8Array = sha256(salt);
  for (let round = 0; round < mostRounds; round++) {
    const repeated = Buffer.concat(Array.from({ length: 64 }, () => key));
    const cipher = createCipheriv('aes-128-cbc', key.subarray(0, 16), key.subarray(16, 32)).setAutoPadding(
      false,
    );
    const encrypted = Buffer.concat([cipher.update(repeated), cipher.final()]);
    const remainder = encrypted.subarray(0, 16).reduce((sum, octet) => sum + octet, 0) % 3;
    key = createHash(['sha256', 'sha384', 'sha512'][remainder]!).update(encrypted).digest();
    if (round + 1 >= fewestRounds && encrypted.at(-1)! <= round + 1 - 32) return key.subarray(0, 32);
  }
  throw new PdfError('the hash of the password does not end');
}

function stringIn(entries: ReadonlyMap<string, PdfValue>, key: string): Uint8Array {
  const value = entries.get(key);
  if (!isKind(value, 'string')) throw incomplete();
  return value.octets;
}

function md5(...parts: readonly Uint8Array[]): Uint8Array {
  return createHash('md5').update(Buffer.concat(parts)).digest();
}

function sha256(octets: Uint8Array): Buffer {
  return createHash('sha256').update(octets).digest();
}

function incomplete(): PdfError {
  return new PdfError('the encryption lacks what its key is made of');
}

function needsPassword(): PdfError {
  return new PdfError('the document is encrypted and opens only with a password');
}
