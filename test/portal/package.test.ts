import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const needed = ['jose', 'openid-client', 'oauth4webapi', 'zod', '@types', 'undici-types'];

/** Each Node.js that this machine has: the one of these tests, and that of the system. */
const programs = [...new Set([process.execPath, '/usr/bin/node'])].filter((program) => existsSync(program));

/** What is packed is a copy, so that nothing comes and goes in the tree while other tests look at it. */
const copy = join(root, 'build', `portal-${process.pid}`);
const copied = ['tsconfig.json', 'src/portal', 'src/failure', 'src/optional.ts'];

let folder: string;
let files: readonly string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
  for (const path of copied) cpSync(join(root, path), join(copy, path), { recursive: true });
  const packed = execFileSync('npm', ['pack', join(copy, 'src/portal'), '--json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const [{ filename, files: listed }] = JSON.parse(packed.slice(packed.indexOf('['))) as [
    { filename: string; files: { path: string }[] },
  ];
  files = listed.map(({ path }) => path);
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, 'sealgate'), { recursive: true });
  execFileSync('tar', [
    '-xf',
    join(folder, filename),
    '-C',
    join(modules, 'sealgate'),
    '--strip-components=1',
  ]);
  for (const name of needed) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
}, 120_000);
afterAll(() => {
  for (const made of [folder, copy]) rmSync(made, { recursive: true, force: true });
});

it('holds JavaScript and its types, and nothing that would have to be stripped', () => {
  expect(files).toContain('build/index.js');
  expect(files.filter((path) => /\.(ts|mjs)$/.test(path) && !path.endsWith('.d.ts'))).toEqual([]);
});

it.each(programs)('is imported below node_modules by %s, and refuses what is none', (program) => {
  writeFileSync(
    join(folder, 'portal.js'),
    `import { createOpenIdPortal, createPortalClient, PortalError, requireSignIn, sealgate, verifyAssertion } from 'sealgate/portal';
     const check = verifyAssertion({ service: 'http://127.0.0.1:9', clientId: 'portal' });
     const error = await check('a.b.c').catch((error) => error);
     console.log([createOpenIdPortal, createPortalClient, requireSignIn, sealgate].every((each) => typeof each === 'function'));
     console.log(error instanceof PortalError, error.code, error.remedy !== '');`,
  );
  const { stdout, stderr } = spawnSync(program, ['portal.js'], { cwd: folder, encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(['true\ntrue assertion_invalid true\n', '']);
});

it('is typed for whoever imports it, strictly', () => {
  writeFileSync(
    join(folder, 'portal.ts'),
    `import { type Claims, createOpenIdPortal, type OpenIdClaims, sealgate, verifyAssertion } from 'sealgate/portal';
     export const check: (assertion: string) => Promise<Claims> = verifyAssertion({ service: 'https://s.example', clientId: 'p' });
     export const name = (claims: OpenIdClaims): string | undefined => claims.organisation?.name;
     export const portal = createOpenIdPortal({ issuer: 'https://s.example/oidc', clientId: 'p', redirectUri: 'https://p.example/b' });
     // @ts-expect-error the origin is missing
     export const wrong = sealgate({ issuer: 'https://s.example/oidc', clientId: 'p' });`,
  );
  const tsc = join(root, 'node_modules/.bin/tsc');
  const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
  const { stdout, status } = spawnSync(tsc, [...options, 'portal.ts'], { cwd: folder, encoding: 'utf8' });
  expect([stdout, status]).toEqual(['', 0]);
});
