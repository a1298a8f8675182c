import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { readEnvironment, toConfig } from '../../src/config.ts';
import { link } from '../../src/database/journal.ts';
import { openBundle, packBundle } from '../../src/evidence/bundle.ts';
import { sealManifest } from '../../src/evidence/seal.ts';
import { evidenceCommands, exportReport } from '../../src/operator/evidence.ts';
import type { Operation } from '../../src/operator/operate.ts';
import { loadSecrets } from '../../src/secret/load.ts';
import { type Setting, startSetting } from '../authorisation/setting.ts';

const folder = mkdtempSync(join(tmpdir(), 'sealgate-evidence-'));
const file = (name: string) => join(folder, name);
const nowhere = file('nowhere');
let setting: Setting;
let operation: Operation;

beforeAll(async () => {
  setting = await startSetting();
  const portal = await setting.client('portal');
  const { body } = await setting.signIn(portal, await setting.issue(sampleSubscriber('legal-entity')));
  const config = toConfig(readEnvironment({ SEALGATE_DATA: setting.folder }));
  const secrets = await loadSecrets(config.secretsFile, () => false);
  operation = { database: setting.database, secrets, config, at: setting.now() };
  await exportReport(operation, body.sessionId, { out: file('good.zip') });
  await exportReport(operation, body.sessionId, { out: file('unsealed.zip'), unsealed: true });
  const jwks = await fetch(`${setting.url}/.well-known/jwks.json`);
  writeFileSync(file('jwks.json'), await jwks.text());
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
beforeEach(() => {
  vi.stubEnv('SEALGATE_DATA', nowhere);
});
afterEach(() => vi.unstubAllEnvs());

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
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(['replay', ...words], { from: 'user' });
    return { out: printed.join(''), code: process.exitCode };
  } finally {
    process.exitCode = 0;
    out.mockRestore();
    error.mockRestore();
  }
}

const keys = () => ['--keys', file('jwks.json')];

describe('sealgate audit replay', () => {
  it('ends with 0 where the seal holds by the public keys and the verdict is the same', async () => {
    const { out, code } = await replay(file('good.zip'), ...keys(), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      same: true,
      verdict: { indication: 'TOTAL-PASSED' },
      origin: { seal: { state: 'valid' }, audit: 'not-compared' },
    });
    const { out: text } = await replay(file('good.zip'), ...keys());
    expect(text).toContain('TOTAL-PASSED');
    expect(text).toContain('not compared with the audit');
  });

  it('compares with the audit where the service’s database is at hand, and asks for no keys', async () => {
    vi.stubEnv('SEALGATE_DATA', setting.folder);
    const { out, code } = await replay(file('good.zip'), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out).origin).toMatchObject({ seal: { state: 'valid' }, audit: 'same' });
  });

  it('ends with 2 where nothing shows where the file comes from, and with 0 where that is not asked', async () => {
    const { out, code } = await replay(file('good.zip'));
    expect(code).toBe(2);
    expect(out).toContain('not compared with the audit');
    expect((await replay(file('unsealed.zip'), ...keys())).code).toBe(2);
    vi.stubEnv('SEALGATE_DATA', setting.folder);
    expect((await replay(file('unsealed.zip'))).code).toBe(2);
    expect((await replay(file('unsealed.zip'), '--unsealed')).code).toBe(0);
  });

  it('makes no database where there is none', async () => {
    await replay(file('good.zip'));
    expect(() => statSync(nowhere)).toThrow();
  });

  it('ends with 1 where the evidence was changed, and names the file', async () => {
    const { out, code } = await replay(file('changed.zip'), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      error: { code: 'evidence_changed', details: { files: ['evidence.json'] } },
    });
  });

  it('ends with 2 where there is no usable evidence', async () => {
    expect((await replay(file('rubbish.zip'))).code).toBe(2);
  });

  it('ends with 64 where a file cannot be read, or holds no keys', async () => {
    expect((await replay(file('absent.zip'), '--unsealed')).code).toBe(64);
    expect((await replay(file('good.zip'), '--keys', file('absent.json'))).code).toBe(64);
    expect((await replay(file('good.zip'), '--keys', file('rubbish.zip'))).code).toBe(64);
    await expect(replay(file('good.zip'), '--unsealed', ...keys())).rejects.toMatchObject({
      code: 'commander.conflictingOption',
    });
  });
});

