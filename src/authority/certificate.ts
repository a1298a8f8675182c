import type { Extension } from '../certificate/extension.ts';
import { crypto } from '../webcrypto/crypto.ts';
import { Name, X509CertificateGenerator, Extension as X509Extension } from '../webcrypto/x509.ts';
import type { KeyPair } from './key.ts';

/** Everything that stands in a certificate. */
export interface CertificatePlan {
  /** Magnitude, big-endian, not empty. */
  readonly serialNumber: Uint8Array;
  /** DER Name. */
  readonly issuer: Uint8Array;
  /** DER Name. */
  readonly subject: Uint8Array;
  /** ms since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SubjectPublicKeyInfo, taken over octet by octet. */
  readonly publicKey: Uint8Array;
  readonly extensions: readonly Extension[];
}

/** Makes and signs a certificate of version 3; checks nothing, so that false ones can be made for tests. */
export async function makeCertificate(plan: CertificatePlan, signer: KeyPair): Promise<Uint8Array> {
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: Buffer.from(plan.serialNumber).toString('hex'),
      issuer: new Name(plan.issuer),
      subject: new Name(plan.subject),
      notBefore: new Date(plan.notBefore),
      notAfter: new Date(plan.notAfter),
      publicKey: plan.publicKey,
      signingAlgorithm: signer.signing,
      signingKey: signer.keys.privateKey,
      extensions: plan.extensions.map(
        ({ oid, isCritical, value }) => new X509Extension(oid, isCritical, value),
      ),
    },
    crypto,
  );
  return new Uint8Array(certificate.rawData);
}
