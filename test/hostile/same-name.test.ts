import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { context } from '../../src/asn1/tag.ts';
import { encode, encodeSequence } from '../../src/asn1/writer.ts';
import type { Certificate } from '../../src/certificate/certificate.ts';
import type { RevocationSources } from '../../src/revocation/sources.ts';
import { DatabaseStorage } from '../../src/revocation/store/database.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';
import { nonceOf } from '../revocation/host.ts';
import {
  type AnswerOrder,
  day,
  type House,
  hour,
  type ListOrder,
  makeAnswer,
  makeCertificate,
  makeExtension,
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
/** A house of the same names with keys of its own, under an anchor of its own. */
let twins: House;
/** Of the twin: the same serial number and the same addresses as the honest one. */
let impostor: Certificate;
let temporary: TemporaryDatabase;

beforeEach(async () => {
  setting = await makeSetting();
  const { at, host } = setting;
  twins = makeHouse(at, host.url('/twin-root.crl'));
  const rootList = makeList({ issuer: twins.root, thisUpdate: at - hour, nextUpdate: at + day, number: 1 });
  host.serve('/twin-root.crl', () => rootList);
  impostor = makeCertificate({
    subject: makeSigner('Person'),
    issuer: twins.authority,
    serial: personSerial,
    notBefore: at - 10 * day,
    notAfter: at + 10 * day,
    listUrls: [host.url('/a.crl')],
    responderUrls: [host.url('/ocsp')],
  });
  temporary = temporaryDatabase();
});

afterEach(async () => {
  await setting.host.stop();
  await temporary.dispose();
});

const checkImpostor = (sources: RevocationSources, policy: Parameters<typeof check>[2] = {}) =>
  check({ ...setting, house: twins, person: impostor }, sources, policy);

function listOf(house: House, order: Partial<ListOrder> = {}): Uint8Array {
  const { at } = setting;
  return makeList({
    issuer: house.authority,
    thisUpdate: at - hour,
    nextUpdate: at + day,
    number: 1,
    ...order,
  });
}

const names = (serial: number) => ({ entries: [{ serial, revokedAt: setting.at - hour, reason: 1 }] });

/** The address of both lists gives `list`, with an ETag that whoever sits on the way has chosen. */
function publish(list: Uint8Array, etag: string): void {
  setting.host.on('/a.crl', (request, response) => {
    if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
    else response.writeHead(200, { etag, 'content-length': list.length }).end(list);
  });
}

describe('a list of a namesake at the honest list’s address, with its ETag', () => {
  it.each([false, true])(
    'is not taken for it: what the honest one says counts (with a storage: %s)',
    async (isStored) => {
      const storage = isStored ? { storage: new DatabaseStorage(temporary.database) } : {};
      const sources = makeSources(storage);
      publish(listOf(twins, { number: 2 ** 30 }), '"same"');
      await checkImpostor(sources);
      publish(listOf(setting.house, names(personSerial)), '"same"');
      await expect(check(setting, sources)).rejects.toMatchObject({ code: 'certificate_revoked' });
      await sources.lists.stored();
      const restarted = makeSources(storage);
      await restarted.lists.takeOverAll(setting.at);
      await expect(check(setting, restarted)).rejects.toMatchObject({ code: 'certificate_revoked' });
      // And the other way round: the honest list revokes nobody of the namesake's.
      publish(listOf(twins, { number: 2 ** 30 }), '"same"');
      await checkImpostor(sources);
    },
  );
});

describe('an answer of a namesake about the same serial number', () => {
  const answering = (house: House, order: Partial<AnswerOrder> = {}) =>
    setting.host.on('/ocsp', (_, response, body) => {
      const term = { thisUpdate: setting.at - hour, nextUpdate: setting.at + day };
      const signer = { responder: house.authority, issuer: house.authority, serial: personSerial };
      response.end(makeAnswer({ ...signer, ...term, nonce: nonceOf(body), ...order }));
    });
  const policy = { order: ['ocsp', 'crl'] } as const;

  it('does not speak for the honest certificate, in memory or in storage', async () => {
    setting.host.behaviours.delete('/a.crl');
    const storage = new DatabaseStorage(temporary.database);
    const sources = makeSources({ storage });
    answering(twins);
    await checkImpostor(sources, policy);
    answering(setting.house, { status: { revokedAt: setting.at - hour, reason: 1 } });
    await expect(check(setting, sources, policy)).rejects.toMatchObject({ code: 'certificate_revoked' });
    setting.host.behaviours.delete('/ocsp');
    const stored = async () => {
      let count = 0;
      for await (const page of storage.records('ocsp', 0)) count += page.length;
      return count;
    };
    await expect.poll(stored).toBe(2);
    for (const held of [sources, makeSources({ storage })]) {
      await expect(check(setting, held, policy)).rejects.toMatchObject({ code: 'certificate_revoked' });
    }
    await checkImpostor(sources, policy);
  });
});

describe('a namesake that another authority under the same anchor has certified', () => {
  const scope = makeExtension('2.5.29.28', encodeSequence(encode(context(4), Uint8Array.of(0xff))), true);

  it('signs no lists for the honest authority’s certificates, while one that the root has certified does', async () => {
    const { house, host, at } = setting;
    const hostile = makeSigner('Hostile Authority');
    const term = { notBefore: at - day, notAfter: at + day };
    const authority = { isAuthority: true, ...term };
    const hostileCertificate = makeCertificate({
      ...{ subject: hostile, issuer: house.root, serial: 70, ...authority },
      listUrls: [host.url('/root.crl')],
    });
    const namesake = { ...makeSigner('x'), name: house.authority.name };
    const certified = (issuer: typeof hostile, serial: number, listUrl: string) =>
      makeCertificate({ subject: namesake, issuer, serial, ...authority, listUrls: [host.url(listUrl)] });
    const ofHostile = makeList({ issuer: hostile, thisUpdate: at - hour, nextUpdate: at + day });
    host.serve('/hostile.crl', () => ofHostile);
    const list = listOf({ ...house, authority: namesake });
    for (const der of [list, listOf({ ...house, authority: namesake }, { extensions: [scope] })]) {
      publish(der, '"namesake"');
      const pool = [hostileCertificate, certified(hostile, 71, '/hostile.crl')];
      await expect(check(setting, makeSources(), {}, at, pool)).rejects.toMatchObject({
        code: 'revocation_unavailable',
      });
    }
    publish(list, '"namesake"');
    await check(setting, makeSources(), {}, at, [certified(house.root, 72, '/root.crl')]);
  });
});

describe('the honest authority’s key, certified again by a hostile one', () => {
  it('is held apart there, and what is kept for it under its own path stays', async () => {
    const { house, at } = setting;
    const sources = makeSources();
    await check(setting, sources);
    const before = heldList(sources, setting, '/a.crl');
    const again = makeCertificate({
      subject: house.authority,
      issuer: twins.root,
      serial: 90,
      isAuthority: true,
      notBefore: at - day,
      notAfter: at + day,
      listUrls: [setting.host.url('/twin-root.crl')],
    });
    setting.publish(5);
    await check({ ...setting, house: { ...twins, path: (person) => twins.path(person, again) } }, sources);
    expect(heldList(sources, setting, '/a.crl')).toBe(before);
    expect(sources.lists.all().filter(({ url }) => url === setting.host.url('/a.crl'))).toHaveLength(2);
  });
});
