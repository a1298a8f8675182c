import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RevocationSources } from '../../src/revocation/sources.ts';
import { Renewal } from '../../src/revocation/store/renewal.ts';
import type { Behaviour } from '../revocation/host.ts';
import {
  day,
  type House,
  hour,
  makeCertificate,
  makeHouse,
  makeList,
  makeSigner,
} from '../revocation/maker.ts';
import {
  check,
  heldList,
  makeSetting,
  makeSources,
  personSerial,
  type Setting,
} from '../revocation/setting.ts';

let setting: Setting;
/** An authority under another anchor that wants others to be crowded out. */
let hostile: House;

beforeEach(async () => {
  setting = await makeSetting();
  const { at, host } = setting;
  hostile = makeHouse(at, host.url('/hostile-root.crl'), 'Hostile');
  const list = makeList({ issuer: hostile.root, thisUpdate: at - hour, nextUpdate: at + day });
  host.serve('/hostile-root.crl', () => list);
});

afterEach(() => setting.host.stop());

/** A check of a certificate of the hostile authority that names these addresses for its list. */
function checkHostile(sources: RevocationSources, paths: readonly string[], patience = 5000) {
  const { at, host } = setting;
  const person = makeCertificate({
    subject: makeSigner('Subscriber'),
    issuer: hostile.authority,
    serial: 5,
    notBefore: at - day,
    notAfter: at + day,
    listUrls: paths.map((path) => host.url(path)),
  });
  return check({ ...setting, house: hostile, person }, sources, { patience });
}

function hostileList(entries = 0): Uint8Array {
  const { at } = setting;
  return makeList({
    ...{ issuer: hostile.authority, thisUpdate: at - hour, nextUpdate: at + day },
    entries: Array.from({ length: entries }, (_, index) => ({ serial: index + 1000, revokedAt: at - hour })),
  });
}

/** Gives octets so slowly that nobody waits for the end. */
const slowly =
  (octets: Uint8Array, milliseconds: number): Behaviour =>
  async (_, response) => {
    response.writeHead(200, { 'content-length': octets.length });
    response.write(octets.subarray(0, 1));
    await delay(milliseconds);
    response.end(octets.subarray(1));
  };

const unavailable = { code: 'revocation_unavailable' };
const problems = (problem: string) => ({
  details: { problems: expect.arrayContaining([expect.objectContaining({ problem })]) },
});

describe('lists that come when nobody waits any more', () => {
  it('are held where the authority that was asked for has signed them, and nowhere otherwise', async () => {
    const { host, house } = setting;
    const sources = makeSources();
    const forged = makeList({
      ...{ issuer: { ...makeSigner('x'), name: hostile.authority.name }, number: 9 },
      ...{ thisUpdate: setting.at - hour, nextUpdate: setting.at + day },
    });
    host.on('/forged.crl', slowly(forged, 400));
    host.on('/late.crl', slowly(hostileList(), 400));
    await expect(checkHostile(sources, ['/forged.crl'], 300)).rejects.toMatchObject(unavailable);
    await expect(checkHostile(sources, ['/late.crl'], 300)).rejects.toMatchObject(unavailable);
    await expect.poll(() => heldList(sources, setting, '/late.crl')).toBeDefined();
    await delay(200);
    expect(heldList(sources, setting, '/forged.crl')).toBeUndefined();
    expect(house).toBeDefined();
  });

  it('are bounded in octets as a whole, and for each branch of the trust, so that others still get theirs', async () => {
    const { host } = setting;
    const sources = makeSources({ lists: { mostUnverified: 200_000 } });
    // Announced, and never sent: three of them would be more than half of what may be on its way.
    const silent: Behaviour = (_, response) => {
      response.writeHead(200, { 'content-length': 40_000 });
      response.write('0');
    };
    const paths = ['/1.crl', '/2.crl', '/3.crl', '/4.crl'];
    for (const path of paths) host.on(path, silent);
    await expect(checkHostile(sources, paths, 1200)).rejects.toMatchObject({
      ...unavailable,
      ...problems('over-quota'),
    });
    await check(setting, sources);
  });
});

describe('very many lists of one authority', () => {
  it('push none of another out of the memory', async () => {
    const { host } = setting;
    const list = hostileList(500);
    const sources = makeSources({ lists: { mostOctets: 200_000 } });
    await check(setting, sources);
    for (let nth = 0; nth < 12; nth++) {
      host.serve(`/${nth}.crl`, () => list);
      await checkHostile(sources, [`/${nth}.crl`]);
    }
    const held = sources.lists.all();
    expect(held.length).toBeLessThan(14);
    expect(heldList(sources, setting, '/a.crl')).toBeDefined();
    expect(heldList(sources, setting, '/root.crl')).toBeDefined();
    expect(heldList(sources, setting, '/0.crl')).toBeUndefined();
  });

  it('that never come keep the renewal of none of another waiting', async () => {
    const { host } = setting;
    const sources = makeSources();
    await check(setting, sources);
    for (let nth = 0; nth < 12; nth++) {
      host.serve(`/${nth}.crl`, () => hostileList());
      await checkHostile(sources, [`/${nth}.crl`]);
      host.on(`/${nth}.crl`, () => undefined);
    }
    setting.publish(2, [personSerial]);
    const renewal = new Renewal(sources);
    const round = renewal.renewDue(setting.at + hour);
    await expect.poll(() => heldList(sources, setting, '/a.crl')?.list.number, { timeout: 10_000 }).toBe(2n);
    await renewal.stop();
    await round;
  });
});
