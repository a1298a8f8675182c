import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { evidenceCommands, exportReport } from '../../src/operator/evidence.ts';
import { type Setting, startSetting } from '../authorisation/setting.ts';

const folder = mkdtempSync(join(tmpdir(), 'sealgate-evidence-'));
const file = (name: string) => join(folder, name);
let setting: Setting;
beforeAll(async () => {
  setting = await startSetting();
  const portal = await setting.client('portal');
  const { body } = await setting.signIn(portal, await setting.issue(sampleSubscriber('legal-entity')));
  const operation = { database: setting.database } as Parameters<typeof exportReport>[0];
  await exportReport(operation, body.sessionId, file('good.zip'));
  const changed = readFileSync(file('good.zip'));
  const place = changed.indexOf('TOTAL-PASSED');
  changed.write('TOTAL-FAILED', place);
  writeFileSync(file('changed.zip'), changed);
  writeFileSync(file('rubbish.zip'), 'rubbish');
});
afterAll(async () => {
  await setting.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs `replay …` in this process: what it prints on standard output, and its exit code. */
async function replay(...words: string[]): Promise<{ out: string; code: unknown }> {
  const printed: string[] = [];
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  const error = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const program = new Command('audit').exitOverride();
  evidenceCommands(program);
  try {
    await program.parseAsync(['replay', ...words], { from: 'user' });
    return { out: printed.join(''), code: process.exitCode };
  } finally {
    process.exitCode = 0;
    out.mockRestore();
    error.mockRestore();
  }
}

describe('sealgate audit replay', () => {
  it('ends with 0 where the verdict is the same', async () => {
    const { out, code } = await replay(file('good.zip'), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ same: true, verdict: { indication: 'TOTAL-PASSED' } });
    expect((await replay(file('good.zip'))).out).toContain('TOTAL-PASSED');
  });

  it('ends with 1 where the evidence was changed, and names the file', async () => {
    const { out, code } = await replay(file('changed.zip'), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      error: { code: 'evidence_changed', details: { files: ['evidence.json'] } },
    });
  });

  it('ends with 2 where there is no usable evidence, and with 64 where there is no file', async () => {
    expect((await replay(file('rubbish.zip'))).code).toBe(2);
    expect((await replay(file('absent.zip'))).code).toBe(64);
  });
});

describe('sealgate audit export', () => {
  it('writes a file that its owner alone may read, and never over another one', async () => {
    expect(statSync(file('good.zip')).mode & 0o777).toBe(0o600);
    const operation = { database: setting.database } as Parameters<typeof exportReport>[0];
    await expect(exportReport(operation, '1', file('rubbish.zip'))).rejects.toBeDefined();
    expect(readFileSync(file('rubbish.zip'), 'utf8')).toBe('rubbish');
  });
});
