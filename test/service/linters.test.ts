import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { servedContract } from './contract.ts';

const tools = fileURLToPath(new URL('../../build/linters/node_modules/', import.meta.url));
const isMissing = !existsSync(tools);
if (isMissing && process.env.CI === 'true') throw new Error(`${tools} is not there`);
const note = isMissing ? ' (skipped: npm run setup -- --linters)' : '';

const folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const document = join(folder, 'openapi.json');
const faulty = join(folder, 'faulty.json');
const redoclyRules = join(folder, 'redocly.yaml');
const spectralRules = join(folder, 'spectral.yaml');
const contract = servedContract();
const state = contract.paths['/healthz']?.get;
writeFileSync(document, JSON.stringify(contract));
writeFileSync(
  faulty,
  JSON.stringify({
    ...contract,
    paths: { '/healthz': { get: { ...state, tags: ['x'], security: [{ x: [] }] } } },
  }),
);
writeFileSync(redoclyRules, 'extends: [recommended]\n');
writeFileSync(spectralRules, 'extends: ["spectral:oas"]\n');

/** Runs a checker of somebody else's, which neither counts its users nor looks for newer ones of itself. */
function run(file: string, ...words: readonly string[]) {
  const env = {
    ...process.env,
    REDOCLY_TELEMETRY: 'off',
    REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
    NO_COLOR: '1',
  };
  const { status, stdout } = spawnSync(process.execPath, [join(tools, file), ...words], {
    env,
    encoding: 'utf8',
  });
  return { status, stdout };
}

const redocly = (file: string) => {
  const { stdout } = run(
    '@redocly/cli/bin/cli.js',
    'lint',
    file,
    '--config',
    redoclyRules,
    '--format',
    'json',
  );
  return JSON.parse(stdout).problems as unknown[];
};

const spectral = (file: string) => {
  const words = ['lint', file, '--ruleset', spectralRules, '--format', 'json', '--quiet'];
  return JSON.parse(run('@stoplight/spectral-cli/dist/index.js', ...words).stdout) as unknown[];
};

describe(`checkers of OpenAPI documents${note}`, () => {
  it.skipIf(isMissing).each([
    ['@redocly/cli', redocly],
    ['@stoplight/spectral-cli', spectral],
  ])('%s finds nothing in the contract, and something in a faulty one', (_name, findings) => {
    expect(findings(document)).toEqual([]);
    expect(findings(faulty).length).toBeGreaterThan(0);
  });
});
