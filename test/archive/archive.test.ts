import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Archive,
  type ArchiveChoice,
  archiveFile,
  judgeArchived,
  renewArchived,
} from '../../src/archive/archive.ts';
import { ArchiveFolder } from '../../src/archive/folder.ts';
import { archivedDocument, archivedDocuments } from '../../src/archive/storage.ts';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { makeMessage } from '../../src/signing/message.ts';
import { signPdf } from '../../src/signing/pdf.ts';
import type { Signer } from '../../src/token/signer.ts';
import { engines, type Site } from '../database/engine.ts';
import { samplePdf } from '../document/samples.ts';
import { signerOf } from '../signing/issued.ts';

const day = 86_400_000;

let authority: Authority;
let signer: Signer;
let folder: string;
let site: Site;
let archive: Archive;
let choice: ArchiveChoice;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  authority = await createAuthority({ algorithm: 'ecdsa-p256', serve: {}, at: Date.now() - 30 * day });
  signer = await signerOf(await authority.issue({ subscriber: sampleSubscriber('legal-entity') }));
});
afterAll(() => authority.close());

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sealgate-archive-'));
  writeFileSync(file('root.cer'), authority.root.certificate);
  writeFileSync(file('middle.cer'), authority.accredited.certificate);
  choice = {
    ...{ tsa: [`${authority.url}/tsp`], anchor: [file('root.cer')], network: ['127.0.0.0/8'] },
    ...{ untrusted: [file('middle.cer')], crl: [], ocsp: [], content: [] },
  };
  site = await engines[0]!.site();
  archive = {
    database: await site.open(),
    folder: new ArchiveFolder(file('archive')),
    at: Date.now(),
  };
});
afterEach(async () => {
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

async function addPdf() {
  writeFileSync(file('contract.pdf'), await signPdf(await samplePdf(), signer, { signingTime: Date.now() }));
  return archiveFile(archive, file('contract.pdf'), choice);
}

describe('the archive', () => {
  it('takes a document in at LTA, and knows until when its time-stamp has to be renewed', async () => {
    const document = await addPdf();
    expect(await archivedDocuments(archive.database)).toEqual([document]);
    const report = await judgeArchived(archive, document, choice);
    expect(report).toMatchObject({ indication: 'TOTAL-PASSED', signatures: [{ level: 'LTA' }] });
    const ends = report.timestamps.map(({ certificate }) => Date.parse(certificate?.notAfter ?? ''));
    expect(document.renewBy).toBe(Math.max(...ends));
    expect(await archivedDocuments(archive.database, document.renewBy - 1)).toEqual([]);
  });

  it('keeps what a detached signature is over beside it', async () => {
    writeFileSync(file('contract.txt'), 'A contract of one line.');
    const message = await makeMessage(Buffer.from('A contract of one line.'), signer, {
      ...{ signingTime: Date.now(), isDetached: true },
    });
    writeFileSync(file('contract.txt.sig'), message);
    const document = await archiveFile(archive, file('contract.txt.sig'), {
      ...choice,
      content: [file('contract.txt')],
    });
    rmSync(file('contract.txt'));
    expect((await judgeArchived(archive, document, choice)).indication).toBe('TOTAL-PASSED');
    rmSync(archive.folder.place(document.contents[0]?.sha256 ?? ''));
    await expect(judgeArchived(archive, document, choice)).rejects.toMatchObject({
      code: 'archive_file_damaged',
      details: { file: 'contract.txt' },
    });
  });

  it('takes in nothing that does not pass', async () => {
    const stranger = await createAuthority({ algorithm: 'ecdsa-p256' });
    const other = await signerOf(await stranger.issue({ subscriber: sampleSubscriber('legal-entity') }));
    writeFileSync(file('other.pdf'), await signPdf(await samplePdf(), other, { signingTime: Date.now() }));
    await expect(archiveFile(archive, file('other.pdf'), choice)).rejects.toMatchObject({
      code: 'level_not_reached',
    });
    expect([await archivedDocuments(archive.database), existsSync(file('archive'))]).toEqual([[], false]);
    await stranger.close();
  });

  it('renews a document: one time-stamp more over all that was there, the former file gone', async () => {
    const former = await addPdf();
    const before = await archive.folder.get(former);
    const renewed = await renewArchived(archive, former, choice);
    expect(await archivedDocument(archive.database, former.identifier)).toEqual(renewed);
    const after = await archive.folder.get(renewed);
    expect(after.subarray(0, before.length)).toEqual(before);
    expect((await judgeArchived(archive, renewed, choice)).timestamps).toHaveLength(3);
    expect(readdirSync(file('archive'))).toEqual([renewed.sha256]);
  });

  it('lets of two rounds at once the first one’s document stand', async () => {
    const former = await addPdf();
    const first = await renewArchived(archive, former, choice);
    writeFileSync(archive.folder.place(former.sha256), await archive.folder.get(first));
    await expect(renewArchived(archive, former, choice)).rejects.toMatchObject({
      code: 'archive_file_damaged',
    });
    expect(await archivedDocument(archive.database, former.identifier)).toEqual(first);
  });

  it('tells of a file that is no longer what was kept', async () => {
    const document = await addPdf();
    const octets = await archive.folder.get(document);
    octets[octets.length >> 1]! ^= 1;
    writeFileSync(archive.folder.place(document.sha256), octets);
    await expect(judgeArchived(archive, document, choice)).rejects.toMatchObject({
      code: 'archive_file_damaged',
    });
    await expect(archivedDocument(archive.database, 'no-such')).rejects.toMatchObject({
      code: 'argument_invalid',
    });
  });
});
