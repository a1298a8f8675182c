import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { signDetached } from '../../src/authority/detached.ts';
import { readBundle, writeBundle } from '../../src/document/bundle.ts';
import { signatureCommands } from '../../src/document/command.ts';
import { run as runIn } from '../validation/run.ts';
import { vectors } from '../vectors.ts';

const documents = vectors('documents');
const folder = mkdtempSync(join(tmpdir(), 'sealgate-signature-'));
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  const authority = await createAuthority({ algorithm: 'ecdsa-p256' });
  const signer = await authority.issue({ subscriber: sampleSubscriber('legal-entity') });
  const content = Buffer.from('A contract of one line.');
  writeFileSync(file('contract.txt'), content);
  writeFileSync(file('other.txt'), 'Another contract.');
  writeFileSync(file('contract.p7s'), await signDetached(content, signer, Date.now()));
  writeFileSync(file('root.cer'), authority.root.certificate);
  const stranger = await createAuthority({ algorithm: 'ecdsa-p256' });
  writeFileSync(file('stranger.cer'), stranger.root.certificate);
  await stranger.close();
  writeFileSync(file('lists.crl'), await authority.accredited.currentCrl());
  await authority.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...words: string[]) => runIn(signatureCommands, 'signature', 'validate', ...words);

describe('sealgate signature extend', () => {
  const extend = (...words: string[]) => runIn(signatureCommands, 'signature', 'extend', ...words);

  it('adds a time-stamp of the first authority that gives one', async () => {
    const authority = await createAuthority({ algorithm: 'ecdsa-p256', serve: {} });
    try {
      const out = file('extended.p7s');
      const { code } = await extend(
        ...[file('contract.p7s'), '--content', file('contract.txt'), '--level', 'T', '--out', out],
        ...['--tsa', 'http://127.0.0.1:9/tsp', `${authority.url}/tsp`],
      );
      expect(code).toBe(0);
      const words = [out, '--content', file('contract.txt'), '--anchor', file('root.cer'), '--json'];
      expect(JSON.parse((await run(...words)).out)).toMatchObject({
        signatures: [{ level: 'T', timestamps: [{ kind: 'signature', imprint: 'matches' }] }],
      });
    } finally {
      await authority.close();
    }
  });

  it('leaves the file alone where the signature does not hold', async () => {
    const words = [file('contract.p7s'), '--content', file('other.txt'), '--level', 'T'];
    const { code } = await extend(...words, '--tsa', 'http://127.0.0.1:9/', '--out', file('none.p7s'));
    expect([code === 0, existsSync(file('none.p7s'))]).toEqual([false, false]);
  });
});

describe('sealgate signature validate', () => {
  const anchor = ['--anchor', file('root.cer')];
  const detached = [file('contract.p7s'), '--content', file('contract.txt')];

  it.skipIf(documents.reason)(
    `draws signatures, what they cover, and time-stamps${documents.note}`,
    async () => {
      const suite = (name: string) => join(documents.folder, name);
      const { out, code } = await run(
        suite('files/siva-pades-lt.pdf'),
        ...['--anchor', suite('anchors/test-of-esteid2018.cer')],
        ...[suite('anchors/demo-sk-timestamping-authority-2023e.cer'), '--at', '2024-09-14T00:00:00Z'],
      );
      expect(code).toBe(0);
      for (const text of ['PAdES', 'LT', 'revision 3', 'revision 4', '2024-09-13T14:19:08.000Z'])
        expect(out).toContain(text);
    },
  );

  it('passes with exit code 0, for people and for programs', async () => {
    const { out, code } = await run(...detached, ...anchor);
    expect(code).toBe(0);
    expect(out).toContain('TOTAL-PASSED');
    const { out: json } = await run(...detached, ...anchor, '--json');
    expect(JSON.parse(json)).toMatchObject({
      indication: 'TOTAL-PASSED',
      signatures: [{ revocation: 'unchecked' }],
    });
  });

  it('prints the report in other forms, the exit code being the same', async () => {
    const etsi = await run(...detached, ...anchor, '--report', 'etsi');
    expect([etsi.code, etsi.out]).toEqual([0, expect.stringMatching(/^<\?xml[\s\S]*total-passed/)]);
    const page = await run(...detached, ...anchor, '--report', 'html');
    expect([page.code, page.out]).toEqual([0, expect.stringMatching(/^<!doctype html>/)]);
  });

  it('is replayed from a bundle alone, which tells of a report that says something else', async () => {
    const bundle = file('contract.bundle.zip');
    const lists = ['--crl', file('lists.crl')];
    expect((await run(...detached, ...anchor, ...lists, '--bundle', bundle)).code).toBe(2);
    const replay = (path: string) => runIn(signatureCommands, 'signature', 'replay', path, '--json');
    const same = await replay(bundle);
    expect([same.code, JSON.parse(same.out)]).toEqual([
      ...[0, expect.objectContaining({ indication: 'INDETERMINATE', differences: [] })],
    ]);
    const { report, ...evidence } = await readBundle(readFileSync(bundle));
    const forged = { ...report, indication: 'TOTAL-PASSED' as const };
    writeFileSync(file('forged.zip'), writeBundle({ ...evidence, report: forged }));
    const other = await replay(file('forged.zip'));
    expect([other.code, JSON.parse(other.out)]).toEqual([
      ...[
        1,
        expect.objectContaining({ differences: [expect.stringMatching(/^report\.indication: was "TOTAL/)] }),
      ],
    ]);
    expect((await replay(file('root.cer'))).code).not.toBe(0);
  });

  it('refuses another document with exit code 1', async () => {
    expect((await run(file('contract.p7s'), '--content', file('other.txt'), ...anchor)).code).toBe(1);
  });

  it('leaves it open with exit code 2 where the root is missing, or a list', async () => {
    expect((await run(...detached, '--anchor', file('stranger.cer'))).code).toBe(2);
    expect((await run(...detached, ...anchor, '--crl', file('lists.crl'))).code).toBe(2);
  });

  it('leaves it open without the document, and refuses what is no signed document', async () => {
    expect((await run(file('contract.p7s'), ...anchor)).code).toBe(2);
    expect((await run(file('contract.txt'), ...anchor)).code).toBe(1);
  });

  it('is used wrongly with exit code 64', async () => {
    expect((await run(file('absent.p7s'), ...anchor)).code).toBe(64);
    expect((await run(file('root.cer'), ...anchor)).code).toBe(64);
  });
});
