import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate, Issuer } from '../../src/authority/issuer.ts';
import type { DocumentReport } from '../../src/document/report.ts';
import type { CertificateVerdict } from '../../src/validation/certificate.ts';
import type { Qualification } from '../../src/validation/service.ts';
import type { Portal, TestService } from '../service/portal.ts';
import { startWhole } from '../service/whole.ts';

const day = 86_400_000;
const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');
const document = Buffer.from('Contract No. 1');

type Answer = CertificateVerdict & { readonly qualification?: Qualification };

let authority: Authority;
let branch: Issuer;
let signer: IssuedCertificate;
let revoked: IssuedCertificate;
const services: TestService[] = [];
const portals = new Map<string, Portal>();
beforeAll(async () => {
  authority = await createAuthority({ serve: {}, at: Date.now() - 400 * day });
  branch = await authority.createSubordinate({
    slug: 'branch',
    parent: authority.root,
    notBefore: Date.now() - 100 * day,
  });
  const subscriber = sampleSubscriber('legal-entity');
  signer = { ...(await branch.issue({ subscriber, notBefore: Date.now() - 30 * day })), chain: [] };
  revoked = await branch.issue({ subscriber, notBefore: Date.now() - 30 * day });
  branch.revoke(revoked.certificate, 'keyCompromise');
  for (const hosts of [new URL(authority.url).host, 'ca.example', '']) {
    const environment = hosts === '' ? {} : { SEALGATE_ISSUER_HOSTS: hosts };
    const service = await startWhole({ authority, environment });
    services.push(service);
    portals.set(hosts, await service.portal());
  }
});
afterAll(async () => {
  for (const service of services) await service.dispose();
  await authority.close();
});

const allowing = () => portals.get(new URL(authority.url).host)!;

async function certificateAt(portal: Portal, certificate = signer.certificate): Promise<Answer> {
  const question = { certificate: base64(certificate) };
  return (await portal.post<Answer>('/v1/certificates/validate', question)).body;
}

async function signatureAt(portal: Portal): Promise<DocumentReport> {
  const message = base64(await signDetached(document, signer, Date.now()));
  const question = { message, content: base64(document) };
  return (await portal.post<DocumentReport>('/v1/signatures/validate', question)).body;
}

describe('a certificate whose issuer nobody has at hand', () => {
  it('passes where the operator allows the issuer’s host, and the verdict says what was fetched', async () => {
    const verdict = await certificateAt(allowing());
    expect(verdict, JSON.stringify(verdict.checks)).toMatchObject({
      indication: 'TOTAL-PASSED',
      revocation: 'good',
    });
    expect(verdict.path).toHaveLength(2);
    expect(verdict.checks.filter(({ name }) => name === 'path.fetched')).toMatchObject([
      { outcome: 'passed', details: { url: branch.certificateUrl } },
    ]);
  });

  it('is judged for qualification by what was fetched: the chain is there, and no list names its issuer', async () => {
    const { qualification } = await certificateAt(allowing());
    expect(qualification).toMatchObject({ qualified: false, code: 'trust_list_unavailable' });
  });

  it('is undecided with chain_incomplete where the operator allows another host or none', async () => {
    for (const hosts of ['ca.example', '']) {
      const verdict = await certificateAt(portals.get(hosts)!);
      expect([verdict.indication, verdict.failure?.code], hosts).toEqual([
        'INDETERMINATE',
        'chain_incomplete',
      ]);
      expect(JSON.stringify(verdict)).not.toContain('path.fetched');
    }
  });

  it('fails with certificate_revoked where its fetched issuer has revoked it', async () => {
    const { failure } = await certificateAt(allowing(), revoked.certificate);
    expect(failure?.code).toBe('certificate_revoked');
  });
});

describe('a signed document without the certificate of its signer’s issuer', () => {
  it('passes where the operator allows the issuer’s host', async () => {
    const verdict = await signatureAt(allowing());
    expect(verdict.indication).toBe('TOTAL-PASSED');
    expect(verdict.signatures[0]?.checks.map(({ name }) => name)).toContain('path.fetched');
  });

  it('is undecided with chain_incomplete where the operator allows another host or none', async () => {
    for (const hosts of ['ca.example', '']) {
      const { indication, failure } = await signatureAt(portals.get(hosts)!);
      expect([indication, failure?.code], hosts).toEqual(['INDETERMINATE', 'chain_incomplete']);
    }
  });
});
