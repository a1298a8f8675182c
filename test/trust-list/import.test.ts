import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { isFailure } from '../../src/error.ts';
import { explain } from '../../src/failure/explain.ts';
import { usualFetch } from '../../src/fetch/fetcher.ts';
import { createSources, usualSources } from '../../src/revocation/sources.ts';
import type { Pins } from '../../src/trust-list/pin.ts';
import { noPins } from '../../src/trust-list/pin.ts';
import type { SignerCheck } from '../../src/trust-list/signer.ts';
import { importList, readSnapshots, snapshotInForce } from '../../src/trust-list/snapshot.ts';
import { listTrustOf, openTrustStore, type TrustStore, trustAsOf } from '../../src/trust-list/store.ts';
import { writeTrustList } from '../authority/trust-list.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';
import {
  createMinistry,
  day,
  entryOf,
  type Ministry,
  makeList,
  ministryEntry,
  signList,
  start,
} from './authority.ts';

const at = start + 2 * day;
/** Nothing is asked; what becomes of the signer's revocation is told in a file of its own. */
const sources = createSources({ ...usualSources, fetch: { ...usualFetch, allowedHosts: [] } });
const signerCheck: SignerCheck = { sources, unknown: 'warn' };
let ministry: Ministry;
let other: Ministry;
let good: Uint8Array;
let temporary: TemporaryDatabase;

beforeAll(async () => {
  [ministry, other] = await Promise.all([createMinistry(), createMinistry()]);
  good = await makeList(ministry);
});
beforeEach(() => {
  temporary = temporaryDatabase();
});
afterEach(() => temporary.dispose());

function importAt(document: Uint8Array, moment = at, pins: Pins = ministry.pins, { database } = temporary) {
  const trust = listTrustOf(pins, []);
  return importList(database, { document, source: 'test', trust, signerCheck }, moment);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (isFailure(error)) return error.code;
    throw error;
  }
  return 'accepted';
}

async function audited({ database } = temporary): Promise<readonly Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  for await (const { record } of readAudit(database)) {
    records.push(JSON.parse(record) as Record<string, unknown>);
  }
  return records;
}

