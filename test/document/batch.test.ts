import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { signatureCommands } from '../../src/document/command.ts';
import { makeMessage } from '../../src/signing/message.ts';
import { signerOf } from '../signing/issued.ts';
import { run } from '../validation/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'sealgate-batch-'));
const path = (name: string) => join(folder, name);
/** So many that other threads take part. */
const count = 300;

beforeAll(async () => {
  const authority = await createAuthority({ algorithm: 'gost2012-256' });
  const signer = await signerOf(await authority.issue({ subscriber: sampleSubscriber('legal-entity') }));
  writeFileSync(path('root.cer'), authority.root.certificate);
  writeFileSync(path('middle.cer'), authority.accredited.certificate);
  for (let at = 0; at < count; at++) {
    const content = Buffer.from(`Contract ${at}`);
    writeFileSync(path(`${at}.txt`), at === 7 ? 'Another contract' : content);
    const options = { signingTime: Date.now(), isDetached: true };
    writeFileSync(path(`${at}.txt.sig`), await makeMessage(content, signer, options));
  }
  await authority.close();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const validate = (...words: string[]) =>
  run(signatureCommands, 'signature', 'validate', ...words, '--anchor', path('root.cer'));

describe('sealgate signature validate with many files', () => {
  it('judges each with what it signs beside it, on threads, in the order that they were named in', async () => {
    const files = Array.from({ length: count }, (_, at) => path(`${at}.txt.sig`));
    const { out, code } = await validate(...files, '--untrusted', path('middle.cer'), '--json');
    const verdicts = JSON.parse(out) as { file: string; indication: string; code?: string }[];
    expect(verdicts.map(({ file }) => file)).toEqual(files);
    expect(verdicts.filter(({ indication }) => indication !== 'TOTAL-PASSED')).toEqual([
      expect.objectContaining({ file: files[7], code: 'document_changed' }),
    ]);
    expect(code).toBe(1);
  }, 60_000);

  it('tells of files that cannot be read or hold something else, and of the others all the same', async () => {
    const files = [path('0.txt.sig'), path('absent.sig'), path('root.cer')];
    const { out } = await validate(...files, '--untrusted', path('middle.cer'), '--json');
    expect((JSON.parse(out) as { code?: string }[]).map(({ code }) => code)).toEqual([
      ...[undefined, 'file_unreadable', 'encoding_unexpected'],
    ]);
  });

  it('is used wrongly with what is for one file', async () => {
    const two = [path('0.txt.sig'), path('1.txt.sig')];
    await expect(validate(...two, '--bundle', path('b.zip'))).rejects.toMatchObject({
      code: 'command_invalid',
    });
  });
});
