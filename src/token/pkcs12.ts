import { createHmac, timingSafeEqual } from 'node:crypto';
import forge from 'node-forge';
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from '../algorithm/identifier.ts';
import { declareOids } from '../asn1/oid.ts';
import { Reader } from '../asn1/reader.ts';
import { context, contextConstructed, tag } from '../asn1/tag.ts';
import { isPinText } from './pin.ts';

const oids = declareOids({
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  pbes2: '1.2.840.113549.1.5.13',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  safeContentsBag: '1.2.840.113549.1.12.10.1.6',
  x509Certificate: '1.2.840.113549.1.9.22.1',
});

/** Hashes of the MAC by their OIDs, under forge's names, with the octets of their values. */
const macHashes = {
  '1.3.14.3.2.26': ['sha1', 20],
  '2.16.840.1.101.3.4.2.1': ['sha256', 32],
  '2.16.840.1.101.3.4.2.2': ['sha384', 48],
  '2.16.840.1.101.3.4.2.3': ['sha512', 64],
} as const;

/** How deep bags may lie in bags. */
const deepest = 4;

/** What is wrong with a container that does not open. */
export type Pkcs12Fault = 'password' | 'unknown-encryption' | 'no-key';

/** A container that does not open; other errors are of its encoding. */
export class Pkcs12Error extends Error {
  readonly fault: Pkcs12Fault;

  constructor(fault: Pkcs12Fault, options?: ErrorOptions) {
    super(fault, options);
    this.fault = fault;
  }
}

/** What a container holds, DER: PrivateKeyInfo of its first key, and its certificates. */
export interface Pkcs12Contents {
  readonly pkcs8: Uint8Array;
  readonly certificates: readonly Uint8Array[];
}

/** A password in the forms that it is used in. */
interface Password {
  /** For the MAC and the old scheme: a text whose UTF-16 units count (RFC 7292, appendix B.1); null for none at all. */
  readonly text: string | null;
  /** For PBES2: UTF-8 (RFC 8018, section 3), one character an octet, as forge wants octets. */
  readonly octets: string;
}

/**
 * Opens a PKCS#12 container in password integrity mode (RFC 7292), BER or DER. Its parts may be encrypted in different
 * ways, each with the form of the password that it asks for; files of OpenSSL before 1.1.0, which took each octet of
 * a password for a character, open too. Throws Pkcs12Error, and EncodingError where the structure is broken.
 */
export function openPkcs12(octets: Uint8Array, password: Uint8Array | undefined): Pkcs12Contents {
  const fields = Reader.ber(octets).sequence();
  if (fields.smallInteger() !== 3) fields.refuse('version of PKCS#12 is not 3');
  const safe = readContentInfo(fields);
  if (safe.type !== oids.data) fields.refuse('PKCS#12 is not protected by a password');
  const content = safe.content.octetString();
  const own = fields.isAtEnd ? formsOf(password)[0] : findPassword(fields.sequence(), content, password);
  const infos = Reader.ber(content).sequence();
  const bags: Bag[] = [];
  while (!infos.isAtEnd) bags.push(...readSafeContents(openContent(readContentInfo(infos), own), own));
  const key = bags.find(({ kind }) => kind === 'key');
  if (key === undefined) throw new Pkcs12Error('no-key');
  const certificates = bags.filter(({ kind }) => kind === 'certificate').map(({ der }) => der);
  return { pkcs8: key.der, certificates };
}

interface ContentInfo {
  readonly type: string;
  readonly content: Reader;
}

function readContentInfo(reader: Reader): ContentInfo {
  const fields = reader.sequence();
  return { type: fields.oid(), content: fields.constructed(contextConstructed(0)) };
}

/** The forms that a password may have been used in, the standard's first; never empty. */
function formsOf(password: Uint8Array | undefined): readonly [Password, ...Password[]] {
  if (password === undefined || password.length === 0)
    return [
      { text: '', octets: '' },
      { text: null, octets: '' },
    ];
  const given = Buffer.from(password.buffer, password.byteOffset, password.byteLength);
  const octets = given.toString('latin1');
  const old = { text: octets, octets };
  return isPinText(password) ? [{ text: given.toString('utf8'), octets }, old] : [old];
}

/** The form of the password under which the MAC holds (RFC 7292, section 4). Throws Pkcs12Error if there is none. */
function findPassword(mac: Reader, content: Uint8Array, password: Uint8Array | undefined): Password {
  const info = mac.sequence();
  const { oid } = readAlgorithmIdentifier(info);
  const value = info.octetString();
  const salt = mac.octetString();
  const iterations = mac.isAtEnd ? 1 : mac.smallInteger();
  const [name, size] = Object.hasOwn(macHashes, oid) ? macHashes[oid as keyof typeof macHashes] : [];
  if (name === undefined || size === undefined) throw new Pkcs12Error('unknown-encryption');
  const found = formsOf(password).find(({ text }) => {
    const key = pbe.generatePkcs12Key(text, toBuffer(salt), 3, iterations, size, forge.md[name].create());
    const own = createHmac(name, Buffer.from(key.getBytes(), 'latin1')).update(content).digest();
    return own.length === value.length && timingSafeEqual(own, value);
  });
  if (found === undefined) throw new Pkcs12Error('password');
  return found;
}

