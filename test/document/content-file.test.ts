import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withContents } from '../../src/document/opened-file.ts';
import { validateDocument } from '../../src/document/validate.ts';
import { SealgateError } from '../../src/error.ts';
import { ContentFile } from '../../src/signature/content-file.ts';
import { makeMessage } from '../../src/signing/message.ts';
import { signXmlBeside } from '../../src/signing/xml.ts';
import { longestHold, measureHold } from '../hostile/hold.ts';
import { Openssl } from '../signature/openssl.ts';
import { signerOf } from '../signing/issued.ts';
import { Archive, day } from './archive.ts';

const start = Date.parse('2026-03-02T09:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'sealgate-contents-'));
const path = join(folder, 'contract.iso');
/** Longer than what is kept in memory. */
const content = Buffer.alloc(9 * 1024 * 1024, 'A contract of many pages. ');

let archive: Archive;
beforeAll(async () => {
  writeFileSync(path, content);
  archive = await Archive.open('ecdsa-p256', start);
});
afterAll(async () => {
  await archive.close();
  rmSync(folder, { recursive: true, force: true });
});

function validate(message: Uint8Array, file = path) {
  return withContents([file], (contents) => {
    expect(contents[0]?.octets).toBeInstanceOf(ContentFile);
    return validateDocument(
      { document: message, contents },
      {
        anchors: [archive.authority.root.certificate],
        ...{ untrusted: [archive.authority.accredited.certificate], lists: [], answers: [] },
        ...{ at: archive.now, profile: 'rfc5280', language: 'en' },
      },
    );
  });
}

describe('a detached signature over a document that stays in its file', () => {
  it('passes with its time-stamps and over nothing else, and holds nobody up', async () => {
    const signer = await signerOf(await archive.issue(3 * day));
    const message = await makeMessage(content, signer, { signingTime: archive.now, isDetached: true });
    const { milliseconds, results } = await measureHold(() => validate(message), 1);
    expect(milliseconds).toBeLessThan(20);
    expect(results[0]).toMatchObject({ indication: 'TOTAL-PASSED', form: 'detached' });
    const other = join(folder, 'other.iso');
    writeFileSync(other, Buffer.concat([content.subarray(1), Buffer.from('.')]));
    expect(await validate(message, other)).toMatchObject({ failure: { code: 'document_changed' } });
  });

  it('is extended to LTA from that file, and passes as over the octets', async () => {
    const signer = await signerOf(await archive.issue(3 * day));
    const message = await makeMessage(content, signer, { signingTime: archive.now, isDetached: true });
    const extended = await withContents([path], (contents) => archive.extendOver(contents, message, 'LTA'));
    const expected = { indication: 'TOTAL-PASSED', signatures: [{ level: 'LTA' }] };
    expect(await validate(extended)).toMatchObject(expected);
    expect(await archive.validate(extended, [], content)).toMatchObject(expected);
  });

  it('of XML passes without transforms', async () => {
    const signer = await signerOf(await archive.issue(3 * day));
    const files = [{ name: 'contract.iso', octets: content }];
    const message = await signXmlBeside(files, signer, { signingTime: archive.now });
    expect(await validate(Buffer.from(message))).toMatchObject({
      indication: 'TOTAL-PASSED',
      signatures: [{ coverage: { extent: 'whole', covered: ['contract.iso'] } }],
    });
  });

  it('is refused without signed attributes, since the octets themselves would have to be at hand', async () => {
    const workshop = new Openssl();
    try {
      const message = workshop.sign(workshop.signer('P-256'), content, '-noattr');
      expect(await validate(message)).toMatchObject({
        failure: { code: 'signature_attributes_missing' },
      });
    } finally {
      workshop.close();
    }
  });

  it('is read so often and no more, whatever time-stamps ask for', async () => {
    const handle = await open(path, 'r');
    try {
      const file = new ContentFile(handle, content.length);
      for (const algorithm of ['sha256', 'sha256', 'streebog256'] as const) await file.digest(algorithm);
      const read = async () => {
        for await (const _ of file.pieces()) break;
      };
      for (let turn = 2; turn < 16; turn++) await read();
      await expect(read()).rejects.toThrow(SealgateError);
    } finally {
      await handle.close();
    }
  });
});

const megabytes = Number(process.env.LARGE_DOCUMENT ?? 0);

describe.skipIf(megabytes === 0)(
  `a document of hundreds of megabytes${megabytes === 0 ? ' (skipped: LARGE_DOCUMENT names no megabytes)' : ''}`,
  () => {
    it('is judged in little memory, message and time-stamps over it', async () => {
      const large = join(folder, 'large.iso');
      writeFileSync(large, 'The beginning of a large document.');
      await truncate(large, megabytes * 1024 * 1024);
      const workshop = new Openssl();
      try {
        const name = workshop.signer('P-256');
        const words = ['-signer', `${name}.pem`, '-inkey', `${name}.key`, '-in', large];
        const message = workshop.run('cms', '-sign', '-binary', '-outform', 'DER', ...words);
        const before = process.memoryUsage.rss();
        const { milliseconds, results } = await measureHold(() => validate(message, large), 1);
        expect(results[0]?.signatures[0]?.integrity).toBe('intact');
        expect(milliseconds).toBeLessThan(longestHold);
        expect((process.memoryUsage.rss() - before) / 1024 / 1024).toBeLessThan(100);
      } finally {
        workshop.close();
      }
    }, 120_000);
  },
);
