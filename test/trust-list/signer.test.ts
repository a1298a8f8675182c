import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import type { IssuedCertificate, Issuer } from '../../src/authority/issuer.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { readEnvironment, toConfig } from '../../src/config.ts';
import { isFailure } from '../../src/error.ts';
import { explain } from '../../src/failure/explain.ts';
import { type FetchSettings, usualFetch } from '../../src/fetch/fetcher.ts';
import { importReport } from '../../src/operator/trust-import.ts';
import { createSources, type RevocationSources, usualSources } from '../../src/revocation/sources.ts';
import { DatabaseStorage } from '../../src/revocation/store/database.ts';
import { importList as importCrl } from '../../src/revocation/store/import-list.ts';
import { addLocal } from '../../src/trust-list/local-store.ts';
import { noPins, type Pins } from '../../src/trust-list/pin.ts';
import type { SignerCheck } from '../../src/trust-list/signer.ts';
import { type ImportOutcome, importList, readSnapshots } from '../../src/trust-list/snapshot.ts';
import { listTrustOf } from '../../src/trust-list/store.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';
import type { Caught } from '../failure-code.ts';
import { createMinistry, day, entryOf, issueSigner, type Ministry, makeList, start } from './authority.ts';

const at = start + 10 * day;
const allowed = { ...usualFetch, allowedNetworks: ['127.0.0.0/8'], retries: 0 };
const nobody = { ...usualFetch, allowedHosts: [] };

let isDown = false;
let ministry: Ministry;
let office: Issuer;
let revokedSigner: IssuedCertificate;
let heldSigner: IssuedCertificate;
let officer: IssuedCertificate;
let temporary: TemporaryDatabase;
const opened: RevocationSources[] = [];

beforeAll(async () => {
  ministry = await createMinistry('ecdsa-p256', {
    now: () => at,
    serve: { before: (_request, response, next) => (isDown ? void response.status(503).end() : next()) },
  });
  const { accredited, root } = ministry.authority;
  office = await ministry.authority.createSubordinate({ slug: 'office', parent: root, notBefore: start });
  [revokedSigner, heldSigner, officer] = await Promise.all([
    issueSigner(accredited),
    issueSigner(accredited),
    issueSigner(office),
  ]);
  accredited.revoke(revokedSigner.certificate, 'keyCompromise', at - day);
  accredited.revoke(heldSigner.certificate, 'certificateHold', at - day);
});
afterAll(() => ministry.authority.close());
beforeEach(() => {
  isDown = false;
  temporary = temporaryDatabase();
});
afterEach(async () => {
  for (const sources of opened.splice(0)) await sources.fetcher.close();
  await temporary.dispose();
});

interface Changes {
  readonly unknown?: SignerCheck['unknown'];
  readonly pins?: Pins;
  readonly fetch?: FetchSettings;
}

function importAs(document: Uint8Array, changes: Changes = {}): Promise<ImportOutcome> {
  const { unknown = 'refuse', pins = ministry.pins, fetch = allowed } = changes;
  const storage = new DatabaseStorage(temporary.database);
  const sources = createSources({ ...usualSources, fetch }, { storage });
  opened.push(sources);
  const trust = listTrustOf(pins, []);
  const signerCheck = { sources, unknown };
  return importList(temporary.database, { document, source: 'test', trust, signerCheck }, at);
}

async function refusalOf(work: Promise<unknown>): Promise<Caught> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (isFailure(error)) return error;
  throw new Error('it passed, or failed in another way', { cause: error });
}

const listBy = (signer: IssuedCertificate, version = 100) => makeList({ ...ministry, signer }, { version });

async function lastAudited(): Promise<Record<string, unknown> | undefined> {
  let last: string | undefined;
  for await (const { record } of readAudit(temporary.database)) last = record;
  return last === undefined ? undefined : (JSON.parse(last) as Record<string, unknown>);
}

