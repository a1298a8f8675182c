import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { usualFetch } from '../../src/fetch/fetcher.ts';
import { loginVerifier } from '../../src/login/verify.ts';
import { createSources, usualSources } from '../../src/revocation/sources.ts';
import type { ServiceParts } from '../../src/service/start.ts';
import { noPins } from '../../src/trust-list/pin.ts';
import { trustViewOf } from '../../src/trust-list/view.ts';
import { startTestService, type TestService } from './portal.ts';

const day = 86_400_000;

/** A service that validates documents by an authority of its own, and somebody whom that has certified. */
export interface ValidatingService {
  readonly service: TestService;
  readonly authority: Authority;
  readonly signer: IssuedCertificate;
  close(): Promise<void>;
}

/** Starts an authority that answers, and a service that trusts it and asks it for time-stamps. */
export async function validatingService(
  environment: Record<string, string> = {},
  parts: Partial<ServiceParts> = {},
): Promise<ValidatingService> {
  const authority = await createAuthority({ algorithm: 'ecdsa-p256', serve: {}, at: Date.now() - 400 * day });
  const accredited = parseCertificate(authority.accredited.certificate);
  const trust = trustViewOf(undefined, noPins, {
    anchors: [parseCertificate(authority.root.certificate)],
    authorities: [
      {
        certificate: accredited,
        purposes: new Set(['sign-in', 'documents'] as const),
        validFrom: accredited.notBefore,
        validUntil: accredited.notAfter,
      },
    ],
  });
  const sources = createSources({
    ...usualSources,
    fetch: { ...usualFetch, allowedNetworks: ['127.0.0.0/8'] },
  });
  const timestamps = { urls: [`${authority.url}/tsp`], fetcher: sources.fetcher };
  const context = { trust: () => trust, sources, timestamps };
  const service = await startTestService(
    {
      ...parts,
      openVerifier: async () => ({
        verifyLogin: loginVerifier(context),
        validation: context,
        close: () => sources.fetcher.close(),
      }),
    },
    environment,
  );
  const signer = await authority.issue({
    subscriber: sampleSubscriber('legal-entity'),
    notBefore: Date.now() - day,
  });
  return {
    ...{ service, authority, signer },
    async close() {
      await service.dispose();
      await authority.close();
    },
  };
}
