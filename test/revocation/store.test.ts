import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PublicKeyInfo, parsePublicKeyInfo } from '../../src/algorithm/public-key-info.ts';
import { type CertificateList, parseCertificateList } from '../../src/revocation/crl/list.ts';
import { DatabaseStorage } from '../../src/revocation/store/database.ts';
import { listKey } from '../../src/revocation/store/held-list.ts';
import { importList } from '../../src/revocation/store/import-list.ts';
import { IssueMarks } from '../../src/revocation/store/issue-marks.ts';
import { dueAt, Renewal, usualRenewal } from '../../src/revocation/store/renewal.ts';
import type { Storage, StorageKind, StoredRecord } from '../../src/revocation/store/storage.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';
import { nonceOf } from './host.ts';
import { day, hour, makeAnswer, makeList, makeName, makeSigner } from './maker.ts';
import {
  check,
  heldList,
  makeSetting,
  makeSources,
  notingObserver,
  personSerial,
  type Setting,
} from './setting.ts';

let setting: Setting;
let temporary: TemporaryDatabase;
let storage: Storage;

beforeEach(async () => {
  setting = await makeSetting();
  temporary = temporaryDatabase();
  storage = new DatabaseStorage(temporary.database);
});

afterEach(async () => {
  await setting.host.stop();
  await temporary.dispose();
});

/** Waits until what is done in the background is there. */
async function eventually(isThere: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await isThere()) return;
    await delay(10);
  }
  throw new Error('it never came');
}

async function recordsOf(storage: Storage, kind: StorageKind): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const page of storage.records(kind, 0)) records.push(...page);
  return records;
}

async function storedLists(storage: Storage): Promise<number> {
  return (await recordsOf(storage, 'crl')).length;
}

/** The record of the authority's list. */
function recordOfList(): Promise<StoredRecord | undefined> {
  const { house, host } = setting;
  return storage.record('crl', listKey(house.authorityCertificate.publicKey, host.url('/a.crl')));
}

