import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { signDetached } from '../../src/authority/detached.ts';
import { signatureCommands } from '../../src/document/command.ts';
import { run as runIn } from '../validation/run.ts';

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

describe('sealgate signature validate', () => {
  const anchor = ['--anchor', file('root.cer')];
  const detached = [file('contract.p7s'), '--content', file('contract.txt')];

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
  });
});
