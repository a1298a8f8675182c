import { extensionOids } from '../certificate/writer/extension.ts';
import { gostParameterSetByOid } from '../webcrypto/gost-algorithm.ts';
import { keyAlgorithmOf, planKeyPair } from './key-pair.ts';
import type { TokenCertificate } from './pairing.ts';
import { readPublicKey } from './public-key.ts';
import { makeRequest } from './request.ts';
import type { Token } from './selection.ts';
import type { Access } from './session.ts';
import { nameOfAlgorithm } from './shown-key.ts';
import type { TokenModule } from './token-module.ts';

/** A request for the certificate that is to follow a present one. */
export interface Renewal {
  /** PKCS #10, DER. */
  readonly request: Uint8Array;
  /** The new key. */
  readonly key: { readonly label: string; readonly algorithm: string };
  /** Whether the present certificate is within its term, so that its signature under the request still counts. */
  readonly isInTerm: boolean;
}

/** What an authority is asked for again as the present certificate has it. */
const renewedExtensions: readonly string[] = [
  extensionOids.keyUsage,
  extensionOids.extendedKeyUsage,
  extensionOids.certificatePolicies,
  extensionOids.subjectSignTool,
];

/**
 * Generates a new key of the kind of the present one on the same token, and a request with the very subject of the
 * present certificate; `access.pin` is asked for each login. The present key stays until it is removed. `now` is in ms
 * since the epoch. Throws the failures of token and PIN.
 */
export async function renew(
  module: TokenModule,
  token: Token,
  present: TokenCertificate,
  access: Omit<Access, 'token'>,
  now: number,
  newLabel?: string,
): Promise<Renewal> {
  const { certificate } = present;
  const publicKey = readPublicKey(certificate.publicKey);
  const parameterSet = publicKey.type === 'gost' ? gostParameterSetByOid(publicKey.parameterSet) : undefined;
  const label = newLabel ?? `${present.label === '' ? 'key' : present.label} ${isoDate(now)}`;
  const there = { ...access, token: { label: token.label, serial: token.serial } };
  const plan = planKeyPair(keyAlgorithmOf(publicKey, token.label), label, parameterSet);
  const { id } = await module.generate(there, plan);
  const signer = await module.signer({ ...there, key: { id, label, withoutCertificate: true } });
  try {
    const extensions = [...certificate.fields.extensions.values()].filter(({ oid }) =>
      renewedExtensions.includes(oid),
    );
    return {
      request: await makeRequest({ subject: certificate.subject.der, extensions }, signer),
      key: { label: signer.label, algorithm: nameOfAlgorithm(readPublicKey(signer.publicKey)) },
      isInTerm: certificate.notBefore <= now && now <= certificate.notAfter,
    };
  } finally {
    await signer.close();
  }
}

function isoDate(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