describe('the storage', () => {
  it('makes a restart ask nobody for lists', async () => {
    await check(setting, makeSources({ storage }));
    await eventually(async () => (await storedLists(storage)) === 2);
    await setting.host.stop();
    const observer = notingObserver();
    await check(setting, makeSources({ storage, observer }));
    expect(observer.settlements).toEqual(['held', 'held']);
    const asked = setting.host.asked.length;
    expect(asked).toBe(2);
  });

  it('makes a restart ask nobody for answers', async () => {
    setting.host.on('/ocsp', (_, response, body) => {
      const { authority } = setting.house;
      const term = { thisUpdate: setting.at - hour, nextUpdate: setting.at + hour };
      const answer = {
        responder: authority,
        issuer: authority,
        serial: personSerial,
        nonce: nonceOf(body),
        ...term,
      };
      response.end(makeAnswer(answer));
    });
    const policy = { order: ['ocsp', 'crl'] } as const;
    const [first] = (await check(setting, makeSources({ storage }), policy)).evidence;
    await eventually(
      async () => (await recordsOf(storage, 'ocsp')).length === 1 && (await storedLists(storage)) === 1,
    );
    setting.host.behaviours.clear();
    const [again] = (await check(setting, makeSources({ storage }), policy)).evidence;
    expect(again).toMatchObject({ source: 'ocsp', sha256: first.source === 'ocsp' ? first.sha256 : '' });
    expect(setting.host.asked.filter((path) => path === '/ocsp')).toHaveLength(1);
    const before = { listsBefore: 0, evidenceBefore: 0 };
    await storage.prune({ ...before, answersBefore: setting.at });
    expect(await recordsOf(storage, 'ocsp')).toHaveLength(1);
    await storage.prune({ ...before, answersBefore: setting.at + 2 * hour });
    expect(await recordsOf(storage, 'ocsp')).toEqual([]);
  });

  it('keeps the octets of every list by their digest until nothing names them and they are old', async () => {
    const sources = makeSources({ storage });
    const [evidence] = (await check(setting, sources)).evidence;
    if (evidence.source !== 'crl') throw new Error('expected a list');
    await eventually(async () => (await storedLists(storage)) === 2);
    expect(await storage.readObject(evidence.sha256)).toEqual(new Uint8Array(evidence.der));
    setting.publish(2);
    await new Renewal(sources).renewDue(setting.at + hour);
    await eventually(async () => {
      const record = await recordOfList();
      return record !== undefined && record.sha256 !== evidence.sha256;
    });
    const before = { answersBefore: setting.at, listsBefore: 0 };
    expect(await storage.prune({ ...before, evidenceBefore: Date.now() - day })).toBe(0);
    expect(await storage.prune({ ...before, evidenceBefore: Date.now() + day })).toBe(1);
    expect(await storage.readObject(evidence.sha256)).toBeUndefined();
  });

  it('holds octets of several megabytes as they are', async () => {
    const octets = new Uint8Array(2_500_000).map((_, index) => index * 7);
    await storage.writeObject('ab'.repeat(32), octets);
    expect(Buffer.compare((await storage.readObject('ab'.repeat(32))) ?? new Uint8Array(), octets)).toBe(0);
  });

  it('with octets that were changed asks the network again', async () => {
    await check(setting, makeSources({ storage }));
    await eventually(async () => (await storedLists(storage)) === 2);
    const pieces = await temporary.database.read({ sql: 'SELECT * FROM revocation_piece', parameters: [] });
    for (const { sha256, octets } of pieces) {
      const changed = Uint8Array.from(octets as Uint8Array);
      changed[changed.length - 5] = (changed.at(-5) ?? 0) ^ 1;
      temporary.tamper('UPDATE revocation_piece SET octets = ? WHERE sha256 = ?', changed, String(sha256));
    }
    const observer = notingObserver();
    await check(setting, makeSources({ storage, observer }));
    expect(observer.settlements).toEqual(['fetched', 'fetched']);
  });

  it('with a list that somebody else signed does not let it pass', async () => {
    const forged = makeList({
      issuer: { ...setting.house.authority, key: makeSigner('x').key },
      thisUpdate: setting.at - hour,
      nextUpdate: setting.at + day,
    });
    const list = parseCertificateList(forged);
    const url = setting.host.url('/a.crl');
    const { publicKey } = setting.house.authorityCertificate;
    await storage.write(
      'crl',
      {
        key: listKey(publicKey, url),
        url,
        sha256: list.sha256,
        fetchedAt: setting.at,
        nextUpdate: null,
        signer: Buffer.from(publicKey.der).toString('base64'),
        requester: { branch: '', issuer: '' },
        hosts: [],
        etag: null,
        lastModified: null,
      },
      forged,
    );
    setting.host.behaviours.delete('/a.crl');
    setting.host.behaviours.delete('/ocsp');
    await expect(check(setting, makeSources({ storage }))).rejects.toMatchObject({
      code: 'revocation_undetermined',
    });
  });

  it('that cannot be written keeps nobody out, and is told of', async () => {
    const observer = notingObserver();
    await temporary.database.close();
    await check(setting, makeSources({ storage, observer }));
    await eventually(async () => observer.errors.length === 2);
  });

  it('with records that are none is as if they had never been written', async () => {
    await check(setting, makeSources({ storage }));
    await eventually(async () => (await storedLists(storage)) === 2);
    temporary.tamper('UPDATE held_revocation SET record = \'{"key":1}\'');
    expect(await storedLists(storage)).toBe(0);
    expect(await makeSources({ storage }).lists.takeOverAll(setting.at)).toBe(0);
  });
});

describe('lists', () => {
  it('asked for by many at once are fetched once', async () => {
    const sources = makeSources();
    await Promise.all(Array.from({ length: 50 }, () => check(setting, sources)));
    expect(setting.host.asked.sort()).toEqual(['/a.crl', '/root.crl']);
  });

  it('that come too late for one login are there for the next', async () => {
    const list = makeList({
      issuer: setting.house.authority,
      thisUpdate: setting.at - hour,
      nextUpdate: setting.at + day,
    });
    let asked = 0;
    setting.host.on('/a.crl', async (_, response) => {
      asked++;
      await delay(500);
      response.end(list);
    });
    const sources = makeSources();
    await expect(check(setting, sources, { patience: 300 })).rejects.toMatchObject({
      code: 'revocation_unavailable',
    });
    await delay(500);
    await check(setting, sources, { patience: 300 });
    expect(asked).toBe(1);
  });

  it('that are large are let go when there are too many, and come back from the storage', async () => {
    const sources = makeSources({ storage, lists: { mostOctets: 1 } });
    await check(setting, sources);
    expect(sources.lists.all()).toHaveLength(1);
    await eventually(async () => (await storedLists(storage)) === 2);
    await check(setting, sources, {}, setting.at + 60_000);
    expect(setting.host.asked).toHaveLength(2);
  });

  it('with a lower number than one seen before are refused, and the one that is held goes on', async () => {
    setting.publish(5, [personSerial + 1]);
    const sources = makeSources();
    await check(setting, sources);
    setting.publish(4);
    const [renewed] = await new Renewal(sources).renewDue(setting.at + hour);
    expect(renewed).toMatchObject({ outcome: 'failed', problem: { problem: 'rolled-back' } });
    expect(heldList(sources, setting, '/a.crl')?.list.number).toBe(5n);
  });

  it('that are older are refused at a login too', async () => {
    setting.publish(5, [], { nextUpdate: setting.at + hour });
    const sources = makeSources();
    await check(setting, sources);
    setting.publish(4);
    await expect(check(setting, sources, {}, setting.at + 2 * hour)).rejects.toMatchObject({
      code: 'revocation_stale',
    });
  });
});

