import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { CurrentPath } from '../../src/revocation/check.ts';
import type { RevocationSources } from '../../src/revocation/sources.ts';
import { Arrivals } from '../../src/revocation/store/arrivals.ts';
import { Renewal } from '../../src/revocation/store/renewal.ts';
import { ListArrivals } from '../../src/watch/list-arrival.ts';
import { pathToWatch, watchPath } from '../../src/watch/watched-path.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';
import { day, hour, makeCertificate, makeHouse, makeList, makeSigner } from '../revocation/maker.ts';
import { check, makeSetting, makeSources, personSerial, type Setting } from '../revocation/setting.ts';
import { watchMany } from './many.ts';

let setting: Setting;
let temporary: TemporaryDatabase;
let database: Database;
let sources: RevocationSources;
let lists: ListArrivals;

beforeEach(async () => {
  setting = await makeSetting();
  temporary = temporaryDatabase();
  ({ database } = temporary);
  const arrivals = new Arrivals();
  sources = makeSources({ arrivals });
  lists = new ListArrivals(database, arrivals);
});

afterEach(async () => {
  await sources.fetcher.close();
  await setting.host.stop();
  await temporary.dispose();
});

async function watch(name: string, current: CurrentPath, at = setting.at): Promise<void> {
  const path = pathToWatch(current, false, at);
  await database.write({ statements: watchPath({ subject: 'ogrn:1', certificate: name }, path, at) });
}

async function concerned(at = setting.at): Promise<string[]> {
  const found: string[] = [];
  for await (const page of lists.concerned(at)) found.push(...page.map(({ certificate }) => certificate));
  return found.sort();
}

const renew = () => new Renewal(sources).renewDue(setting.at + hour);

/** A certificate of the authority with another serial number. */
function another(serial: number) {
  const { house, host, at } = setting;
  return makeCertificate({
    subject: makeSigner('Other'),
    issuer: house.authority,
    serial,
    notBefore: at - day,
    notAfter: at + day,
    listUrls: [host.url('/a.crl')],
  });
}

describe('a list that arrives', () => {
  it('concerns the paths whose certificates it names, and no others', async () => {
    const current = await check(setting, sources);
    await watch('named', current, setting.at - hour);
    await watch('other', await check({ ...setting, person: another(8) }, sources));
    const foreign = makeHouse(setting.at, setting.host.url('/foreign.crl'), 'Foreign');
    const foreignList = (issuer: typeof foreign.root) =>
      makeList({ issuer, thisUpdate: setting.at - hour, nextUpdate: setting.at + day });
    setting.host.serve('/foreign.crl', () => foreignList(foreign.root));
    setting.host.serve('/f.crl', () => foreignList(foreign.authority));
    const stranger = makeCertificate({
      ...{ subject: makeSigner('Stranger'), issuer: foreign.authority, serial: personSerial },
      ...{ notBefore: setting.at - day, notAfter: setting.at + day, listUrls: [setting.host.url('/f.crl')] },
    });
    await watch('foreign', await check({ ...setting, house: foreign, person: stranger }, sources));
    expect(await concerned()).toEqual([]);
    setting.publish(2, [personSerial]);
    await renew();
    expect(await concerned()).toEqual(['named']);
    expect(await concerned()).toEqual([]);
  });

  it('of the authority above concerns the paths of all certificates below the one that it names', async () => {
    await watch('one', await check(setting, sources));
    await watch('two', await check({ ...setting, person: another(8) }, sources));
    await concerned();
    const list = makeList({
      ...{ issuer: setting.house.root, thisUpdate: setting.at, nextUpdate: setting.at + day, number: 2 },
      entries: [{ serial: 2, revokedAt: setting.at }],
    });
    setting.host.serve('/root.crl', () => list);
    await renew();
    expect(await concerned()).toEqual(['one', 'two']);
  });

  it('concerns a path that was put under watch while it came, a moment later, but none after two minutes', async () => {
    const current = await check(setting, sources);
    await concerned();
    setting.publish(2, [personSerial]);
    await renew();
    expect(await concerned()).toEqual([]);
    await watch('late', current, setting.at - 60_000);
    expect(await concerned(setting.at + 1000)).toEqual(['late']);
    expect(await concerned(setting.at + 3 * 60_000)).toEqual([]);
  });

  it('comes again where what it concerns was not judged to the end', async () => {
    await watch('named', await check(setting, sources));
    await concerned();
    setting.publish(2, [personSerial]);
    await renew();
    for await (const page of lists.concerned(setting.at)) if (page.length > 0) break;
    expect(await concerned()).toEqual(['named']);
  });

  it('beside very many paths finds the one that it names', async () => {
    const current = await check(setting, sources);
    await watchMany(database, pathToWatch(current, false, setting.at), 1_500, setting.at);
    await watch('named', current);
    await concerned();
    setting.publish(2, [personSerial]);
    await renew();
    expect(await concerned()).toEqual(['named']);
  });
});