describe('importList', () => {
  it('imports the first list, with all it brings, and writes it to the audit', async () => {
    const { kind, snapshot } = await importAt(good);
    expect(kind).toBe('imported');
    expect(snapshot).toMatchObject({ version: 100, date: start + day, importedAt: at, source: 'test' });
    expect(snapshot.changes).toMatchObject({ from: undefined, to: 100 });
    expect(snapshot.changes.authorities[1]).toEqual({
      ogrn: '1259900000029',
      name: 'ООО «Удостоверяющий центр» & «Ко»',
      kind: 'added',
      keysAdded: 1,
      keysRemoved: 0,
    });
    expect(await audited()).toMatchObject([
      { event: 'trust_list.imported', details: { version: 100, added: 2, keysAdded: 2 } },
    ]);
  });

  it('takes the same file again for unchanged', async () => {
    await importAt(good);
    expect(await importAt(good, at + 1)).toMatchObject({ kind: 'unchanged', snapshot: { importedAt: at } });
    expect(await readSnapshots(temporary.database)).toHaveLength(1);
  });

  it('keeps the history, and says what each list changed', async () => {
    await importAt(good);
    const subordinate = await ministry.authority.root.issue({
      purpose: 'authority',
      subject: [{ type: 'CN', value: 'Новый ключ' }],
      notBefore: start,
    });
    const entry = entryOf(ministry);
    const grown = await makeList(ministry, {
      version: 101,
      date: start + 2 * day,
      authorities: [
        ministryEntry(ministry),
        { ...entry, keys: [[subordinate.certificate]] },
        { ...entry, ogrn: '1027700132195', name: 'Второй' },
      ],
    });
    const ended = await makeList(ministry, {
      version: 105,
      date: start + 3 * day,
      authorities: [
        ministryEntry(ministry),
        {
          ...entry,
          keys: [[subordinate.certificate]],
          status: { status: 'Прекращена', since: start + 2 * day },
          history: [{ status: 'Действует', since: start }],
        },
      ],
    });
    await importAt(grown, at + day);
    await importAt(ended, at + 2 * day);
    const snapshots = await readSnapshots(temporary.database);
    expect(snapshots.map(({ version }) => version)).toEqual([105, 101, 100]);
    expect(snapshots[1]?.changes.authorities).toMatchObject([
      { ogrn: '1259900000029', kind: 'keys', keysAdded: 1, keysRemoved: 1 },
      { ogrn: '1027700132195', kind: 'added' },
    ]);
    expect(snapshots[0]?.changes.authorities).toMatchObject([
      { ogrn: '1259900000029', kind: 'ended', keysAdded: 0, keysRemoved: 0 },
      { ogrn: '1027700132195', kind: 'removed' },
    ]);
    expect((await snapshotInForce(temporary.database, at + day))?.version).toBe(101);
    expect(await snapshotInForce(temporary.database, at - 1)).toBeUndefined();
  });

  describe('refuses, with nothing changed and the last good list still in force,', () => {
    // One database for all of them: whatever is refused must leave it as it was.
    let shared: TemporaryDatabase;
    let store: TrustStore;
    beforeAll(async () => {
      shared = temporaryDatabase();
      await importAt(good, at, ministry.pins, shared);
      store = await openTrustStore(shared.database, ministry.pins, at);
    });
    afterAll(() => shared.dispose());

    const text = () => Buffer.from(good).toString();
    const signature = () => /<Signature .*<\/Signature>/s.exec(text())?.[0] ?? '';
    const newer = (changes: Parameters<typeof makeList>[1] = {}) =>
      makeList(ministry, { version: 200, date: start + 2 * day, ...changes });

    it.each<readonly [string, string, () => Promise<Uint8Array | string>]>([
      ['an older version', 'trust_list_outdated', () => newer({ version: 99 })],
      ['the same version with other content', 'trust_list_outdated', () => newer({ version: 100 })],
      ['a newer version of an older date', 'trust_list_outdated', () => newer({ date: start })],
      [
        'a changed authority',
        'trust_list_signature_invalid',
        async () => text().replace('1259900000029', '1027700132195'),
      ],
      ['a changed version', 'trust_list_signature_invalid', async () => text().replace('>100<', '>300<')],
      [
        'a list without a signature',
        'trust_list_signature_invalid',
        async () => text().replace(signature(), ''),
      ],
      [
        'a list with its signature twice',
        'trust_list_signature_invalid',
        async () => text().replace(signature(), signature().repeat(2)),
      ],
      [
        'a moved signature',
        'trust_list_signature_invalid',
        async () => text().replace(signature(), '').replace('<Версия>', `<x>${signature()}</x><Версия>`),
      ],
      [
        'a list that wraps the signed one',
        'trust_list_signature_invalid',
        async () => {
          const forged = writeTrustList({
            version: 300,
            date: start + 2 * day,
            authorities: [entryOf(other)],
          });
          const original = text()
            .replace(/<\?xml[^>]*>/, '')
            .replace(signature(), '');
          return forged.replace(/<\/А[^>]*>$/, `<Object>${original}</Object>${signature()}$&`);
        },
      ],
      [
        'a list in which a comment hides half of a number',
        'trust_list_signature_invalid',
        async () => text().replace('>100<', '>100<!-- -->5<'),
      ],
      [
        'a list signed by a key that nobody pinned',
        'trust_list_untrusted',
        () => makeList(other, { version: 200 }),
      ],
      [
        'a list whose signer has a pinned root and another OGRN',
        'trust_list_untrusted',
        async () => {
          const signer = await ministry.authority.issue({
            subject: [
              { type: 'CN', value: 'Чужой' },
              { type: 'OGRN', value: '1027700132195' },
            ],
            purpose: 'seal',
            notBefore: start,
          });
          return signList(
            { ...ministry, signer },
            writeTrustList({ version: 200, date: start + 2 * day, authorities: [entryOf(ministry)] }),
          );
        },
      ],
      [
        'a list whose signer’s certificate has run out',
        'trust_list_untrusted',
        async () => {
          const signer = await ministry.authority.issue({
            subject: [
              { type: 'CN', value: 'Минцифры России' },
              { type: 'OGRN', value: '1047702026701' },
            ],
            purpose: 'seal',
            notBefore: start,
            notAfter: at - 1000,
          });
          return signList(
            { ...ministry, signer },
            writeTrustList({ version: 200, date: start + 2 * day, authorities: [entryOf(ministry)] }),
          );
        },
      ],
      ['a truncated list', 'trust_list_malformed', async () => good.subarray(0, good.length / 2)],
      ['an empty file', 'trust_list_malformed', async () => ''],
      [
        'a page that says that it is busy',
        'trust_list_malformed',
        async () => '<!doctype html><html><p>503</html>',
      ],
      ['octets that are no text', 'trust_list_malformed', async () => Uint8Array.of(0x1f, 0x8b, 0xff, 0, 1)],
      [
        'a bomb of entities',
        'trust_list_malformed',
        async () =>
          `<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>${text().replace(/<\?xml[^>]*>/, '')}`,
      ],
      [
        'an external entity',
        'trust_list_malformed',
        async () =>
          `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>${text().replace(/<\?xml[^>]*>/, '')}`,
      ],
      ['endless nesting', 'trust_list_malformed', async () => '<a>'.repeat(100_000)],
      [
        'a signed list of another form',
        'trust_list_malformed',
        () => signList(ministry, '<TrustServiceStatusList/>'.replace('/>', '></TrustServiceStatusList>')),
      ],
      [
        'a signed list that lacks what has to be there',
        'trust_list_malformed',
        () =>
          signList(
            ministry,
            writeTrustList({ version: 200, date: start + 2 * day, authorities: [entryOf(ministry)] }).replace(
              /<ОГРН>.*?<\/ОГРН>/,
              '',
            ),
          ),
      ],
    ])('%s: %s', async (_, code, make) => {
      const document = await make();
      const octets = typeof document === 'string' ? Buffer.from(document) : document;
      expect(await codeOf(importAt(octets, at + 5, ministry.pins, shared))).toBe(code);
      expect((await readSnapshots(shared.database)).map(({ version }) => version)).toEqual([100]);
      expect(await store.refresh(at + 10)).toBe(false);
      expect(store.current.list?.version).toBe(100);
      const records = await audited(shared);
      expect(records.at(-1)).toMatchObject({ event: 'trust_list.refused', code });
    });
  });

  it('lets one of two imports at the same time win, and the other be outdated or behind it', async () => {
    const lists = await Promise.all([300, 301, 302].map((version) => makeList(ministry, { version })));
    const outcomes = await Promise.all(lists.map((document) => codeOf(importAt(document))));
    const versions = (await readSnapshots(temporary.database)).map(({ version }) => version);
    expect(versions).toHaveLength(outcomes.filter((code) => code === 'accepted').length);
    expect(versions).toEqual(versions.toSorted((left, right) => right - left));
    expect(outcomes.every((code) => code === 'accepted' || code === 'trust_list_outdated')).toBe(true);
  });

  it('accepts a signer that is pinned by fingerprint and has no path', async () => {
    const signer = parseCertificate(other.signer.certificate);
    const pins: Pins = { ...noPins, signerFingerprints: new Set([signer.sha256]) };
    expect(await codeOf(importAt(await makeList(other), at, pins))).toBe('accepted');
    expect(
      await codeOf(importAt(await makeList(other, { version: 101 }), signer.notAfter + 1000, pins)),
    ).toBe('trust_list_untrusted');
  });

  it('explains every refusal without a gap', () => {
    const details = { problem: 'list-signer-unpinned', signer: 'CN=x', sha256: 'ab' } as const;
    expect(explain('trust_list_untrusted', details, 'ru').cause).toContain('нет среди доверенных');
    expect(explain('trust_list_malformed', { problem: 'x lacks y', line: 7 }, 'en').cause).toContain(
      'line 7',
    );
  });
});