describe('how far the lists of a key have come', () => {
  const [issuer, other] = [makeSigner('A'), { ...makeSigner('x'), name: makeName('A') }];
  const [key, otherKey] = [issuer, other].map(({ spki }) => parsePublicKeyInfo(spki)) as [
    PublicKeyInfo,
    PublicKeyInfo,
  ];
  const list = (number: number | undefined, thisUpdate: number, more: object = {}) =>
    parseCertificateList(
      makeList({ issuer, thisUpdate, ...(number === undefined ? {} : { number }), ...more }),
    );

  it('goes by number, and by date where there is none', () => {
    const marks = new IssueMarks();
    marks.note(list(5, 1_000_000), key, 'branch');
    expect(marks.isOlder(list(4, 2_000_000), key)).toBe(true);
    expect(marks.isOlder(list(6, 500_000), key)).toBe(false);
    expect(marks.isOlder(list(5, 500_000), key)).toBe(true);
    expect(marks.isOlder(list(undefined, 500_000), key)).toBe(true);
    expect(marks.isOlder(list(undefined, 2_000_000), key)).toBe(false);
  });

  it('keeps full and delta lists apart', () => {
    const marks = new IssueMarks();
    marks.note(list(9, 1_000_000, { base: 5 }), key, 'branch');
    expect(marks.isOlder(list(8, 1_000_000), key)).toBe(false);
  });

  it('says nothing of the lists of another key, though name and number are the same', () => {
    const marks = new IssueMarks();
    marks.note(list(2 ** 30, 2_000_000, { issuer: other }), otherKey, 'branch');
    expect(marks.isOlder(list(1, 1_000_000), key)).toBe(false);
    expect(marks.isOlder(list(1, 1_000_000, { issuer: other }), otherKey)).toBe(true);
  });

  it('is remembered of a key wherever it was certified, and not forgotten because another branch has very many', () => {
    const marks = new IssueMarks();
    marks.note(list(5, 1_000_000), key, 'branch');
    const one = list(1, 1);
    for (let scope = 0; scope < 60_000; scope++) {
      const flooding = {
        ...one,
        issuer: { der: Buffer.from(String(scope)) },
        fields: { extensions: new Map() },
      };
      marks.note(flooding as unknown as CertificateList, otherKey, 'hostile');
    }
    expect(marks.isOlder(list(4, 2_000_000), key)).toBe(true);
  });
});

