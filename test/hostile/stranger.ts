import { generateKeyPairSync } from 'node:crypto';
import {
  authority as authorityExtensions,
  commonName,
  issue,
  issueDer,
  type Keys,
  usage,
} from '../path/certificates.ts';
import type { HonestSigner } from './service.ts';

/** A key pair that nobody has certified. */
export function strangersKey(namedCurve: string): Keys {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  return { privateKey, spki: publicKey.export({ format: 'der', type: 'spki' }) };
}

/** The issuer that a stranger's certificate names, and who is not there. */
export const strangersIssuer = commonName('Nobody in particular');

/** A certificate that nobody vouches for, with its key. */
export function stranger(): HonestSigner {
  const keys = strangersKey('P-256');
  const signer = strangersKey('P-256');
  const order = { subject: commonName('Stranger'), issuer: strangersIssuer, keys, signer };
  return { certificate: issue({ ...order, extensions: [usage(0xc0)] }), key: keys.privateKey };
}

/** Certificates of one name, by default of that issuer's, whose keys signed nothing and are the dearest to verify with. */
export function namesakes(count: number, name: Uint8Array = strangersIssuer): Uint8Array[] {
  const signer = strangersKey('P-256');
  return Array.from({ length: count }, () =>
    issueDer({
      ...{ subject: name, issuer: name, keys: strangersKey('P-521'), signer },
      extensions: authorityExtensions(),
    }),
  );
}
