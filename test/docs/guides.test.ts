import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoTestToken } from '../../src/demo/test-token.ts';
import { failureCodes } from '../../src/failure/catalogue.ts';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const guides = readdirSync(docs).filter((name) => name.endsWith('.md') && !name.endsWith('.ru.md'));
const missing =
  (await whyNoTestToken()) ?? (existsSync('/usr/bin/curl') ? undefined : 'curl is not installed');
if (missing !== undefined && process.env.CI === 'true') throw new Error(missing);
const note = missing === undefined ? '' : ` (skipped: ${missing})`;

const textOf = (name: string) => readFileSync(join(docs, name), 'utf8');

/** What runs an example in another language than the shell's. */
const interpreters: Readonly<Record<string, string>> = {
  python: 'python3 -',
  js: `'${process.execPath}' --input-type=module -`,
};

/** The examples of a guide as commands of the shell. */
const codeOf = (text: string) =>
  [...text.matchAll(/```(sh|python|js)\n([\s\S]*?)```/g)].map(([, language = '', code = '']) => {
    const interpreter = interpreters[language];
    return interpreter === undefined ? code : `${interpreter} <<'END'\n${code}END\n`;
  });
const headingsOf = (text: string) => [...text.matchAll(/^(#+) /gm)].map(([, marks]) => marks);
const russian = (name: string) => name.replace(/\.md$/, '.ru.md');

describe('a guide', () => {
  it.each(guides)('%s has the same headings and commands in Russian, and no more than 300 lines', (name) => {
    const [english, other] = [textOf(name), textOf(russian(name))];
    expect(codeOf(other)).toEqual(codeOf(english));
    expect(headingsOf(other)).toEqual(headingsOf(english));
    for (const text of [english, other]) expect(text.split('\n').length).toBeLessThan(300);
  });

  it.each(guides)('%s leads to pages that are there, and names codes that exist', (name) => {
    for (const text of [textOf(name), textOf(russian(name))]) {
      for (const [, target = ''] of text.matchAll(/\]\(([\w./]+\.md)\)/g))
        expect(existsSync(join(docs, target)), target).toBe(true);
      for (const [, code = ''] of text.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm))
        for (const [, each = ''] of code.matchAll(/`(\w+)`/g)) expect(failureCodes).toContain(each);
    }
  });
});

describe.skipIf(missing !== undefined)(`the commands of a guide${note}`, () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
    // What `npx sealgate` runs, without npx: that would look for it on the network from a folder like this one.
    const npx = join(folder, 'bin', 'npx');
    mkdirSync(join(folder, 'bin'));
    writeFileSync(npx, `#!/bin/sh\nshift\nexec '${process.execPath}' '${cli}' "$@"\n`, { mode: 0o755 });
    env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, HOME: folder, LANG: 'C' };
    const up = spawnSync(process.execPath, [cli, 'stand', 'up', '--detach'], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    expect(up.stderr).toBe('');
  });
  afterAll(() => {
    spawnSync(process.execPath, [cli, 'stand', 'reset'], { cwd: folder, env });
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(guides)('%s all do what they are there for', (name) => {
    const script = ['. ./.sealgate/stand/environment', ...codeOf(textOf(name))].join('\n');
    const { status, stderr } = spawnSync('sh', ['-eu', '-c', script], { cwd: folder, env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('show the cause of a refusal, and each kind of certificate comes out as the stand says', () => {
    const codeIn = (key: string) => JSON.parse(readFileSync(join(folder, `${key}.json`), 'utf8')).code;
    expect(['entrepreneur', 'person', 'expired', 'revoked', 'unqualified'].map(codeIn)).toEqual([
      undefined,
      'organisation_missing',
      'certificate_expired',
      'certificate_revoked',
      'certificate_not_qualified',
    ]);
  });
});