describe('evidence that somebody made to fit in itself', () => {
  type Files = Map<string, Uint8Array>;

  /** Puts other files in, and a record with a hash that fits them. */
  async function forge(
    name: string,
    change: (files: Files) => void,
    seal?: Parameters<typeof packBundle>[2],
  ): Promise<string> {
    const { manifest, files } = openBundle(readFileSync(file('good.zip')));
    const own = new Map([...files].filter(([each]) => !each.startsWith('manifest.')));
    change(own);
    const { audit } = manifest;
    const record = JSON.stringify({
      ...JSON.parse(audit.record),
      evidence: hash('sha256', own.get('evidence.json') ?? '', 'base64url'),
    });
    const previous = Buffer.from(audit.previous, 'hex');
    const linked = link(previous, audit.sequence, audit.at, record).toString('hex');
    writeFileSync(file(name), await packBundle(own, { ...audit, record, hash: linked }, seal));
    return file(name);
  }

  const anotherPortal = (files: Files) => {
    const evidence = JSON.parse(Buffer.from(files.get('evidence.json') ?? []).toString());
    evidence.challenge.relyingParty = 'another';
    files.set('evidence.json', Buffer.from(JSON.stringify(evidence)));
  };
  const anotherReport = (files: Files) => void files.set('report.html', Buffer.from('<h1>forged</h1>'));

  const originalSeal = async () =>
    Buffer.from(openBundle(readFileSync(file('good.zip'))).seal ?? []).toString('latin1');

  async function strangersSeal(manifest: Uint8Array): Promise<string> {
    const stranger = await startSetting();
    try {
      const { assertionKeys } = stranger.service;
      return await sealManifest(await assertionKeys.signer(stranger.now()), manifest);
    } finally {
      await stranger.dispose();
    }
  }

  it.each([
    ['another relying party', anotherPortal],
    ['another report', anotherReport],
  ])('with %s and the seal of the true one is refused', async (_, change) => {
    const forged = await forge('forged.zip', change, originalSeal);
    const { out, code } = await replay(forged, ...keys(), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out).error).toMatchObject({
      code: 'evidence_changed',
      details: { files: ['manifest.json', 'manifest.jws'] },
    });
  });

  it('without a seal, or with a stranger’s, is not taken for the service’s', async () => {
    for (const seal of [undefined, strangersSeal]) {
      expect((await replay(await forge('forged.zip', anotherPortal, seal), ...keys())).code).toBe(2);
    }
  });

  it('is found by the audit of the service: evidence_foreign', async () => {
    const forged = await forge('forged.zip', anotherPortal);
    vi.stubEnv('SEALGATE_DATA', setting.folder);
    const { out, code } = await replay(forged, '--json');
    expect([code, JSON.parse(out).error.code]).toEqual([1, 'evidence_foreign']);
  });

  it('is refused with an assertion in the seal’s place, and with a seal that says another algorithm', async () => {
    const [header = '', , signature = ''] = (await originalSeal()).split('.');
    const read = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
    const coded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const seal of [
      `${coded({ ...read, typ: 'JWT' })}..${signature}`,
      `${coded({ ...read, alg: 'none' })}..`,
      `${coded({ ...read, crit: ['b64'], b64: false })}..${signature}`,
      `${header}..${signature}.x`,
      'rubbish',
    ]) {
      const forged = await forge(
        'forged.zip',
        () => {},
        async () => seal,
      );
      expect((await replay(forged, ...keys())).code, seal).toBe(1);
    }
    expect((await replay(await forge('same.zip', () => {}, originalSeal), ...keys())).code).toBe(0);
  });
});

describe('sealgate audit export', () => {
  it('writes a file that its owner alone may read, and never over another one', async () => {
    expect(statSync(file('good.zip')).mode & 0o777).toBe(0o600);
    await expect(exportReport(operation, '1', { out: file('rubbish.zip') })).rejects.toBeDefined();
    expect(readFileSync(file('rubbish.zip'), 'utf8')).toBe('rubbish');
  });
});
