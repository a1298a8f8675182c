import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { addLocal, type LocalAddition, readLocal, removeLocal } from '../../src/trust-list/local-store.ts';
import { noPins } from '../../src/trust-list/pin.ts';
import { openTrustStore } from '../../src/trust-list/store.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';
import { createMinistry, day, type Ministry, start } from './authority.ts';

let temporary: TemporaryDatabase;
let ministry: Ministry;
let root: Certificate;
let accredited: Certificate;

beforeAll(async () => {
  ministry = await createMinistry();
  root = parseCertificate(ministry.authority.root.certificate);
  accredited = parseCertificate(ministry.authority.accredited.certificate);
});
beforeEach(() => {
  temporary = temporaryDatabase();
});
afterEach(() => temporary.dispose());

function addition(changes: Partial<LocalAddition>): LocalAddition {
  return { certificate: root, role: 'anchor', purposes: new Set(), isConfirmed: false, ...changes };
}

function add(changes: Partial<LocalAddition>, at = start, pins = noPins): Promise<void> {
  return addLocal(temporary.database, pins, addition(changes), at);
}

describe('addLocal', () => {
  it('refuses a root that no pin names, unless it is confirmed', async () => {
    await expect(add({})).rejects.toMatchObject({
      code: 'trust_anchor_unpinned',
      details: { sha256: root.sha256 },
    });
    expect(await readLocal(temporary.database, start)).toEqual([]);
    await add({ isConfirmed: true });
    expect(await readLocal(temporary.database, start)).toHaveLength(1);
  });

  it('adds a root that a pin names', async () => {
    await add({}, start, ministry.pins);
    const { current } = await openTrustStore(temporary.database, noPins, start);
    expect(current.anchors.anchors.map(({ certificate }) => certificate?.sha256)).toEqual([root.sha256]);
    expect(current.accreditation.find(root.publicKey, start)).toEqual({ state: 'unknown' });
  });

  it('refuses a signer of lists that is not confirmed', async () => {
    await expect(add({ certificate: accredited, role: 'list-signer' })).rejects.toMatchObject({
      code: 'trust_anchor_unpinned',
    });
  });

  it('adds an authority with purposes and term, the certificate’s own by default', async () => {
    const purposes = new Set(['sign-in'] as const);
    await add({ certificate: accredited, role: 'authority', purposes, validUntil: start + day });
    const { current } = await openTrustStore(temporary.database, noPins, start);
    const stateAt = (at: number, purpose: 'sign-in' | 'documents' = 'sign-in') =>
      current.accreditation.find(accredited.publicKey, at, purpose).state;
    expect([stateAt(accredited.notBefore - 1), stateAt(accredited.notBefore)]).toEqual([
      'not-yet',
      'accredited',
    ]);
    expect([stateAt(start + day), stateAt(start + day + 1)]).toEqual(['accredited', 'ended']);
    expect(stateAt(start, 'documents')).toBe('unknown');
    expect(current.anchors.anchors).toEqual([]);
    expect(current.intermediates.certificates).toHaveLength(1);
  });

  it('replaces an earlier addition in the same role, and tells what was trusted at each time', async () => {
    const authority = { certificate: accredited, role: 'authority' } as const;
    await add({ ...authority, purposes: new Set(['sign-in'] as const), note: 'first' });
    await add({ ...authority, purposes: new Set(['documents'] as const), note: 'second' }, start + day);
    const notesAt = async (at: number) => (await readLocal(temporary.database, at)).map(({ note }) => note);
    expect(await notesAt(start - 1)).toEqual([]);
    expect(await notesAt(start + day - 1)).toEqual(['first']);
    expect(await notesAt(start + day)).toEqual(['second']);
  });

  it('writes additions and removals to the audit', async () => {
    await add({ isConfirmed: true, note: 'по акту № 5' });
    expect(await removeLocal(temporary.database, root.sha256, undefined, start + 1)).toBe(1);
    expect(await removeLocal(temporary.database, root.sha256, undefined, start + 2)).toBe(0);
    expect(await readLocal(temporary.database, start + 1)).toEqual([]);
    const records: unknown[] = [];
    for await (const { record } of readAudit(temporary.database)) records.push(JSON.parse(record));
    expect(records).toMatchObject([
      {
        event: 'trust.added',
        details: { sha256: root.sha256, role: 'anchor', isPinned: false, note: 'по акту № 5' },
      },
      { event: 'trust.removed', details: { sha256: root.sha256, role: 'anchor' } },
    ]);
  });

  it('is taken over by a running service', async () => {
    const store = await openTrustStore(temporary.database, noPins, start);
    await add({ isConfirmed: true }, start + 1);
    expect(await store.refresh(start + 2)).toBe(true);
    expect(store.current.anchors.anchors).toHaveLength(1);
  });
});
