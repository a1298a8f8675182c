import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { signDetached } from '../../src/authority/detached.ts';
import { signatureCommands } from '../../src/validation/command.ts';

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
  writeFileSync(file('signer.cer'), signer.certificate);
  writeFileSync(file('lists.crl'), await authority.accredited.currentCrl());
  await authority.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...words: string[]): Promise<{ out: string; code: number }> {
  const printed: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  const program = new Command('sealgate').exitOverride().configureOutput({ writeErr: () => {} });
  signatureCommands(program);
  for (const command of program.commands.flatMap((each) => [each, ...each.commands])) {
    command.exitOverride().configureOutput({ writeErr: () => {} });
  }
  process.exitCode = 0;
  try {
    await program.parseAsync(['signature', 'validate', ...words], { from: 'user' });
    return { out: printed.join(''), code: Number(process.exitCode) };
  } catch (error) {
    if (error instanceof CommanderError) return { out: error.message, code: error.exitCode };
    throw error;
  } finally {
    process.exitCode = 0;
    write.mockRestore();
  }
}

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
      signers: [{ revocation: 'unchecked' }],
    });
  });

  it('refuses another document with exit code 1', async () => {
    expect((await run(file('contract.p7s'), '--content', file('other.txt'), ...anchor)).code).toBe(1);
  });

  it('leaves it open with exit code 2 where the root is missing, or a list', async () => {
    expect((await run(...detached, '--anchor', file('signer.cer'))).code).toBe(2);
    expect((await run(...detached, ...anchor, '--crl', file('lists.crl'))).code).toBe(2);
  });

  it('is used wrongly with exit code 64', async () => {
    expect((await run(file('contract.p7s'), ...anchor)).code).toBe(64);
    expect((await run(file('contract.txt'), ...anchor)).code).toBe(64);
    expect((await run(file('absent.p7s'), ...anchor)).code).toBe(64);
  });
});
