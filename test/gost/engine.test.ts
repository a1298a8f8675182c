import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SealgateError } from '../../src/error.ts';
import { gost, loadGost } from '../../src/gost/engine.ts';
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

  it('the environment is heeded', () => {
    const source = fileURLToPath(new URL('../../src/gost/engine.ts', import.meta.url));
    const script = `const { loadedGost } = await import(${JSON.stringify(source)}); console.log(loadedGost.engine.name)`;
    const run = (value: string) =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
        env: { ...process.env, SEALGATE_GOST: value },
      }).trim();
    expect(run('typescript')).toBe('typescript');
    expect(run('')).toBe(gost.name);
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
