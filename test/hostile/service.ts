import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { exportPrivateKey, generateKeyPair } from '../../src/authority/key.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { usualFetch } from '../../src/fetch/fetcher.ts';
import { loginVerifier } from '../../src/login/verify.ts';
import { LinkCache } from '../../src/path/cache.ts';
import { createSources, usualSources } from '../../src/revocation/sources.ts';
import { noPins } from '../../src/trust-list/pin.ts';
import { trustViewOf } from '../../src/trust-list/view.ts';
import { type Portal, startTestService, type TestService } from '../service/portal.ts';
import { networks } from '../service/whole.ts';

const day = 86_400_000;

/** A certificate of the authority that the service trusts, with its key. */
export interface HonestSigner {
  readonly certificate: Certificate;
  readonly key: KeyObject;
}

/** A service in this process, the authority that it trusts, and a portal that asks it. */
export interface AttackedService {
  readonly authority: Authority;
  readonly service: TestService;
  readonly portal: Portal;
  /** The certificate under which people's are issued. */
  readonly issuer: Certificate;
  signer(): Promise<HonestSigner>;
  dispose(): Promise<void>;
}

/** Starts it; keys are of P-256, lists are served by the authority. */
export async function startAttacked(): Promise<AttackedService> {
  const authority = await createAuthority({ algorithm: 'ecdsa-p256', serve: {}, at: Date.now() - 400 * day });
  const issuer = parseCertificate(authority.accredited.certificate);
  const purposes = new Set(['sign-in', 'documents'] as const);
  const { notBefore: validFrom, notAfter: validUntil } = issuer;
  const trust = trustViewOf(undefined, noPins, {
    anchors: [parseCertificate(authority.root.certificate)],
    authorities: [{ certificate: issuer, purposes, validFrom, validUntil }],
  });
  const allowedNetworks = [networks.SEALGATE_REVOCATION_NETWORKS];
  const sources = createSources({ ...usualSources, fetch: { ...usualFetch, allowedNetworks } });
  const context = { trust: () => trust, sources, links: new LinkCache() };
  const service = await startTestService({
    openVerifier: async () => ({
      verifyLogin: loginVerifier(context),
      validation: context,
      close: () => sources.fetcher.close(),
    }),
  });
  return {
    authority,
    service,
    issuer,
    portal: await service.portal(),
    signer: () => issueSigner(authority),
    async dispose() {
      await service.dispose();
      await authority.close();
    },
  };
}

/** A certificate for an organisation's signer, of any authority. */
export async function issueSigner(authority: Authority): Promise<HonestSigner> {
  const pair = await generateKeyPair('ecdsa-p256');
  const { certificate } = await authority.issue({
    key: pair,
    subscriber: sampleSubscriber('legal-entity'),
    notBefore: Date.now() - day,
  });
  return {
    certificate: parseCertificate(certificate),
    key: createPrivateKey({ key: Buffer.from(await exportPrivateKey(pair)), format: 'der', type: 'pkcs8' }),
  };
}
