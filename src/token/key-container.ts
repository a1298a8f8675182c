import { createPrivateKey } from 'node:crypto';
import { Reader } from '../asn1/reader.ts';
import { tag } from '../asn1/tag.ts';
import { type Encoding, encodingsOfBlock, readEncodings } from '../encoding/encoding.ts';
import { blocksIn, type TextBlock, textOf } from '../encoding/textual.ts';
import { SealgateError } from '../error.ts';
import { decryptPrivateKey, openPkcs12, Pkcs12Error } from './pkcs12.ts';

/** What a key file holds: PrivateKeyInfo of PKCS#8 in DER, and the certificates beside it in DER. */
export interface KeyContainer {
  readonly pkcs8: Uint8Array;
  readonly certificates: readonly Uint8Array[];
}

/** Larger files are no key files. */
const largestFile = 1024 * 1024;

/**
 * Reads PKCS#8, PKCS#1 and SEC 1 keys (PEM, or PKCS#8 in DER), encrypted PKCS#8, and PKCS#12, the latter in base64 as
 * well. Certificates may stand in the same PEM file. `path` is for messages only. A password is UTF-8.
 * Throws `key_file_invalid` and, for a wrong or missing password, `key_file_password_incorrect`.
 */
export function readKeyContainer(
  octets: Uint8Array,
  password: Uint8Array | undefined,
  path: string,
): KeyContainer {
  if (octets.length > largestFile) throw invalid(path, 'it is too large');
  const text = textOf(octets);
  const blocks = text === undefined ? [] : blocksIn(text);
  try {
    if (blocks.length > 0) return readPem(blocks, password, path);
    const [encoding] = readEncodings(octets);
    expectKey(encoding, path);
    return readDer(encoding?.octets ?? octets, password, path);
  } catch (error) {
    if (error instanceof SealgateError) throw error;
    throw invalid(path, 'its encoding is broken or unknown', error);
  }
}

function invalid(path: string, problem: string, cause?: unknown): SealgateError {
  return new SealgateError('key_file_invalid', { path, problem }, { cause });
}

const keyKinds: ReadonlySet<unknown> = new Set([
  'private-key',
  'encrypted-private-key',
  'key-container',
  'unknown-encoding',
]);

/** Whatever is known to be something else is named. */
function expectKey(encoding: Encoding | undefined, path: string): void {
  const found = encoding?.kind ?? 'nothing';
  if (keyKinds.has(found)) return;
  throw new SealgateError('key_file_invalid', { path, problem: 'there is no private key in it', found });
}

function passwordIncorrect(path: string, cause?: unknown): SealgateError {
  return new SealgateError('key_file_password_incorrect', { path }, { cause });
}

function readPem(blocks: readonly TextBlock[], password: Uint8Array | undefined, path: string): KeyContainer {
  const encodings = blocks.flatMap(encodingsOfBlock);
  const certificates = encodings
    .filter(({ kind }) => kind === 'certificate-file')
    .map(({ octets }) => octets);
  const key = blocks.find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (key === undefined) {
    expectKey(encodings[0], path);
    throw invalid(path, 'there is no private key in it');
  }
  const { label, whole, octets } = key;
  if (label === 'PRIVATE KEY' && octets !== undefined) return { pkcs8: octets, certificates };
  if (label === 'ENCRYPTED PRIVATE KEY' && octets !== undefined)
    return { pkcs8: decrypt(octets, password, path), certificates };
  return { pkcs8: convert(whole, password, path), certificates };
}

/** PKCS#1 and SEC 1, also in OpenSSL's old encrypted form, to PKCS#8. */
function convert(pem: string, password: Uint8Array | undefined, path: string): Uint8Array {
  const isEncrypted = pem.includes('ENCRYPTED');
  if (isEncrypted && password === undefined) throw passwordIncorrect(path);
  try {
    const key = createPrivateKey({ key: pem, ...(password && { passphrase: Buffer.from(password) }) });
    return key.export({ type: 'pkcs8', format: 'der' });
  } catch (error) {
    throw isEncrypted ? passwordIncorrect(path, error) : error;
  }
}

function readDer(octets: Uint8Array, password: Uint8Array | undefined, path: string): KeyContainer {
  const fields = Reader.ber(octets).sequence();
  if (fields.peek() === tag.sequence) return { pkcs8: decrypt(octets, password, path), certificates: [] };
  fields.integer();
  const next = fields.sequence();
  next.oid();
  // PrivateKeyInfo goes on with an OCTET STRING; a PKCS#12 container has its content in the sequence just opened.
  return fields.peek() === tag.octetString
    ? { pkcs8: octets, certificates: [] }
    : readPkcs12(octets, password, path);
}

function decrypt(der: Uint8Array, password: Uint8Array | undefined, path: string): Uint8Array {
  if (password === undefined) throw passwordIncorrect(path);
  try {
    // node:crypto knows more ways to encrypt, but reads no GOST keys.
    return createPrivateKey({
      key: Buffer.from(der),
      format: 'der',
      type: 'pkcs8',
      passphrase: Buffer.from(password),
    }).export({ type: 'pkcs8', format: 'der' });
  } catch (error) {
    if (isBadDecrypt(error)) throw passwordIncorrect(path, error);
    return decryptWithForge(der, password, path, error);
  }
}

/** Whether OpenSSL knew the way of encryption, and the password did not fit. */
function isBadDecrypt(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).endsWith('BAD_DECRYPT');
}

function decryptWithForge(der: Uint8Array, password: Uint8Array, path: string, cause: unknown): Uint8Array {
  try {
    return decryptPrivateKey(der, password);
  } catch (error) {
    throw faultOf(error, path) ?? passwordIncorrect(path, cause);
  }
}

function readPkcs12(octets: Uint8Array, password: Uint8Array | undefined, path: string): KeyContainer {
  try {
    return openPkcs12(octets, password);
  } catch (error) {
    throw faultOf(error, path) ?? error;
  }
}

/** What a container that does not open is told as; undefined for other errors. */
function faultOf(error: unknown, path: string): SealgateError | undefined {
  if (!(error instanceof Pkcs12Error)) return undefined;
  switch (error.fault) {
    case 'password':
      return passwordIncorrect(path, error);
    case 'no-key':
      return invalid(path, 'there is no private key in it', error);
    case 'unknown-encryption':
      return invalid(path, 'it is encrypted in a way that is not known', error);
  }
}
