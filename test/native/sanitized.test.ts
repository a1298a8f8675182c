import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { userPin } from '../token/softhsm.ts';
import { gostToken, noTestToken } from '../token/test-token.ts';
import {
  buildSanitized,
  cryptokiHeaders,
  gostSources,
  nodeHeaders,
  sourcesIn,
  tokenSources,
  whyNotBuilt,
} from './build.ts';

const run = promisify(execFile);
const calls = fileURLToPath(new URL('addon-calls.ts', import.meta.url));
const timeout = 900_000 + 1_000 * Number(process.env.FUZZ_SECONDS ?? 0);

/** In CI the compilers have to be there, and their absence fails. */
const isRequired = process.env.CI === 'true';
const noGcc = isRequired ? undefined : whyNotBuilt('g++');
const noClang = whyNotBuilt('clang++');
const note = (reason: string | undefined) => (reason === undefined ? '' : ` (skipped: ${reason})`);

const folder = mkdtempSync(join(tmpdir(), 'sealgate-sanitized-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('under AddressSanitizer and UndefinedBehaviorSanitizer', () => {
  it.skipIf(noGcc)(
    `the GOST library agrees with its reference and touches nothing that is not its own${note(noGcc)}`,
    { timeout },
    async () => {
      const sources = sourcesIn('gost/selftest');
      const program = await buildSanitized({ name: 'gost_selftest', sources, library: gostSources });
      const { stdout } = await run(program, ['60', '1']);
      expect(stdout).toMatch(/agree with the reference/);
    },
  );

  const noToken = noGcc ?? noTestToken;
  it.skipIf(noToken)(
    `the module for testers answers wrong calls and touches nothing that is not its own${note(noToken)}`,
    { timeout },
    async () => {
      const library = await buildSanitized({
        name: 'sealgate_token.so',
        sources: tokenSources,
        library: gostSources,
        flags: [cryptokiHeaders],
        links: ['-shared'],
      });
      const program = await buildSanitized({
        name: 'token_selftest',
        sources: sourcesIn('token/selftest'),
        flags: [cryptokiHeaders],
        links: ['-ldl'],
      });
      const token = await gostToken();
      try {
        const env = { ...process.env, ...token.environment };
        const { stdout } = await run(program, [library, userPin], { env });
        expect(stdout).toMatch(/^\d+ calls answered as they must be\n$/);
      } finally {
        await token.remove();
      }
    },
  );

  const noAddon =
    noGcc ?? (nodeHeaders === undefined ? 'the headers of Node are not where npm puts them' : undefined);
  it.skipIf(noAddon)(
    `the addon ends every odd call in a value or a TypeError${note(noAddon)}`,
    { timeout },
    async () => {
      const addon = await buildSanitized({
        name: 'sealgate_gost.node',
        sources: ['addon/addon.cc', 'addon/argument.cc'],
        library: gostSources,
        flags: [`-I${nodeHeaders}`, '-DNAPI_VERSION=9', '-DNODE_GYP_MODULE_NAME=sealgate_gost'],
        links: ['-shared'],
      });
      const libraries = ['libasan.so', 'libubsan.so'].map((name) =>
        execFileSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim(),
      );
      // Node itself was not built for it: what it never gives back is its own affair.
      const env = { ...process.env, LD_PRELOAD: libraries.join(' '), ASAN_OPTIONS: 'detect_leaks=0' };
      const { stdout } = await run(process.execPath, [calls, addon, '20000', '1'], { env });
      const told = JSON.parse(stdout) as Record<string, number>;
      expect(told.functions).toBe(10);
      expect(told.value).toBeGreaterThan(100);
      expect(told.TypeError).toBeGreaterThan(10_000);
    },
  );
});

/** libFuzzer goes on for so many inputs, or for `FUZZ_SECONDS` a target, from what earlier runs have found. */
const { FUZZ_SECONDS: seconds } = process.env;
const amount = seconds === undefined ? '-runs=5000' : `-max_total_time=${Number(seconds)}`;
const corpora = fileURLToPath(new URL('../../build/fuzz/native/', import.meta.url));

describe('libFuzzer', () => {
  const targets = [
    ['verify', []],
    ['hash', []],
    ['object', tokenSources],
  ] as const;
  it.skipIf(noClang).each(targets)(
    `finds nothing in native/fuzz/%s.cc (${amount})${note(noClang)}`,
    { timeout },
    async (name, sources) => {
      const program = await buildSanitized(
        {
          name: `fuzz_${name}`,
          sources: [...sources, `fuzz/${name}.cc`],
          library: gostSources,
          instruments: ['-fsanitize=fuzzer-no-link'],
          flags: [cryptokiHeaders],
          links: ['-fsanitize=fuzzer'],
        },
        'clang++',
      );
      const corpus = join(corpora, name);
      if (seconds !== undefined) mkdirSync(corpus, { recursive: true });
      const kept = seconds === undefined ? ['-seed=1'] : [corpus];
      const words = [amount, '-max_len=512', '-timeout=10', `-artifact_prefix=${folder}/`, ...kept];
      const { stderr } = await run(program, words);
      expect(stderr).toMatch(/Done \d+ runs/);
    },
  );
});
