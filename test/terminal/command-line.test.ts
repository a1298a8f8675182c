import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const data = join(folder, 'data');
const garbage = join(folder, 'garbage');
writeFileSync(garbage, 'neither a certificate nor a list');

function sealgate(words: readonly string[], environment: Record<string, string> = {}) {
  const env = { PATH: process.env.PATH, LANG: 'C', SEALGATE_DATA: data, ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], { encoding: 'utf8', env });
  return { status, stdout, stderr };
}

const login = ['login', '--service', 'http://127.0.0.1:1', '--client', 'x', '--origin', 'https://x.example'];

describe('a command that is typed wrongly', () => {
  it.each([
    ['an unknown command', ['trsut'], "unknown command 'trsut'", 'sealgate --help'],
    ['an unknown command of another', ['client', 'upd'], "unknown command 'upd'", 'sealgate client --help'],
    [
      'an unknown option',
      ['token', 'list', '--jsno'],
      "unknown option '--jsno'",
      'sealgate token list --help',
    ],
    ['a missing argument', ['trust', 'add'], "missing required argument 'file'", 'sealgate trust add --help'],
    [
      'a missing option',
      ['token', 'generate', '--label', 'x'],
      '--algorithm',
      'sealgate token generate --help',
    ],
    ['no secret', login, 'SEALGATE_CLIENT_SECRET', undefined],
    ['no subject', ['token', 'request'], '--subject', undefined],
    [
      'a revocation list without its issuer',
      ['revocation', 'import', garbage],
      '--issuer',
      'sealgate revocation import --help',
    ],
  ])('(%s) says so on standard error, and the same as JSON, with status 64', (_, words, problem, help) => {
    const { status, stdout, stderr } = sealgate(words);
    expect([status, stdout]).toEqual([64, '']);
    expect(stderr).toContain('[command_invalid]');
    expect(stderr).toContain(problem);
    if (help !== undefined) expect(stderr).toContain(`${help}.`);
    const told = sealgate([...words, '--json']);
    expect(told.status).toBe(64);
    expect(told.stderr).toBe(stderr);
    expect(JSON.parse(told.stdout)).toEqual({
      error: {
        code: 'command_invalid',
        title: expect.any(String),
        cause: expect.stringContaining(problem),
        remedy: expect.any(String),
        details: expect.anything(),
      },
    });
  });

  it('is told in Russian where the surroundings are', () => {
    const { stderr } = sealgate(['trust', 'add', garbage, '--as', 'king'], { LANG: 'ru_RU.UTF-8' });
    expect(stderr).toBe(
      'Так команду выполнить нельзя [command_invalid]\nНичего не сделано. Что не так: значение «king» не подходит для --as <role...>. Допустимы: anchor, authority, list-signer.\nИсправьте команду и повторите. Как она пишется: sealgate trust add --help.\n',
    );
  });

  it('is offered no other command in its place, one that changes a secret least of all', () => {
    expect(sealgate(['client', 'rotat', 'portal']).stderr).not.toContain('rotate');
  });

  it('that names a command alone is answered with that command’s help', () => {
    const { status, stderr } = sealgate(['trust']);
    expect(status).toBe(64);
    expect(stderr).toContain('Usage: sealgate trust [options] [command]');
  });
});

describe('a command that is given what it cannot use', () => {
  it.each([
    ['no file', ['trust', 'add', join(folder, 'absent')], 'file_unreadable'],
    ['a file that is no certificate', ['trust', 'add', garbage], 'encoding_unexpected'],
    ['no list', ['trust', 'import', join(folder, 'absent')], 'file_unreadable'],
    [
      'no revocation list',
      ['revocation', 'import', join(folder, 'absent'), '--issuer', garbage],
      'file_unreadable',
    ],
    ['no register', ['organisation', 'import', join(folder, 'absent.csv')], 'file_unreadable'],
  ])('(%s) says what, and has made no database', (_, words, code) => {
    const { status, stderr } = sealgate(words);
    expect(status).toBeGreaterThan(0);
    expect(stderr).toContain(`[${code}]`);
    expect(existsSync(data)).toBe(false);
  });

  it('speaks of the argument and not of the service’s settings', () => {
    const data = join(folder, 'with');
    const names = ['--name-en', 'Portal', '--name-ru', 'Портал'];
    const add = (origin: string) =>
      sealgate(['client', 'add', '--id', 'portal', ...names, '--origin', origin], { SEALGATE_DATA: data });
    const wrong = add('https://portal.example/path');
    expect(wrong.stderr).toContain('[argument_invalid]');
    expect(wrong.stderr).toContain('origins');
    expect(add('https://portal.example').status).toBe(0);
    const taken = add('https://portal.example');
    expect([taken.status, taken.stderr]).toEqual([
      64,
      expect.stringContaining('portal. What is wrong: is taken.'),
    ]);
    const unknown = sealgate(['organisation', 'show', '123'], { SEALGATE_DATA: data });
    expect([unknown.status, unknown.stderr]).toEqual([64, expect.stringContaining('OGRN of 13 digits')]);
  });
});