describe('renewal', () => {
  it('is due well ahead of the end of a list, however short its term', async () => {
    const sources = makeSources();
    await check(setting, sources);
    const held = heldList(sources, setting, '/a.crl');
    if (held === undefined) throw new Error('no list');
    expect(dueAt(held, usualRenewal)).toBeLessThanOrEqual(setting.at + usualRenewal.interval);
    setting.publish(2, [], { nextUpdate: setting.at + 8 * 60_000 });
    await new Renewal(sources).renewDue(setting.at + hour);
    const short = heldList(sources, setting, '/a.crl');
    expect(dueAt({ ...short!, fetchedAt: setting.at }, usualRenewal)).toBe(setting.at + 2 * 60_000);
  });

  it('brings a newer list without a login, and leaves what has not changed', async () => {
    const sources = makeSources();
    await check(setting, sources);
    setting.publish(2, [personSerial]);
    const renewed = await new Renewal(sources).renewDue(setting.at + hour);
    expect(renewed.map(({ outcome }) => outcome).sort()).toEqual(['newer', 'unchanged']);
    await expect(check(setting, sources)).rejects.toMatchObject({ code: 'certificate_revoked' });
    expect(await new Renewal(sources).renewDue(setting.at + hour + 1000)).toEqual([]);
  });

  it('never takes a list that another key signed', async () => {
    const sources = makeSources();
    await check(setting, sources);
    const forged = makeList({
      issuer: { ...setting.house.authority, key: makeSigner('x').key },
      thisUpdate: setting.at,
      nextUpdate: setting.at + day,
      number: 9,
    });
    setting.host.serve('/a.crl', () => forged);
    const renewed = await new Renewal(sources).renewDue(setting.at + hour);
    expect(renewed.find(({ outcome }) => outcome === 'failed')?.problem?.problem).toBe('signature-wrong');
    await check(setting, sources);
  });

  it('in the background loads, renews and ends while a host is silent', async () => {
    await check(setting, makeSources({ storage }));
    await eventually(async () => (await storedLists(storage)) === 2);
    const { asked } = setting.host;
    const before = asked.length;
    setting.host.on('/a.crl', () => undefined);
    const settings = { ...usualRenewal, tick: 5 };
    const renewal = new Renewal(makeSources({ storage }), settings, () => setting.at + hour);
    renewal.start();
    await eventually(async () => asked.slice(before).includes('/a.crl'));
    await renewal.stop();
    expect(asked.slice(before).filter((path) => path === '/a.crl')).toHaveLength(1);
  });

  it('takes from the storage what another replica has fetched', async () => {
    const [one, two] = [makeSources({ storage }), makeSources({ storage })];
    await check(setting, one);
    await eventually(async () => (await storedLists(storage)) === 2);
    await check(setting, two);
    setting.publish(2, [personSerial]);
    await new Renewal(one).renewDue(setting.at + hour);
    const isRenewed = ({ fetchedAt }: StoredRecord) => fetchedAt === setting.at + hour;
    await eventually(async () => (await recordsOf(storage, 'crl')).every(isRenewed));
    const asked = setting.host.asked.length;
    await new Renewal(two).renewDue(setting.at + hour);
    expect(setting.host.asked).toHaveLength(asked);
    await expect(check(setting, two)).rejects.toMatchObject({ code: 'certificate_revoked' });
  });

  it('is left to the first replica, and done by another where that has not come to it within a minute', async () => {
    const sources = makeSources();
    await check(setting, sources);
    setting.publish(2, [personSerial]);
    const other = new Renewal(sources, usualRenewal, undefined, () => false);
    const due = setting.at + usualRenewal.interval;
    expect(await other.renewDue(due)).toEqual([]);
    expect(await other.renewDue(due + 59_999)).toEqual([]);
    const renewed = await other.renewDue(due + 60_000);
    expect(renewed.map(({ outcome }) => outcome).sort()).toEqual(['newer', 'unchanged']);
  });
});

describe('an import', () => {
  const url = 'http://lists.example/b.crl';
  const order = () => ({
    issuer: setting.house.authority,
    thisUpdate: setting.at - hour,
    nextUpdate: setting.at + day,
    number: 3,
  });
  const attempt = (der: Uint8Array, place?: string) =>
    importList(storage, {
      der,
      issuer: setting.house.authorityCertificate,
      url: place,
      at: setting.at,
    });

  it('is held like a list that was fetched', async () => {
    const place = setting.host.url('/a.crl');
    expect(await attempt(makeList(order()), place)).toMatchObject({ outcome: 'kept' });
    await check(setting, makeSources({ storage: storage }));
    expect(setting.host.asked).toEqual(['/root.crl']);
  });

  it('of a list older than the one that is held is refused', async () => {
    await attempt(makeList(order()), url);
    expect(await attempt(makeList({ ...order(), number: 2 }), url)).toMatchObject({ problem: 'rolled-back' });
  });

  it.each<[string, () => Uint8Array, string | undefined, string]>([
    [
      'signed with a foreign key',
      () => makeList({ ...order(), issuer: { ...setting.house.root, name: setting.house.authority.name } }),
      url,
      'signature-wrong',
    ],
    ['of another authority', () => makeList({ ...order(), issuer: setting.house.root }), url, 'other-issuer'],
    ['whose term is over', () => makeList({ ...order(), nextUpdate: setting.at - 1000 }), url, 'stale'],
    ['from the future', () => makeList({ ...order(), thisUpdate: setting.at + hour }), url, 'not-yet-valid'],
    ['that is none', () => Buffer.from('junk'), url, 'malformed'],
    ['that nobody says where it belongs', () => makeList(order()), undefined, 'no-source'],
  ])('of a list %s is refused', async (_, make, place, problem) => {
    expect(await attempt(make(), place)).toMatchObject({ outcome: 'refused', problem });
    expect(await storedLists(storage)).toBe(0);
  });
});
