import { createHmac } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AnchorChannel, anchorChannel } from '../../src/audit-anchor/channel.ts';
import { appendLine, readEnd } from '../../src/audit-anchor/file.ts';
import { anchorLine, readAnchor } from '../../src/audit-anchor/line.ts';
import { type AnchorPlace, parsePlace } from '../../src/audit-anchor/place.ts';
import { startAnchoring } from '../../src/audit-anchor/rounds.ts';
import { sealHead } from '../../src/database/journal.ts';
import { keyring } from '../../src/secret/keyring.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';

const [secret, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const keys = keyring([secret], 'journal');
const head = (sequence: number, by = keys) => sealHead(by.current, sequence, Buffer.alloc(32, sequence));
const at = Date.UTC(2030, 0, 2, 3, 4, 5);

const folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a place', () => {
  it.each<[string, AnchorPlace | undefined]>([
    ['/var/lib/heads', { kind: 'file', file: '/var/lib/heads' }],
    ['file:///var/lib/heads', { kind: 'file', file: '/var/lib/heads' }],
    ['syslog://log.example', { kind: 'syslog', protocol: 'udp', host: 'log.example', port: 514 }],
    ['syslog+tcp://log.example', { kind: 'syslog', protocol: 'tcp', host: 'log.example', port: 601 }],
    ['syslog://[::1]:1514', { kind: 'syslog', protocol: 'udp', host: '::1', port: 1514 }],
    ['https://hook.example/x', { kind: 'webhook', url: 'https://hook.example/x' }],
    ['heads', undefined],
    ['./heads', undefined],
    ['file://host/heads', undefined],
    ['syslog://', undefined],
    ['syslog://host/path', undefined],
    ['ftp://host', undefined],
  ])('%s', (text, place) => {
    expect(parsePlace(text)).toEqual(place);
  });
});

