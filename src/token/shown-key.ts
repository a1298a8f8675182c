import { gostParameterSetByOid } from '../webcrypto/gost-algorithm.ts';
import type { TokenCertificate, TokenContents, TokenKey } from './pairing.ts';
import type { TokenPublicKey } from './public-key.ts';
import type { Token } from './selection.ts';

/** Name of a key's algorithm for people: `RSA 2048`, `EC P-256`, `GOST R 34.10-2012 256, CryptoPro-XchA`. */
export function nameOfAlgorithm(key: TokenPublicKey): string {
  switch (key.type) {
    case 'rsa':
      return `RSA ${key.bits}`;
    case 'ec':
      return `EC ${key.curve}`;
    case 'ed25519':
      return 'Ed25519';
    case 'gost':
      return `GOST R 34.10-2012 ${key.bits}, ${gostParameterSetByOid(key.parameterSet) ?? key.parameterSet}`;
  }
}

/** A certificate in the JSON output of the token commands. */
export interface ShownCertificate {
  readonly label: string;
  readonly id: string;
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** SHA-256 in hexadecimal. */
  readonly fingerprint: string;
}

/** A key in the JSON output of the token commands. */
export interface ShownKey {
  readonly id: string;
  readonly label: string;
  readonly algorithm: string | null;
  /** `unknown` where the private key shows only after a login. */
  readonly privateKey: 'present' | 'unknown';
  readonly certificates: readonly ShownCertificate[];
}

/** A token in the JSON output of the token commands. */
export interface ShownToken {
  readonly label: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly slot: string;
  readonly state: 'ready' | 'uninitialized' | 'write-protected';
  readonly pin: Token['pin'];
  readonly administratorPin: Token['officerPin'];
  readonly mustChangePin: boolean;
  readonly hasPinPad: boolean;
  readonly keys: readonly ShownKey[];
  readonly otherCertificates: readonly ShownCertificate[];
  /** Why keys and certificates could not be read. */
  readonly error?: ShownError;
}

/** A failure in the JSON output of the token commands. */
export interface ShownError {
  readonly code: string;
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
}

export function showCertificate({ label, id, certificate }: TokenCertificate): ShownCertificate {
  return {
    label,
    id,
    subject: certificate.subject.toString(),
    issuer: certificate.issuer.toString(),
    serialNumber: certificate.serialNumberHex,
    notBefore: new Date(certificate.notBefore).toISOString(),
    notAfter: new Date(certificate.notAfter).toISOString(),
    fingerprint: certificate.sha256,
  };
}

export function showKey(key: TokenKey): ShownKey {
  return {
    id: key.id,
    label: key.label,
    algorithm: key.publicKey === undefined ? null : nameOfAlgorithm(key.publicKey),
    privateKey: key.privateKeys.length === 0 ? 'unknown' : 'present',
    certificates: key.certificates.map(showCertificate),
  };
}

export function showToken(token: Token, contents?: TokenContents): ShownToken {
  return {
    label: token.label,
    serial: token.serial,
    manufacturer: token.manufacturer,
    model: token.model,
    slot: token.slotDescription,
    state: !token.isInitialized ? 'uninitialized' : token.isWriteProtected ? 'write-protected' : 'ready',
    pin: token.pin,
    administratorPin: token.officerPin,
    mustChangePin: token.mustChangePin,
    hasPinPad: token.hasPinPad,
    keys: contents?.keys.map(showKey) ?? [],
    otherCertificates: contents?.loose.map(showCertificate) ?? [],
  };
}
