import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { CertificateMemory } from '../../src/certificate/memory.ts';
import { usualFetch } from '../../src/fetch/fetcher.ts';
import type { VerifiedLogin } from '../../src/login/verified-login.ts';
import { loginVerifier } from '../../src/login/verify.ts';
import { createSources, type RevocationSources, usualSources } from '../../src/revocation/sources.ts';
import { noPins } from '../../src/trust-list/pin.ts';
import { trustViewOf } from '../../src/trust-list/view.ts';
import { authority as authorityExtensions, issueDer, newKeys } from '../path/certificates.ts';
import { type Portal, startTestService, type TestService } from '../service/portal.ts';
import { signInWith } from '../service/whole.ts';

const day = 86_400_000;
const memory = new CertificateMemory();
const verified: VerifiedLogin[] = [];
let authority: Authority;
let sources: RevocationSources;
let service: TestService;
let portal: Portal;

beforeAll(async () => {
  authority = await createAuthority({ algorithm: 'ecdsa-p256', serve: {}, at: Date.now() - 400 * day });
  const accredited = parseCertificate(authority.accredited.certificate);
  const { notBefore: validFrom, notAfter: validUntil } = accredited;
  const trust = trustViewOf(undefined, noPins, {
    anchors: [parseCertificate(authority.root.certificate)],
    authorities: [
      { certificate: accredited, purposes: new Set(['sign-in'] as const), validFrom, validUntil },
    ],
  });
  sources = createSources({ ...usualSources, fetch: { ...usualFetch, allowedNetworks: ['127.0.0.0/8'] } });
  const verifyLogin = loginVerifier({ trust: () => trust, sources, certificates: memory });
  service = await startTestService({
    openVerifier: async () => ({
      verifyLogin: async (input) => {
        const login = await verifyLogin(input);
        verified.push(login);
        return login;
      },
      close: () => sources.fetcher.close(),
    }),
  });
  portal = await service.portal();
});
afterAll(async () => {
  await service.dispose();
  await authority.close();
});

function issueBy(issuer: Authority): Promise<IssuedCertificate> {
  return issuer.issue({ subscriber: sampleSubscriber('legal-entity'), notBefore: Date.now() - day });
}

describe('the certificates of a login', () => {
  it('are not remembered where they are a stranger’s or revoked, however often they come', async () => {
    const stranger = await createAuthority({ algorithm: 'ecdsa-p256', at: Date.now() - 400 * day });
    const unknown = await issueBy(stranger);
    for (let turn = 0; turn < 3; turn++)
      expect(await signInWith(portal, unknown)).toMatchObject({ body: { code: 'root_untrusted' } });
    const revoked = await issueBy(authority);
    authority.accredited.revoke(revoked.serialNumber);
    expect(await signInWith(portal, revoked)).toMatchObject({ body: { code: 'certificate_revoked' } });
    expect(memory.size).toEqual({ certificates: 0, octets: 0 });
  });

  it('are remembered with their whole path once that is proven, and serve the next login', async () => {
    const signer = await issueBy(authority);
    for (let turn = 0; turn < 2; turn++)
      expect(await signInWith(portal, signer)).toMatchObject({ status: 200 });
    const [first, second] = verified;
    expect(second!.certificate).toBe(first!.certificate);
    expect(memory.size.certificates).toBe(3);
    expect(memory.parse(signer.certificate)).toBe(first!.certificate);
  });
});

it('a login is searched within the budget for logins: a tenth issuer of one name is no longer asked', async () => {
  const stranger = await createAuthority({ algorithm: 'ecdsa-p256', at: Date.now() - 400 * day });
  const signer = await issueBy(stranger);
  const { issuer } = parseCertificate(signer.certificate);
  const withIssuers = (count: number): IssuedCertificate => {
    const chain = Array.from({ length: count }, () => {
      const keys = newKeys();
      const order = { subject: issuer.der, issuer: issuer.der, keys, signer: keys };
      return issueDer({ ...order, extensions: authorityExtensions() });
    });
    return { ...signer, chain };
  };
  expect(await signInWith(portal, withIssuers(3))).toMatchObject({ body: { code: 'chain_invalid' } });
  expect(await signInWith(portal, withIssuers(12))).toMatchObject({
    body: { code: 'path_budget_exhausted' },
  });
});
