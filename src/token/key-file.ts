import {
  constants,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signWithNode,
} from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { digest } from '../algorithm/digest.ts';
import { keyOids } from '../algorithm/oids.ts';
import { Reader } from '../asn1/reader.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { SealgateError } from '../error.ts';
import { gostCurveByOid } from '../gost/curve.ts';
import { gost } from '../gost/engine.ts';
import { gostParameterSets } from '../webcrypto/gost-algorithm.ts';
import { decodePrivateKey } from '../webcrypto/gost-key.ts';
import { readKeyContainer } from './key-container.ts';
import { encodePublicKey, isSameKey, readPublicKey, schemesOf, type TokenPublicKey } from './public-key.ts';
import { partsOf } from './scheme.ts';
import type { SignatureScheme, Signer } from './signer.ts';
import { checkOwnSignature } from './verify.ts';

/** How to open a key file. */
export interface KeyFileOptions {
  /** UTF-8 octets; wiped after use. */
  readonly password?: Uint8Array | undefined;
  /** Certificates to use beside those in the file, DER. */
  readonly certificates?: readonly Uint8Array[] | undefined;
}

/** A private key in memory that signs; `forget` drops it. */
interface PrivateKey {
  readonly publicKey: TokenPublicKey;
  readonly spki: Uint8Array;
  sign(data: Uint8Array, scheme: SignatureScheme): Uint8Array;
  forget(): void;
}

/**
 * Opens a key file as a Signer: PKCS#8 (PEM or DER, encrypted or not), PKCS#1 and SEC 1 in PEM, PKCS#12; RSA, EC P-256,
 * P-384, P-521, Ed25519, GOST R 34.10-2012. The certificate is the one that has the key. A key in a file can be copied
 * unseen: it is for tests, for service keys on a guarded machine, and for migration.
 * Throws `key_file_invalid`, `key_file_password_incorrect`, `algorithm_forbidden`.
 */
export async function openKeyFile(path: string, options: KeyFileOptions = {}): Promise<Signer> {
  const octets = await readFile(path).catch((cause: unknown) => {
    throw new SealgateError('key_file_invalid', { path, problem: 'it cannot be opened' }, { cause });
  });
  try {
    const container = readKeyContainer(octets, options.password, path);
    const all = [...container.certificates, ...(options.certificates ?? [])].map(parseCertificate);
    return new KeyFileSigner(readPrivateKey(container.pkcs8, path), all);
  } finally {
    octets.fill(0);
    options.password?.fill(0);
  }
}

class KeyFileSigner implements Signer {
  readonly publicKey: Uint8Array;
  readonly certificate?: Uint8Array;
  readonly chain: readonly Uint8Array[];
  readonly schemes: readonly SignatureScheme[];
  private key: PrivateKey | undefined;

  constructor(key: PrivateKey, certificates: readonly Certificate[]) {
    const own = certificates.find((certificate) => hasKey(certificate, key.publicKey));
    this.key = key;
    this.publicKey = own?.publicKey.der ?? key.spki;
    this.schemes = schemesOf(key.publicKey);
    this.chain = certificates.filter((certificate) => certificate !== own).map(({ der }) => der);
    if (own !== undefined) this.certificate = own.der;
  }

  async sign(data: Uint8Array, scheme: SignatureScheme): Promise<Uint8Array> {
    if (this.key === undefined) throw new Error('the signer is closed');
    if (!this.schemes.includes(scheme))
      throw new SealgateError('mechanism_unsupported', { mechanism: scheme });
    const signature = this.key.sign(data, scheme);
    checkOwnSignature(this.publicKey, scheme, data, signature);
    return signature;
  }

  async close(): Promise<void> {
    this.key?.forget();
    this.key = undefined;
  }
}

function hasKey(certificate: Certificate, key: TokenPublicKey): boolean {
  try {
    return isSameKey(readPublicKey(certificate.publicKey), key);
  } catch {
    // A certificate along the way may have a key of any kind.
    return false;
  }
}

function readPrivateKey(pkcs8: Uint8Array, path: string): PrivateKey {
  try {
    const fields = Reader.der(pkcs8).sequence();
    fields.smallInteger();
    const oid = fields.sequence().oid();
    return oid === keyOids.gost2012With256 || oid === keyOids.gost2012With512
      ? gostKey(pkcs8)
      : nodeKey(pkcs8);
  } catch (cause) {
    if (cause instanceof SealgateError) throw cause;
    throw new SealgateError(
      'key_file_invalid',
      { path, problem: 'it holds no key that can be used' },
      { cause },
    );
  } finally {
    pkcs8.fill(0);
  }
}

function nodeKey(pkcs8: Uint8Array): PrivateKey {
  const key = createPrivateKey({
    key: Buffer.from(pkcs8.buffer, pkcs8.byteOffset, pkcs8.length),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return {
    publicKey: readPublicKey(spki),
    spki,
    sign: (data, scheme) => signWithKey(key, data, scheme),
    forget: () => undefined,
  };
}

function signWithKey(key: KeyObject, data: Uint8Array, scheme: SignatureScheme): Uint8Array {
  const { padding, digest: name } = partsOf(scheme);
  if (padding !== 'pss') return signWithNode(name ?? null, data, key);
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return signWithNode(name ?? null, data, { key, ...pss });
}

function gostKey(pkcs8: Uint8Array): PrivateKey {
  const decoded = decodePrivateKey(pkcs8);
  const { algorithm } = decoded;
  // A copy of its own, because the file's octets are wiped.
  const octets = Uint8Array.from(decoded.octets);
  const { oid, bits } = gostParameterSets[algorithm.namedCurve];
  const curve = gostCurveByOid(oid);
  if (curve === undefined) throw new RangeError(`no curve for ${oid}`);
  const publicKey: TokenPublicKey = {
    type: 'gost',
    bits,
    parameterSet: oid,
    point: gost.publicKey(curve, octets),
  };
  return {
    publicKey,
    spki: encodePublicKey(publicKey),
    sign: (data) => gost.sign(curve, digest(bits === 256 ? 'streebog256' : 'streebog512', data), octets),
    forget: () => octets.fill(0),
  };
}
