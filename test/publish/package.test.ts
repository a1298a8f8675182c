import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// The package as `npm pack` makes it, with the packages that it needs beside it: those of this folder, so that no
// network is asked.

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Each Node.js that this machine has: the one of these tests, and that of the system. */
const programs = [...new Set([process.execPath, '/usr/bin/node'])].filter((program) => existsSync(program));

let folder: string;
let installed: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
  prepare('npm', ['pack', '--silent', '--pack-destination', folder], root);
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  const modules = join(folder, 'a b', 'node_modules');
  installed = join(modules, 'sealgate');
  mkdirSync(installed, { recursive: true });
  prepare('tar', ['-xzf', join(folder, archive), '--strip-components=1', '-C', installed], folder);
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    mkdirSync(join(modules, name, '..'), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, words: readonly string[], cwd: string, more: Record<string, string> = {}) {
  const env = { PATH: process.env.PATH, HOME: folder, LANG: 'C', ...more };
  const { status, stdout, stderr } = spawnSync(command, words, { cwd, encoding: 'utf8', env });
  return { status, stdout, stderr };
}

/** As `run`, for what the tests rest on: what it says is told where it fails. */
function prepare(command: string, words: readonly string[], cwd: string): void {
  const { status, stderr } = run(command, words, cwd);
  if (status !== 0) throw new Error(`${command} ${words.join(' ')} ended with ${status}:\n${stderr}`);
}

const sealgate = (...words: readonly string[]) =>
  run(process.execPath, [join(installed, 'src', 'sealgate.mjs'), ...words], folder, {
    SEALGATE_DATA: join(folder, 'data'),
  });

describe('the package', () => {
  it('is JavaScript, without sources, tests and scripts that run when it is installed', () => {
    const files = readdirSync(installed, { recursive: true }).map(String);
    expect(files.filter((file) => /(?<!\.d)\.ts$|\.test\.|^test/.test(file))).toEqual([]);
    const { scripts } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
      expect(scripts).not.toHaveProperty(name);
    for (const name of [
      'sealgate.service',
      'Dockerfile',
      'compose.yaml',
      'sealgate.rules.yml',
      'grafana.json',
    ])
      expect(files).toContain(join('build', 'publish', name));
  });

  it('runs commands that know GOST, pins, pages and the contract’s viewer', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(sealgate('--version').stdout).toBe(`${version}\n`);
    expect(sealgate('config', 'check')).toMatchObject({ status: 0, stderr: '' });
    expect(sealgate('doctor').stdout).toMatch(/GOST: (native|TypeScript)/);
    for (const file of ['build/page/sign-in.js', 'build/contract/viewer.js', 'build/agent/home.js'])
      expect(existsSync(join(installed, 'build', 'publish', file)), file).toBe(true);
  });

  it.each(programs)('is what a portal’s backend imports by name, on %s', (program) => {
    const portal = join(installed, '..', '..', 'portal.mjs');
    writeFileSync(
      portal,
      `import { sealgate, verifyAssertion } from 'sealgate/portal';
       const check = verifyAssertion({ service: 'http://127.0.0.1:9', clientId: 'portal' });
       console.log(typeof sealgate, (await check('a.b.c').catch((error) => error)).code);`,
    );
    expect(run(program, [portal], folder)).toMatchObject({
      stdout: 'function assertion_invalid\n',
      stderr: '',
    });
  });

  it('is typed where a portal’s backend imports it', () => {
    const portal = join(installed, '..', '..', 'portal.ts');
    writeFileSync(
      portal,
      `import { type Claims, verifyAssertion } from 'sealgate/portal';
       export const check: (assertion: string) => Promise<Claims> = verifyAssertion({ service: 'https://s.example', clientId: 'p' });
       // @ts-expect-error the identifier is missing
       export const wrong = verifyAssertion({ service: 'https://s.example' });`,
    );
    const tsc = join(root, 'node_modules', '.bin', 'tsc');
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
    const types = ['--typeRoots', join(root, 'node_modules', '@types')];
    expect(run(tsc, [...options, ...types, portal], folder)).toMatchObject({ status: 0, stdout: '' });
  });

  it('makes a stand, whose service signs in', () => {
    const words = ['--folder', join(folder, 'stand'), '--json'];
    try {
      expect(sealgate('stand', 'up', '--detach', ...words)).toMatchObject({ status: 0, stderr: '' });
      const { service, portal, secret, pin, library, environment } = JSON.parse(
        sealgate('stand', 'status', ...words).stdout,
      );
      const login = [
        'login',
        '--service',
        service,
        '--client',
        'portal',
        '--origin',
        portal,
        '--key',
        'head',
      ];
      const signed = run(process.execPath, [join(installed, 'src', 'sealgate.mjs'), ...login], folder, {
        ...environment,
        SEALGATE_CLIENT_SECRET: secret,
        SEALGATE_PIN: pin,
        SEALGATE_PKCS11_MODULE: library,
      });
      expect(signed).toMatchObject({ status: 0, stdout: expect.stringContaining('Signed in') });
    } finally {
      sealgate('stand', 'reset', ...words);
    }
  });
});
