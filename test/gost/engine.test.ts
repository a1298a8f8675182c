import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SealgateError } from '../../src/error.ts';
import { chooseGost, gost, loadedGost, loadGost } from '../../src/gost/engine.ts';
import { selfCheck } from '../../src/gost/self-check.ts';
import { typescriptEngine } from '../../src/gost/typescript.ts';
import { engines, withoutNative } from './engines.ts';

const title = (text: string) => (withoutNative === undefined ? text : `${text} (skipped: ${withoutNative})`);

describe('choice of the engine', () => {
  it.skipIf(withoutNative)(
    title('the native one runs where it is built, and says with which arithmetic'),
    () => {
      const { engine, detail } = loadGost();
      expect(engine.name).toBe('native');
      expect(['adx', 'portable']).toContain(detail);
    },
  );

  it('TypeScript runs where it is asked for', () => {
    expect(loadGost('typescript').engine).toBe(typescriptEngine);
  });

  it('what is chosen computes from then on, for those who had imported it before', () => {
    const { name } = gost;
    chooseGost('typescript');
    expect([gost.name, loadedGost().engine]).toEqual(['typescript', typescriptEngine]);
    chooseGost();
    expect(gost.name).toBe(name);
  });

  it('the environment is heeded by every command, and a word that is none of both is told as a failure', () => {
    const program = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
    const folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
    const run = (value: string, ...words: readonly string[]) =>
      spawnSync(process.execPath, [program, ...words], {
        encoding: 'utf8',
        env: { ...process.env, LANG: 'C', SEALGATE_DATA: folder, SEALGATE_GOST: value },
      });
    for (const [value, name] of [
      ['typescript', 'typescript'],
      ['', gost.name],
    ] as const) {
      const findings = JSON.parse(run(value, 'doctor', '--json').stdout) as { name: string; found: string }[];
      expect(findings.find((finding) => finding.name === 'GOST')?.found).toMatch(
        new RegExp(`(^|: )${name} `),
      );
    }
    for (const words of [['serve'], ['doctor'], ['certificate', 'show', 'x.pem']]) {
      const { status, stderr } = run('bogus', ...words);
      expect(status).not.toBe(0);
      expect(stderr).toContain('[configuration_invalid]');
      expect(stderr).toContain('SEALGATE_GOST');
      expect(stderr).not.toContain('    at ');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it('an unknown engine is a fault of the configuration', () => {
    const load = () => loadGost('rust');
    expect(load).toThrow(SealgateError);
    expect(load).toThrow(expect.objectContaining({ code: 'configuration_invalid' }));
  });
});

describe('self-check', () => {
  it.each(engines)('$name passes', (engine) => {
    expect(() => selfCheck(engine)).not.toThrow();
  });

  it('an engine that hashes wrongly is found out', () => {
    const wrong = { ...typescriptEngine, digest: () => new Uint8Array(32) };
    expect(() => selfCheck(wrong)).toThrow('Streebog');
  });

  it.each([true, false])('an engine whose verification always says %s is found out', (answer) => {
    const wrong = { ...typescriptEngine, verify: () => answer };
    expect(() => selfCheck(wrong)).toThrow('verification');
  });
});
