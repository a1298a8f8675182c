import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usualFetch } from '../../src/fetch/fetcher.ts';
import { IssuerStore } from '../../src/issuer/store.ts';
import { Host } from '../revocation/host.ts';
import { day, type House, makeCertificate, makeHouse, makeSigner } from '../revocation/maker.ts';
import { certificatesOnly } from './published.ts';

let host: Host;
let store: IssuerStore | undefined;
beforeEach(async () => {
  host = await Host.start();
});
afterEach(async () => {
  await store?.close();
  await host.stop();
});

const at = Date.now();
const house: House = makeHouse(at, 'http://lists.example/root.crl');
const stranger = makeHouse(at, 'http://lists.example/root.crl', 'Other').authorityCertificate;
const person = makeCertificate({
  subject: makeSigner('Person'),
  issuer: house.authority,
  serial: 7,
  notBefore: at - day,
  notAfter: at + day,
});

interface StoreOptions {
  readonly hosts?: readonly string[];
  readonly networks?: readonly string[];
  readonly now?: () => number;
}

function open({ hosts, networks = ['127.0.0.1'], now }: StoreOptions = {}): IssuerStore {
  const settings = { ...usualFetch, allowedNetworks: networks };
  store = new IssuerStore(hosts ?? [`127.0.0.1:${host.port}`], settings, now);
  return store;
}

const ask = async (issuers: IssuerStore, path = '/a.cer') =>
  (await issuers.issuersOf(person, host.url(path), 2_000)).map(({ sha256 }) => sha256);
const { authorityCertificate, rootCertificate } = house;

describe('certificates of issuers', () => {
  it('are read from a certificate, and from a CMS message of certificates those that lead up', async () => {
    host.serve('/a.cer', () => authorityCertificate.der);
    host.serve('/a.p7c', () => certificatesOnly([stranger, rootCertificate, authorityCertificate]));
    const issuers = open();
    expect(await ask(issuers)).toEqual([authorityCertificate.sha256]);
    expect(await ask(issuers, '/a.p7c')).toEqual([authorityCertificate.sha256, rootCertificate.sha256]);
  });

  it('of another name are of no use', async () => {
    host.serve('/a.cer', () => stranger.der);
    expect(await ask(open())).toEqual([]);
  });

  it('are asked for once, by however many at the same time, and again after a day', async () => {
    host.serve('/a.cer', () => authorityCertificate.der);
    let now = at;
    const issuers = open({ now: () => now });
    await Promise.all(Array.from({ length: 5 }, () => ask(issuers)));
    now += day - 1;
    await ask(issuers);
    expect(host.asked).toEqual(['/a.cer']);
    now += 1;
    await ask(issuers);
    expect(host.asked).toEqual(['/a.cer', '/a.cer']);
  });

  it('that could not be had are not asked for again within a minute', async () => {
    let now = at;
    const issuers = open({ now: () => now });
    const failure = expect.objectContaining({ problem: 'http-status' });
    await expect(ask(issuers)).rejects.toEqual(failure);
    await expect(ask(issuers)).rejects.toEqual(failure);
    expect(host.asked).toEqual(['/a.cer']);
    host.serve('/a.cer', () => authorityCertificate.der);
    now += 60_000;
    expect(await ask(issuers)).toHaveLength(1);
  });

  it.each([
    ['HTML', 'malformed', () => Buffer.from('<html>sign in to the network</html>')],
    ['nothing', 'malformed', () => new Uint8Array()],
    ['a certificate that is cut off', 'malformed', () => authorityCertificate.der.subarray(0, 100)],
    ['more than 128 KiB', 'too-large', () => new Uint8Array(128 * 1024 + 1)],
  ] as const)('are refused where %s came', async (_, problem, body) => {
    host.serve('/a.cer', body);
    await expect(ask(open())).rejects.toEqual(expect.objectContaining({ problem }));
  });

  it('are not fetched by a redirect, even on the same host', async () => {
    host.on('/a.cer', (_, response) => response.writeHead(302, { location: '/b.cer' }).end());
    host.serve('/b.cer', () => authorityCertificate.der);
    await expect(ask(open())).rejects.toEqual(expect.objectContaining({ problem: 'redirected' }));
    expect(host.asked).toEqual(['/a.cer']);
  });

  it('are not fetched from a local address, though its host is allowed by name', async () => {
    await expect(ask(open({ networks: [] }))).rejects.toEqual(
      expect.objectContaining({ problem: 'address-forbidden' }),
    );
    expect(host.asked).toEqual([]);
  });
});

describe('hosts of issuers', () => {
  it('are those that the operator names, on their usual ports unless the port is named', () => {
    const issuers = open({ hosts: ['ca.example', '*.gov.example', 'other.example:8080'] });
    const allowed = [
      'http://ca.example/a.cer',
      'https://CA.example/a.cer',
      'http://a.gov.example/a',
      'http://other.example:8080/',
    ];
    const refused = [
      'http://ca.example:22/a.cer',
      'http://other.example/',
      'http://ca.example.evil.example/',
      'http://user@ca.example/',
      'ldap://ca.example/cn=a',
      'file:///etc/passwd',
      'ca.example',
    ];
    expect(allowed.filter((url) => !issuers.allows(url))).toEqual([]);
    expect(refused.filter((url) => issuers.allows(url))).toEqual([]);
  });

  it('are nobody where none is named', async () => {
    await expect(ask(open({ hosts: [] }))).rejects.toEqual(
      expect.objectContaining({ problem: 'host-forbidden' }),
    );
    expect(host.asked).toEqual([]);
  });
});