describe('the signer of a list', () => {
  it('that is not revoked lets the list in, and the audit says by what', async () => {
    const { kind, snapshot, signerStatus } = await importAs(await listBy(ministry.signer));
    expect([kind, snapshot.oddities]).toEqual(['imported', []]);
    expect(signerStatus).toEqual({
      state: 'good',
      source: 'crl',
      origin: ministry.authority.accredited.crlUrl,
      thisUpdate: at,
    });
    expect(await lastAudited()).toMatchObject({
      event: 'trust_list.imported',
      details: { signerStatus: 'good' },
    });
  });

  it.each([
    ['revoked', () => revokedSigner, 'keyCompromise'],
    ['on hold', () => heldSigner, 'certificateHold'],
  ])('that is %s refuses the list, though an unknown status would pass', async (_, signer, reason) => {
    for (const unknown of ['refuse', 'warn'] as const) {
      const refusal = await refusalOf(importAs(await listBy(signer()), { unknown }));
      expect(refusal.code).toBe('trust_list_signer_revoked');
      expect(refusal.details).toMatchObject({ reason, revokedAt: new Date(at - day) });
    }
    expect(await readSnapshots(temporary.database)).toEqual([]);
    expect(await lastAudited()).toMatchObject({
      event: 'trust_list.refused',
      code: 'trust_list_signer_revoked',
    });
  });

  it('below a revoked authority refuses the list, and the refusal names that authority', async () => {
    expect((await importAs(await listBy(officer))).kind).toBe('imported');
    ministry.authority.root.revoke(office.certificate, 'cACompromise', at - day);
    await temporary.dispose();
    temporary = temporaryDatabase();
    const { code, details } = await refusalOf(importAs(await listBy(officer)));
    expect(code).toBe('trust_list_signer_revoked');
    expect(details.certificate).toBe(parseCertificate(office.certificate).naming.certificate);
  });

  it('of whom nobody says anything refuses the list, or passes with a warning where the operator lets it', async () => {
    isDown = true;
    const document = await listBy(ministry.signer);
    const refusal = await refusalOf(importAs(document));
    expect(refusal.code).toBe('trust_list_signer_unchecked');
    expect(refusal.details).toMatchObject({ hosts: ['127.0.0.1'], problem: 'revocation_unavailable' });
    expect(await readSnapshots(temporary.database)).toEqual([]);

    const { snapshot, signerStatus } = await importAs(document, { unknown: 'warn' });
    expect(signerStatus).toEqual({ state: 'unknown', problem: 'revocation_unavailable' });
    expect(snapshot.oddities).toEqual([expect.stringContaining('revocation_unavailable')]);
    expect(await lastAudited()).toMatchObject({ details: { signerStatus: 'unknown', oddities: 1 } });
  });

  it('is checked without a network by lists that the operator brought in', async () => {
    const document = await listBy(ministry.signer);
    expect((await refusalOf(importAs(document, { fetch: nobody }))).code).toBe('trust_list_signer_unchecked');
    await temporary.dispose();
    temporary = temporaryDatabase();
    const storage = new DatabaseStorage(temporary.database);
    const { accredited, root } = ministry.authority;
    for (const issuer of [accredited, root]) {
      const order = { der: await issuer.currentCrl(), issuer: parseCertificate(issuer.certificate) };
      await importCrl(storage, { ...order, url: issuer.crlUrl, at });
    }
    const { signerStatus } = await importAs(document, { fetch: nobody });
    expect(signerStatus.state).toBe('good');
    const revoked = await listBy(revokedSigner, 101);
    expect((await refusalOf(importAs(revoked, { fetch: nobody }))).code).toBe('trust_list_signer_revoked');
  });

  it('that was revoked since then leaves the list in force, and the import of the same file says so', async () => {
    const signer = await issueSigner(ministry.authority.accredited);
    const document = await listBy(signer);
    await importAs(document);
    isDown = true;
    expect((await importAs(document)).kind).toBe('unchanged');
    isDown = false;
    ministry.authority.accredited.revoke(signer.certificate, 'superseded', at);
    temporary.tamper('DELETE FROM held_revocation');
    expect((await refusalOf(importAs(document))).code).toBe('trust_list_signer_revoked');
    expect((await readSnapshots(temporary.database)).map(({ version }) => version)).toEqual([100]);
  });
});