describe('openTrustStore', () => {
  it('trusts pinned roots of the list and no other of its self-signed certificates', async () => {
    const entry = entryOf(ministry);
    const list = await makeList(ministry, {
      authorities: [
        ministryEntry(ministry),
        { ...entry, keys: [...entry.keys, [other.authority.root.certificate]] },
      ],
    });
    await importAt(list);
    const { current } = await openTrustStore(temporary.database, ministry.pins, at);
    expect(current.anchors.anchors.map(({ certificate }) => certificate?.sha256)).toEqual([
      parseCertificate(ministry.authority.root.certificate).sha256,
    ]);
    expect(current.intermediates.certificates).toHaveLength(3);
  });

  it('takes over what another process imported', async () => {
    const store = await openTrustStore(temporary.database, ministry.pins, at);
    expect(store.current.list).toBeUndefined();
    await importAt(good);
    const before = store.current;
    expect(await store.refresh(at + 1)).toBe(true);
    expect(store.current.list).toEqual({ version: 100, date: start + day });
    expect(before.list).toBeUndefined();
    expect(await store.refresh(at + 2)).toBe(false);
  });

  it('keeps what is in force where the imported list no longer holds: its signer’s pin was taken away', async () => {
    await importAt(good);
    expect(await codeOf(openTrustStore(temporary.database, other.pins, at))).toBe('trust_list_untrusted');
  });

  it('finds a snapshot that was changed in the database', async () => {
    await importAt(good);
    const { gzipSync } = await import('node:zlib');
    const forged = gzipSync(Buffer.from(good).toString().replace('1259900000029', '1027700132195'));
    temporary.tamper('UPDATE trust_snapshot SET document = ?', forged);
    expect(await codeOf(openTrustStore(temporary.database, ministry.pins, at))).toBe('record_unsealed');
    temporary.tamper('UPDATE trust_snapshot SET document = ?', gzipSync(Buffer.from(good)));
    expect((await openTrustStore(temporary.database, ministry.pins, at)).current.list?.version).toBe(100);
  });

  it('tells what was trusted at an earlier time', async () => {
    await importAt(good);
    await importAt(await makeList(ministry, { version: 101 }), at + day);
    expect((await trustAsOf(temporary.database, ministry.pins, at)).list?.version).toBe(100);
    expect((await trustAsOf(temporary.database, ministry.pins, at + day)).list?.version).toBe(101);
    expect((await trustAsOf(temporary.database, ministry.pins, at - 1)).list).toBeUndefined();
  });
});
