import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { context } from '../../src/asn1/tag.ts';
import { encode, encodeOid, encodeSequence } from '../../src/asn1/writer.ts';
import { Budget } from '../../src/budget/budget.ts';
import type { Certificate } from '../../src/certificate/certificate.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { usualFetch } from '../../src/fetch/fetcher.ts';
import { type SearchInput, searchPaths } from '../../src/issuer/search.ts';
import { IssuerStore } from '../../src/issuer/store.ts';
import { profiles } from '../../src/path/profile.ts';
import { Checks } from '../../src/report/check.ts';
import { Host } from '../revocation/host.ts';
import { day, makeCertificate, makeExtension, makeSigner, type Signer } from '../revocation/maker.ts';

let host: Host;
let issuers: IssuerStore;
beforeEach(async () => {
  host = await Host.start();
  issuers = new IssuerStore([`127.0.0.1:${host.port}`], { ...usualFetch, allowedNetworks: ['127.0.0.1'] });
});
afterEach(async () => {
  await issuers.close();
  await host.stop();
});

const at = Date.now();
const term = { notBefore: at - day, notAfter: at + day };
const root = makeSigner('Root');
const rootCertificate = makeCertificate({
  subject: root,
  issuer: root,
  serial: 1,
  isAuthority: true,
  ...term,
});

/** AuthorityInfoAccess that names where the issuer's certificate is. */
function issuerAt(...urls: readonly string[]): Uint8Array {
  const descriptions = urls.map((url) =>
    encodeSequence(encodeOid('1.3.6.1.5.5.7.48.2'), encode(context(6), Buffer.from(url))),
  );
  return makeExtension('1.3.6.1.5.5.7.1.1', encodeSequence(...descriptions));
}

let serial = 10;
function issue(subject: Signer, issuer: Signer, urls: readonly string[], isAuthority = true): Certificate {
  serial += 1;
  const extensions = urls.length === 0 ? [] : [issuerAt(...urls)];
  return makeCertificate({ subject, issuer, serial, isAuthority, extensions, ...term });
}

async function search(target: Certificate, changes: Partial<SearchInput> = {}) {
  const report = new Checks();
  const paths = searchPaths({
    target,
    pool: [],
    anchors: [anchorOf(rootCertificate)],
    at,
    profile: profiles.rfc5280,
    budget: new Budget(),
    issuers,
    report,
    ...changes,
  });
  const found: number[] = [];
  let step = await paths.next();
  for (; !step.done; step = await paths.next()) found.push(step.value.certificates.length);
  const fetched = report.list.filter(({ name }) => name === 'path.fetched');
  return { found, failure: step.value.code, fetched, report };
}

describe('a search for paths', () => {
  it('goes on with issuers that certificates name, one after the other, and the report says what came', async () => {
    const [upper, lower, person] = [makeSigner('Upper'), makeSigner('Lower'), makeSigner('Person')];
    const upperCertificate = issue(upper, root, []);
    const lowerCertificate = issue(lower, upper, [host.url('/upper.cer')]);
    host.serve('/upper.cer', () => upperCertificate.der);
    host.serve('/lower.cer', () => lowerCertificate.der);
    const { found, fetched } = await search(issue(person, lower, [host.url('/lower.cer')], false));
    expect(found).toEqual([3]);
    expect(fetched).toMatchObject([
      {
        outcome: 'passed',
        details: { url: host.url('/lower.cer'), certificates: [lowerCertificate.sha256] },
      },
      {
        outcome: 'passed',
        details: { url: host.url('/upper.cer'), certificates: [upperCertificate.sha256] },
      },
    ]);
    expect(host.asked).toEqual(['/lower.cer', '/upper.cer']);
  });

  it('asks nobody where everything is at hand', async () => {
    const authority = makeSigner('Authority');
    const pool = [issue(authority, root, [host.url('/root.cer')])];
    const person = issue(makeSigner('Person'), authority, [host.url('/a.cer')], false);
    const paths = searchPaths({
      target: person,
      pool,
      anchors: [anchorOf(rootCertificate)],
      at,
      profile: profiles.rfc5280,
      budget: new Budget(),
      issuers,
    });
    expect((await paths.next()).done).toBe(false);
    expect(host.asked).toEqual([]);
  });

  it('yields no path twice, and numbers those of the report on', async () => {
    const [authority, other] = [makeSigner('Authority'), makeSigner('Other')];
    const crossed = issue(authority, other, [host.url('/other.cer')]);
    host.serve('/other.cer', () => issue(other, root, []).der);
    const person = issue(makeSigner('Person'), authority, [], false);
    const { found, report } = await search(person, { pool: [issue(authority, root, []), crossed] });
    expect(found).toEqual([2, 3]);
    const tried = report.list.filter(({ name }) => name === 'path.tried').map(({ details }) => details?.path);
    expect(tried).toEqual(tried.map((_, index) => index + 1));
  });

  it('ends with chain_incomplete where the host is not allowed, and asks nobody', async () => {
    const authority = makeSigner('Authority');
    const url = `http://localhost:${host.port}/a.cer`;
    const { found, failure, fetched } = await search(issue(makeSigner('Person'), authority, [url], false));
    expect([found, failure, fetched, host.asked]).toEqual([[], 'chain_incomplete', [], []]);
  });

  it('ends with chain_incomplete where nothing came, and the report says why', async () => {
    const person = issue(makeSigner('Person'), makeSigner('Authority'), [host.url('/none.cer')], false);
    const { failure, fetched } = await search(person);
    expect(failure).toBe('chain_incomplete');
    expect(fetched).toMatchObject([{ outcome: 'failed', details: { problem: 'http-status', status: 404 } }]);
  });

  it('is not led astray by an issuer of the right name and another key', async () => {
    const authority = makeSigner('Authority');
    host.serve('/a.cer', () => issue(makeSigner('Authority'), root, []).der);
    const { found, failure } = await search(
      issue(makeSigner('Person'), authority, [host.url('/a.cer')], false),
    );
    expect([found, failure]).toEqual([[], 'chain_invalid']);
  });

  it('asks four places at most, whatever certificates name', async () => {
    const urls = Array.from({ length: 20 }, (_, index) => host.url(`/${index}.cer`));
    await search(issue(makeSigner('Person'), makeSigner('Authority'), urls, false));
    expect(host.asked).toEqual(['/0.cer', '/1.cer', '/2.cer', '/3.cer']);
  });

  it('stays within its budget however often it goes on', async () => {
    const authority = makeSigner('Authority');
    host.serve('/a.cer', () => issue(authority, root, []).der);
    const budget = new Budget({ certificates: 0 });
    const { failure } = await search(issue(makeSigner('Person'), authority, [host.url('/a.cer')], false), {
      budget,
    });
    expect(failure).toBe('path_budget_exhausted');
  });

  it('passes over a certificate whose addresses cannot be read', async () => {
    const person = makeCertificate({
      subject: makeSigner('Person'),
      issuer: makeSigner('Authority'),
      serial: 5,
      extensions: [makeExtension('1.3.6.1.5.5.7.1.1', Uint8Array.of(0x30, 0x05))],
      ...term,
    });
    const { found, fetched } = await search(person);
    expect([found, fetched]).toEqual([[], []]);
  });
});