describe('a signer that is pinned by fingerprint', () => {
  /** Signs a list that brings no certificate above the signer's own. */
  const bare = (signer: IssuedCertificate, version: number) =>
    makeList(
      { ...ministry, signer: { ...signer, chain: [] } },
      { version, authorities: [entryOf(ministry, { keys: [] })] },
    );
  const pinsOf = (signer: IssuedCertificate): Pins => ({
    ...noPins,
    roots: ministry.pins.roots,
    signerFingerprints: new Set([parseCertificate(signer.certificate).sha256]),
  });

  it('lets the list in without a chain, with a note that nobody’s word on it counts', async () => {
    const { signerStatus, snapshot } = await importAs(await bare(ministry.signer, 100), {
      pins: pinsOf(ministry.signer),
    });
    expect(signerStatus).toEqual({ state: 'unchecked' });
    expect(snapshot.oddities).toHaveLength(1);
  });

  it('is refused when revoked, where the list brings its chain', async () => {
    const refusal = await refusalOf(importAs(await listBy(revokedSigner), { pins: pinsOf(revokedSigner) }));
    expect(refusal.code).toBe('trust_list_signer_revoked');
  });

  it('does not escape by leaving its chain out: the list in force has it', async () => {
    const { signerFingerprints } = pinsOf(revokedSigner);
    const pins = { ...ministry.pins, signerFingerprints };
    const document = await bare(revokedSigner, 101);
    await importAs(await listBy(ministry.signer, 100));
    const refusal = await refusalOf(importAs(document, { pins }));
    expect(refusal.code).toBe('trust_list_signer_revoked');
  });
});

describe('sealgate trust import', () => {
  async function report(environment: Record<string, string>) {
    const { database, secrets } = temporary;
    const { root } = ministry.authority;
    const certificate = parseCertificate(root.certificate);
    const anchor = { certificate, role: 'anchor', purposes: new Set<never>(), isConfirmed: true } as const;
    await addLocal(database, noPins, anchor, at);
    const signer = { ...anchor, certificate: parseCertificate(ministry.signer.certificate) };
    await addLocal(database, noPins, { ...signer, role: 'list-signer' }, at);
    const document = await listBy(ministry.signer);
    const config = toConfig(readEnvironment({ SEALGATE_REVOCATION_NETWORKS: '127.0.0.0/8', ...environment }));
    return importReport({ database, secrets, config, at }, 'list.xml', document);
  }

  it('asks by the service’s own settings, and refuses an unknown status unless SEALGATE_UNCHECKED_LIST_SIGNER says warn', async () => {
    isDown = true;
    expect((await refusalOf(report({}))).code).toBe('trust_list_signer_unchecked');
    const { exitCode, lines } = await report({ SEALGATE_UNCHECKED_LIST_SIGNER: 'warn' });
    expect(exitCode).toBe(0);
    expect(lines.at(-1)).toMatch(/^warning: .*revocation_unavailable/);
  });

  it('keeps the lists that it fetched, for the service', async () => {
    const { json, lines } = await report({});
    expect(json).toMatchObject({ kind: 'imported', signerStatus: { state: 'good', source: 'crl' } });
    expect(lines.join()).not.toContain('warning');
    const held: string[] = [];
    for await (const page of new DatabaseStorage(temporary.database).records('crl', 0)) {
      held.push(...page.map(({ url }) => url));
    }
    expect(held).toContain(ministry.authority.accredited.crlUrl);
  });
});

it('explains both refusals without a gap', () => {
  const naming = { signer: 'CN=x', sha256: 'ab', certificate: 'Минцифры' };
  const revoked = { ...naming, revokedAt: new Date(at), reason: 'keyCompromise' } as const;
  expect(explain('trust_list_signer_revoked', revoked, 'en').cause).toContain('compromised');
  expect(explain('trust_list_signer_revoked', revoked, 'ru').cause).toContain('скомпрометирован');
  const open = { ...naming, hosts: ['crl.example'], problem: 'revocation_unavailable' } as const;
  expect(explain('trust_list_signer_unchecked', open, 'en').cause).toContain('crl.example');
  expect(explain('trust_list_signer_unchecked', open, 'ru').cause).not.toContain('{');
});
