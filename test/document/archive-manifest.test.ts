import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Budget } from '../../src/budget/budget.ts';
import { writeZip } from '../../src/document/asic/write.ts';
import { readZip } from '../../src/document/asic/zip.ts';
import { Fetcher, usualFetch } from '../../src/fetch/fetcher.ts';
import { makeContainer } from '../../src/signing/container.ts';
import { askTimestamp } from '../../src/timestamp/ask.ts';
import { signerOf } from '../signing/issued.ts';
import { Archive, day } from './archive.ts';

let archive: Archive;
let container: Uint8Array;
const fetcher = new Fetcher({ ...usualFetch, allowedNetworks: ['127.0.0.0/8'] });

beforeAll(async () => {
  archive = await Archive.open('ecdsa-p256', Date.parse('2026-03-02T09:00:00Z'));
  const signer = await signerOf(await archive.issue(3 * day));
  const files = [{ name: 'contract.txt', octets: archive.content }];
  container = await makeContainer(files, signer, { form: 'CAdES', signingTime: archive.now });
});
afterAll(async () => {
  await fetcher.close();
  await archive.close();
});

/** The container with a time-stamp over a manifest of those of its files that `lists` names. */
async function archived(lists: (name: string) => boolean): Promise<Uint8Array> {
  const budget = new Budget();
  const zip = await readZip(container, budget);
  const rows = zip.entries
    .filter(({ name }) => lists(name))
    .map(({ name, octets }) => {
      const root = name === 'META-INF/ASiCManifest001.xml' ? ' Rootfile="true"' : '';
      return `<asic:DataObjectReference URI="${name}"${root}><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>${hash('sha256', octets, 'base64')}</ds:DigestValue></asic:DataObjectReference>`;
    });
  const manifest = Buffer.from(
    `<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><asic:SigReference URI="META-INF/timestamp001.tst"/>${rows.join('')}</asic:ASiCManifest>`,
  );
  const question = { algorithm: 'sha256' as const, digest: hash('sha256', manifest, 'buffer') };
  const token = await askTimestamp({ urls: [`${archive.authority.url}/tsp`], fetcher }, question, budget);
  const added = [
    { name: 'META-INF/ASiCArchiveManifest.xml', octets: manifest, isStored: false },
    { name: 'META-INF/timestamp001.tst', octets: token, isStored: false },
  ];
  return writeZip({ ...zip, entries: [...zip.entries, ...added] });
}

async function changed(document: Uint8Array, file: string): Promise<Uint8Array> {
  const zip = await readZip(document, new Budget());
  const entries = zip.entries.map((each) =>
    each.name === file ? { ...each, octets: Buffer.concat([each.octets, Buffer.from(' ')]) } : each,
  );
  return writeZip({ ...zip, entries });
}

const everything = (name: string) => name !== 'mimetype';

describe('a container with an archive manifest under a time-stamp', () => {
  it('has the existence of its signature proven by it, after the end of the signer’s certificate', async () => {
    const document = await archived(everything);
    const lists = await archive.lists();
    archive.pass(5 * day);
    const late = [...lists, ...(await archive.lists())];
    expect(await archive.validate(container, late)).toMatchObject({ subIndication: 'OUT_OF_BOUNDS_NO_POE' });
    const report = await archive.validate(document, late);
    expect(report.timestamps).toMatchObject([
      { kind: 'archive', indication: 'TOTAL-PASSED', coverage: { extent: 'whole' } },
    ]);
    expect(report.signatures[0]?.provenTime).toBe(new Date(archive.now - 5 * day).toISOString());
    archive.pass(-5 * day);
  });

  it('is refused where a file that it lists was changed, though the signature does not cover that', async () => {
    const document = await changed(await archived(everything), 'contract.txt');
    const report = await archive.validate(document, await archive.lists());
    expect(report.indication).toBe('TOTAL-FAILED');
    expect(report.timestamps[0]?.indication).not.toBe('TOTAL-PASSED');
  });

  it('proves nothing of a signature that it does not list', async () => {
    const document = await archived((name) => name === 'contract.txt');
    const report = await archive.validate(document, await archive.lists());
    expect(report.timestamps[0]).toMatchObject({ kind: 'archive', indication: 'TOTAL-PASSED' });
    expect(report.signatures[0]?.provenTime).toBeUndefined();
  });
});