/** SafeContents of a ContentInfo, decrypted where it is encrypted. */
function openContent({ type, content }: ContentInfo, password: Password): Uint8Array {
  if (type === oids.data) return content.octetString();
  if (type !== oids.encryptedData) throw new Pkcs12Error('unknown-encryption');
  const data = content.sequence();
  data.smallInteger();
  const encrypted = data.sequence();
  encrypted.oid();
  return decrypt(readAlgorithmIdentifier(encrypted), encrypted.octetString(context(0)), password);
}

interface Bag {
  readonly kind: 'key' | 'certificate';
  readonly der: Uint8Array;
}

function readSafeContents(octets: Uint8Array, password: Password, depth = 0): Bag[] {
  const reader = Reader.ber(octets).sequence();
  const bags: Bag[] = [];
  while (!reader.isAtEnd) {
    const bag = reader.sequence();
    const type = bag.oid();
    bags.push(...readBag(type, bag.constructed(contextConstructed(0)), password, depth));
  }
  return bags;
}

/** Bags of other kinds, revocation lists and secrets among them, are passed over. */
function readBag(type: string, value: Reader, password: Password, depth: number): Bag[] {
  switch (type) {
    case oids.keyBag:
      return [{ kind: 'key', der: Uint8Array.from(value.any()) }];
    case oids.shroudedKeyBag: {
      const fields = value.sequence();
      const algorithm = readAlgorithmIdentifier(fields);
      return [{ kind: 'key', der: decrypt(algorithm, fields.octetString(), password) }];
    }
    case oids.certificateBag: {
      const fields = value.sequence();
      if (fields.oid() !== oids.x509Certificate) return [];
      // A copy, because the file's octets are wiped, and certificates may stand in them as they are.
      const wrapper = fields.constructed(contextConstructed(0));
      const der = Uint8Array.from(wrapper.octetString());
      wrapper.finish();
      return [{ kind: 'certificate', der }];
    }
    case oids.safeContentsBag:
      if (depth >= deepest) value.refuse('bags lie too deep in bags');
      return readSafeContents(value.any(), password, depth + 1);
    default:
      return [];
  }
}

/** What of forge its type definitions leave out: password-based encryption. */
interface PasswordBasedEncryption {
  generatePkcs12Key(
    password: string | null,
    salt: forge.util.ByteStringBuffer,
    id: number,
    iterations: number,
    size: number,
    hash: forge.md.MessageDigest,
  ): forge.util.ByteStringBuffer;
  getCipher(oid: string, parameters: forge.asn1.Asn1, password: string | null): forge.cipher.BlockCipher;
}
const { pbe } = forge.pki as unknown as { readonly pbe: PasswordBasedEncryption };

/** Decrypts what is encrypted under a password: UTF-8 under PBES2, UTF-16 in the old scheme of PKCS#12. */
function decrypt(
  { oid, parameters }: AlgorithmIdentifier,
  encrypted: Uint8Array,
  password: Password,
): Uint8Array {
  const cipher = cipherOf(
    oid,
    parameters ?? new Uint8Array(),
    oid === oids.pbes2 ? password.octets : password.text,
  );
  cipher.update(toBuffer(encrypted));
  if (!cipher.finish()) throw new Pkcs12Error('password');
  const decrypted = Uint8Array.from(Buffer.from(cipher.output.getBytes(), 'latin1'));
  // Some wrong passwords leave a padding that looks right; keys and contents are SEQUENCEs.
  if (decrypted[0] !== tag.sequence) throw new Pkcs12Error('password');
  return decrypted;
}

function cipherOf(oid: string, parameters: Uint8Array, password: string | null): forge.cipher.BlockCipher {
  try {
    return pbe.getCipher(oid, forge.asn1.fromDer(toBuffer(parameters)), password);
  } catch (cause) {
    throw new Pkcs12Error('unknown-encryption', { cause });
  }
}

function toBuffer(octets: Uint8Array): forge.util.ByteStringBuffer {
  return forge.util.createBuffer(Buffer.from(octets).toString('latin1'));
}

/** Decrypts an EncryptedPrivateKeyInfo (RFC 5958) to PrivateKeyInfo. Throws as `openPkcs12` does. */
export function decryptPrivateKey(der: Uint8Array, password: Uint8Array): Uint8Array {
  const fields = Reader.ber(der).sequence();
  const algorithm = readAlgorithmIdentifier(fields);
  return decrypt(algorithm, fields.octetString(), formsOf(password)[0]);
}
