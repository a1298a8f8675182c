import type { ModuleChoice } from '../../src/agent/key/search.ts';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { attributesOf } from '../../src/authority/subscriber.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { thumbprintOf } from '../../src/certificate/thumbprint.ts';
import { type KeyAlgorithm, planKeyPair } from '../../src/token/key-pair.ts';
import { makeRequest, usageExtensions } from '../../src/token/request.ts';
import type { Access } from '../../src/token/session.ts';
import type { TokenModule } from '../../src/token/token-module.ts';
import { testToken, userPin } from '../token/softhsm.ts';
import { gostToken } from '../token/test-token.ts';

/** A token that holds a key with a certificate of the test authority. */
export interface CertifiedToken {
  readonly choice: ModuleChoice;
  readonly module: TokenModule;
  readonly access: Access;
  readonly store: string;
  readonly thumbprint: string;
  readonly certificate: Uint8Array;
  readonly authority: Authority;
  readonly pin: string;
  /** Writes another certificate for the same key. */
  issueAnother(term: { readonly notBefore: number; readonly notAfter: number }): Promise<string>;
  remove(): Promise<void>;
}

/**
 * Makes a token in SoftHSM, or in the module for testers where the algorithm is a GOST one, with a certificate of the
 * authority that is given, or of one of its own.
 */
export async function certifiedToken(
  algorithm: KeyAlgorithm,
  label = 'Директор',
  by?: Authority,
): Promise<CertifiedToken> {
  const isGost = algorithm.startsWith('gost');
  const token = isGost ? await gostToken(label) : await testToken(label);
  const { module, access, store } = token;
  const authority = by ?? (await createAuthority({ algorithm: isGost ? 'gost2012-256' : 'ecdsa-p256' }));
  const subscriber = sampleSubscriber('legal-entity');
  await module.generate(access, planKeyPair(algorithm, 'director'));
  const signer = await module.signer({ ...access, key: { withoutCertificate: true } });
  const extensions = usageExtensions(['digitalSignature', 'nonRepudiation']);
  const request = await makeRequest({ subject: attributesOf(subscriber), extensions }, signer);
  await signer.close();
  const { certificate } = await authority.issue({ request, subscriber });
  await module.importCertificate(access, certificate);
  // The agent starts drivers of its own.
  module.close();
  return {
    choice: { name: module.library.path, environment: token.environment },
    module,
    access,
    store,
    thumbprint: thumbprintOf(parseCertificate(certificate)),
    certificate,
    authority,
    pin: userPin,
    issueAnother: async (term) => {
      const { publicKey } = parseCertificate(certificate);
      const issued = await authority.issue({ publicKey: publicKey.der, subscriber, ...term });
      await module.importCertificate(access, issued.certificate);
      module.close();
      return thumbprintOf(parseCertificate(issued.certificate));
    },
    remove: async () => {
      if (by === undefined) await authority.close();
      await token.remove();
    },
  };
}