describe('the lines of an anchor', () => {
  const lineOf = (sequence: number, by = keys) =>
    `2030-01-01T00:00:00.000Z ${anchorLine(head(sequence, by))}`;

  it('are read back, also from among those of other programs', () => {
    const text = [
      `Jan 1 host sshd: hello`,
      lineOf(1),
      `<109>1 x host sealgate 1 audit-head - ${lineOf(2)}`,
      '',
    ];
    const { heads, ...rest } = readAnchor(text.join('\n'), keys);
    expect(heads.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(rest).toEqual({ forged: [], foreign: 0, unreadable: [] });
  });

  it('are believed only by their seal: what is made up, of others, or cut off is told apart', () => {
    const text = [
      lineOf(1),
      lineOf(2).replace(' 2:', ' 3:'),
      lineOf(4, keyring([other], 'journal')),
      lineOf(5).slice(0, -1),
    ];
    const { heads, ...rest } = readAnchor(text.join('\n'), keys);
    expect(heads.map(({ sequence }) => sequence)).toEqual([1]);
    expect(rest).toEqual({ forged: [2], foreign: 1, unreadable: [4] });
  });

  it('of an older secret are believed while it is known', () => {
    const both = keyring([other, secret], 'journal');
    expect(readAnchor(lineOf(1), both).heads).toHaveLength(1);
  });
});

describe('a file', () => {
  it('grows by one line a head, readable by its owner only', async () => {
    const file = join(folder, 'grows');
    const channel = anchorChannel({ kind: 'file', file }, { secret });
    for (const sequence of [1, 2]) await channel.put(head(sequence), at);
    const text = readFileSync(file, 'utf8');
    expect(text.split('\n')).toEqual([
      expect.stringMatching(/^2030-01-02T03:04:05.000Z sealgate audit head 1:/),
      expect.stringMatching(/^2030-01-02T03:04:05.000Z sealgate audit head 2:/),
      '',
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('whose last line was cut off gets the next one on a line of its own', async () => {
    const file = join(folder, 'cut');
    writeFileSync(file, 'first\nhalf a li');
    await appendLine(file, 'third');
    expect(readFileSync(file, 'utf8')).toBe('first\nhalf a li\nthird\n');
  });

  it('is read from the beginning of a line, its end only', async () => {
    const file = join(folder, 'long');
    appendFileSync(file, 'one\ntwo\nthree\n');
    expect(await readEnd(file, 8)).toBe('three\n');
    expect(await readEnd(file, 1_000)).toBe('one\ntwo\nthree\n');
    expect(await readEnd(join(folder, 'absent'), 8)).toBeUndefined();
  });
});

describe('a syslog', () => {
  const form =
    /^<109>1 2030-01-02T03:04:05\.000Z \S+ sealgate \d+ audit-head - sealgate audit head 7:[0-9a-f]{64} \S+$/;

  it('by UDP gets a datagram in the form of RFC 5424', async () => {
    const receiver = createSocket('udp4');
    receiver.bind(0, '127.0.0.1');
    await once(receiver, 'listening');
    const received = once(receiver, 'message');
    const { port } = receiver.address();
    await anchorChannel({ kind: 'syslog', protocol: 'udp', host: '127.0.0.1', port }, { secret }).put(
      head(7),
      at,
    );
    const [message] = (await received) as [Buffer];
    receiver.close();
    expect(message.toString()).toMatch(form);
    expect(readAnchor(message.toString(), keys).heads).toHaveLength(1);
  });

  it('by TCP gets it with its length, and a dead one is a failure', async () => {
    const receiver = createServer();
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const { port } = receiver.address() as AddressInfo;
    const place = { kind: 'syslog', protocol: 'tcp', host: '127.0.0.1', port } as const;
    const connected = once(receiver, 'connection');
    await anchorChannel(place, { secret }).put(head(7), at);
    const [socket] = (await connected) as [AsyncIterable<Buffer>];
    let text = '';
    for await (const piece of socket) text += piece;
    const [, length, message = ''] = /^(\d+) (.*)$/s.exec(text) ?? [];
    expect(Number(length)).toBe(Buffer.byteLength(message));
    expect(message).toMatch(form);
    receiver.close();
    await once(receiver, 'close');
    await expect(anchorChannel(place, { secret }).put(head(7), at)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});

it('a webhook gets the head, signed, under an identifier that is the same for the same head', async () => {
  const bodies: { id: unknown; signature: unknown; expected: string; data: unknown }[] = [];
  const receiver = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature } = request.headers;
      const expected = `v1,${createHmac('sha256', secret).update(`${id}.${time}.${body}`).digest('base64')}`;
      bodies.push({ id, signature, expected, data: JSON.parse(body) });
      response.writeHead(bodies.length > 1 ? 500 : 204).end();
    });
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const channel = anchorChannel({ kind: 'webhook', url }, { secret });
  await channel.put(head(7), at);
  await expect(channel.put(head(7), at)).rejects.toMatchObject({ number: 500 });
  await channel.close();
  receiver.close();
  for (const { signature, expected } of bodies) expect(signature).toBe(expected);
  expect(bodies.map(({ id }) => id)).toEqual(['audit-7', 'audit-7']);
  expect(bodies[0]?.data).toMatchObject({
    type: 'audit.head',
    data: { sequence: 7, hash: '07'.repeat(32), line: anchorLine(head(7)) },
  });
});

describe('anchoring in the background', () => {
  let temporary: TemporaryDatabase;
  beforeEach(() => {
    temporary = temporaryDatabase();
  });
  afterEach(() => temporary.dispose());
  const write = () => temporary.database.write({ statements: [], journal: [{ at: 1, record: 'entry' }] });
  const failures: unknown[] = [];
  const start = (channels: readonly AnchorChannel[], registry = new Registry()) =>
    startAnchoring(temporary.database, channels, { interval: 3_600_000, registry, now: () => at }, (error) =>
      failures.push(error),
    );

  it('puts down each new head once in each place, and the last one when it ends', async () => {
    const file = join(folder, 'rounds');
    const registry = new Registry();
    const rounds = start([anchorChannel({ kind: 'file', file }, { secret })], registry);
    await rounds.round();
    await write();
    await rounds.round();
    await rounds.round();
    await write();
    await rounds.close();
    const heads = readAnchor(readFileSync(file, 'utf8'), keyring(temporary.secrets, 'journal')).heads;
    expect(heads.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(await registry.metrics()).toContain('sealgate_audit_anchored_sequence{place="file"} 2');
  });

  it('is told of a place that fails, goes on with the others, and tries again', async () => {
    const put: number[] = [];
    let fails = true;
    const broken: AnchorChannel = {
      kind: 'webhook',
      put: async ({ sequence }) => {
        if (fails) throw new Error('down');
        put.push(sequence);
      },
      close: async () => {},
    };
    const file = join(folder, 'others');
    const rounds = start([broken, anchorChannel({ kind: 'file', file }, { secret })]);
    await write();
    await rounds.round();
    await rounds.round();
    expect(failures.length).toBeGreaterThan(0);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(2);
    fails = false;
    await rounds.close();
    expect(put).toEqual([1]);
  });

  it('does not go on to write where the system forbids it', async () => {
    const file = join(folder, 'locked');
    writeFileSync(file, '');
    chmodSync(file, 0o400);
    const isRoot = process.getuid?.() === 0;
    const attempt = appendLine(file, 'x');
    if (isRoot) await attempt;
    else await expect(attempt).rejects.toMatchObject({ code: 'EACCES' });
  });
});
