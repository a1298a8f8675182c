import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OriginList } from '../../src/agent/origin-list.ts';
import { isOrigin } from '../../src/relying-party/origin.ts';

/** Every way to write an origin that looks like the one on the list, or like none. Only the first ones are origins. */
const table: readonly (readonly [string, boolean])[] = [
  ['https://portal.example', true],
  ['https://portal.example:8443', true],
  ['https://sub.portal.example', true],
  ['https://xn--80adi0aoagldk8i.xn--p1ai', true],
  ['https://192.0.2.1', true],
  ['https://[2001:db8::1]', true],
  ['https://[2001:db8::1]:8443', true],
  ['http://localhost', true],
  ['http://localhost:3000', true],
  ['http://127.0.0.1:3000', true],
  ['http://[::1]:3000', true],
  ['https://portal.example.', true],
  ['https://portal.example:443', false],
  ['http://localhost:80', false],
  ['https://portal.example/', false],
  ['https://portal.example/path', false],
  ['https://portal.example?query', false],
  ['https://portal.example#fragment', false],
  ['https://user@portal.example', false],
  ['https://user:password@portal.example', false],
  ['https://portal.example@evil.example', false],
  ['https://portal.example\\@evil.example', false],
  ['https://Portal.example', false],
  ['HTTPS://portal.example', false],
  ['https://портал.рф', false],
  ['https://portal。example', false],
  ['https://pоrtal.example', false],
  ['https://ｐortal.example', false],
  ['https://portal.example\u200b', false],
  ['https://portal\u00ad.example', false],
  ['https://%70ortal.example', false],
  [' https://portal.example', false],
  ['https://portal.example ', false],
  ['https://portal.example\n', false],
  ['https://por\ttal.example', false],
  ['https:portal.example', false],
  ['https:/portal.example', false],
  ['https:///portal.example', false],
  ['https:\\\\portal.example', false],
  ['//portal.example', false],
  ['portal.example', false],
  ['http://portal.example', false],
  ['http://127.0.0.1.evil.example', false],
  ['http://localhost.evil.example', false],
  ['http://evil.localhost', false],
  ['http://127.1:3000', false],
  ['http://2130706433', false],
  ['http://0x7f000001', false],
  ['http://0.0.0.0', false],
  ['http://127.0.0.2', false],
  ['http://[::ffff:127.0.0.1]', false],
  ['https://192.0.2.1.', false],
  ['https://[2001:DB8::1]', false],
  ['https://portal.example:0443', false],
  ['https://portal.example:', false],
  ['https://portal.example:99999', false],
  ['https://*.portal.example', false],
  ['https://', false],
  ['null', false],
  ['', false],
  ['*', false],
  ['file://', false],
  ['file:///etc/passwd', false],
  ['data:text/html,x', false],
  ['javascript:alert(1)', false],
  ['blob:https://portal.example/1', false],
  ['chrome-extension://abcdefghijklmnopabcdefghijklmnop', false],
  ['moz-extension://1', false],
  ['ws://localhost', false],
  ['wss://portal.example', false],
  ['ftp://portal.example', false],
  [`https://${'a.'.repeat(200)}example`, false],
];

describe('an origin', () => {
  it.each(table)('%j: %s', (text, expected) => {
    expect(isOrigin(text)).toBe(expected);
  });

  it('on the list is met by itself alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sealgate-origins-'));
    const list = await OriginList.open(folder);
    await list.allow('https://portal.example', 1);
    expect(table.filter(([text]) => list.has(text)).map(([text]) => text)).toEqual([
      'https://portal.example',
    ]);
    await rm(folder, { recursive: true });
  });
});

describe('the list of origins', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealgate-origins-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is kept for its owner alone, and read again', async () => {
    const list = await OriginList.open(folder);
    await list.allow('https://portal.example', 1);
    await list.allow('https://other.example', 2);
    await list.remove('https://portal.example');
    expect((await stat(join(folder, 'origins.json'))).mode & 0o777).toBe(0o600);
    expect((await OriginList.open(folder)).all()).toEqual([
      { origin: 'https://other.example', allowedAt: 2 },
    ]);
  });

  it.each([
    ['no JSON', '{'],
    ['another form', '{"origins": []}'],
    ['something that is no origin', '[{"origin": "https://portal.example/", "allowedAt": 1}]'],
    ['no time', '[{"origin": "https://portal.example"}]'],
  ])('is not guessed at where it holds %s', async (_, text) => {
    await writeFile(join(folder, 'origins.json'), text);
    await expect(OriginList.open(folder)).rejects.toMatchObject({ code: 'file_unreadable' });
    expect(await readFile(join(folder, 'origins.json'), 'utf8')).toBe(text);
  });
});
