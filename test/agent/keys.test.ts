import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PinKeeper } from '../../src/agent/key/pin-keeper.ts';
import { noOpenssl, OpensslFolder } from '../token/openssl.ts';
import { noSoftHsm } from '../token/softhsm.ts';
import { challengeOf, signBody, type TestAgent, TestWindow, testAgent, throughBridge } from './setting.ts';
import { type CertifiedToken, certifiedToken } from './token.ts';

const origin = 'https://portal.example';
const last = (messages: readonly Record<string, unknown>[]) => messages.at(-1);
const program = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

describe.skipIf(noSoftHsm)(`a PIN${noSoftHsm ? ` (skipped: ${noSoftHsm})` : ''}`, () => {
  let token: CertifiedToken;
  let agent: TestAgent;
  beforeAll(async () => {
    token = await certifiedToken('ec-p256');
  });
  afterAll(() => token.remove());
  afterEach(() => agent.remove());

  async function start(keepPin: number): Promise<void> {
    agent = await testAgent([token.choice], { keepPin });
    await agent.agent.origins.allow(origin, Date.now());
  }
  async function sign(pin: string, isKept: boolean) {
    const answer = throughBridge(agent.port, origin, signBody(challengeOf(origin), token.thumbprint));
    const window = await TestWindow.open(await agent.nextWindow());
    expect(await window.ask('question')).toMatchObject({ isKept });
    const state = await window.confirm(pin);
    if (state.name === 'open') await window.ask('refuse');
    await answer;
    return state;
  }

  it('is not kept where nobody has said so: the next signature asks for it again', async () => {
    await start(0);
    expect(await sign(token.pin, false)).toEqual({ name: 'signed' });
    expect(agent.agent.pins.count).toBe(0);
    expect(await sign('', false)).toMatchObject({ name: 'open' });
  });

  it('is kept as long as was said, is forgotten on request, and a confirmation is wanted all the same', async () => {
    await start(60_000);
    expect(await sign(token.pin, false)).toEqual({ name: 'signed' });
    expect(await sign('', true)).toEqual({ name: 'signed' });
    agent.agent.pins.forgetAll();
    expect(await sign('', false)).toMatchObject({ name: 'open' });
  });

  it('that is wrong is never kept, and drives a kept one out', async () => {
    await start(60_000);
    expect(await sign('000000', false)).toMatchObject({ refusal: { code: 'pin_incorrect' } });
    expect(agent.agent.pins.count).toBe(0);
    expect(await sign(token.pin, false)).toEqual({ name: 'signed' });
    expect(await sign('000000', true)).toMatchObject({ refusal: { code: 'pin_incorrect' } });
    expect(agent.agent.pins.count).toBe(0);
  });

  it('of bytes that are no text is refused before the token sees it', async () => {
    await start(0);
    const answer = throughBridge(agent.port, origin, signBody(challengeOf(origin), token.thumbprint));
    const window = await TestWindow.open(await agent.nextWindow());
    await new Promise((resolve) => setTimeout(resolve, 950));
    const state = await window.ask('confirm', Uint8Array.of(0xff, 0xfe, 0x31));
    expect(state).toMatchObject({ refusal: { code: 'pin_unacceptable' } });
    await window.ask('refuse');
    await answer;
  });

  it('stands in memory as octets, which are wiped when its time is over', async () => {
    await start(0);
    const pins = new PinKeeper(30);
    const found = await agent.agent.keys.find(token.thumbprint);
    const entered = Buffer.from(token.pin);
    pins.keep(found, entered);
    const copy = pins.copy(found)!;
    expect(Buffer.from(copy).toString()).toBe(token.pin);
    copy.fill(0);
    expect(Buffer.from(pins.copy(found)!).toString()).toBe(token.pin);
    await expect.poll(() => pins.has(found)).toBe(false);
    expect(pins.copy(found)).toBeUndefined();
  });
});

describe.skipIf(noOpenssl)(`a key file${noOpenssl ? ` (skipped: ${noOpenssl})` : ''}`, () => {
  let openssl: OpensslFolder;
  let folder: string;
  let agent: TestAgent;
  beforeAll(async () => {
    openssl = await OpensslFolder.make();
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key.pem'];
    await openssl.run('req', '-x509', ...key, '-subj', '/CN=Director', '-days', '30', '-out', 'cert.pem');
    await openssl.run(
      'pkcs12',
      '-export',
      '-inkey',
      'key.pem',
      '-in',
      'cert.pem',
      '-out',
      'key.p12',
      '-passout',
      'pass:geheim',
      '-macalg',
      'sha256',
    );
  });
  afterAll(() => openssl.remove());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealgate-key-files-'));
    agent = await testAgent([]);
    await agent.agent.origins.allow(origin, Date.now());
  });
  afterEach(async () => {
    await agent.remove();
    await rm(folder, { recursive: true });
  });

  const command = (...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> =>
    new Promise((resolve) => {
      const environment = { ...process.env, SEALGATE_PIN: 'geheim' };
      execFile(
        process.execPath,
        [program, 'agent', ...args, '--data', agent.folder, '--json'],
        { env: environment },
        (error, text) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, text }),
      );
    });

  async function listed() {
    const messages = await throughBridge(agent.port, origin, { type: 'list', language: 'en' });
    return messages.flatMap((each) =>
      each.type === 'certificates' ? (each.items as { thumbprint: string; place: unknown }[]) : [],
    );
  }

  it('that was named to the agent is listed by its name, and signs with its password', async () => {
    const path = join(folder, 'director.p12');
    await writeFile(path, await readFile(join(openssl.path, 'key.p12')));
    expect(await command('key', 'add', path)).toMatchObject({ code: 0 });
    expect((await stat(join(agent.folder, 'key-files.json'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(agent.folder, 'key-files.json'), 'utf8')).not.toContain('geheim');
    const [item] = await listed();
    expect(item).toMatchObject({ place: { kind: 'file', label: 'director.p12' } });

    const answer = throughBridge(agent.port, origin, signBody(challengeOf(origin), item!.thumbprint));
    const window = await TestWindow.open(await agent.nextWindow());
    expect(await window.ask('question')).toEqual({ kind: 'password', isKept: false });
    expect(await window.confirm('falsch')).toMatchObject({
      refusal: { code: 'key_file_password_incorrect' },
    });
    expect(await window.confirm('geheim')).toEqual({ name: 'signed' });
    expect(last(await answer)).toMatchObject({ type: 'signed' });

    expect(await command('key', 'remove', path)).toMatchObject({ code: 0 });
    expect(await listed()).toEqual([]);
    expect((await stat(path)).isFile()).toBe(true);
  });

  it('without a password asks for none, and is confirmed all the same', async () => {
    const path = join(folder, 'plain.pem');
    await writeFile(
      path,
      `${await readFile(join(openssl.path, 'key.pem'), 'utf8')}${await readFile(join(openssl.path, 'cert.pem'), 'utf8')}`,
    );
    await command('key', 'add', path);
    const [item] = await listed();
    const answer = throughBridge(agent.port, origin, signBody(challengeOf(origin), item!.thumbprint));
    const window = await TestWindow.open(await agent.nextWindow());
    expect(await window.ask('question')).toEqual({ kind: 'nothing', isKept: false });
    expect(await window.confirm('')).toEqual({ name: 'signed' });
    expect(last(await answer)).toMatchObject({ type: 'signed' });
  });

  it('that is gone, or holds no certificate, is told of by its code', async () => {
    const bare = join(folder, 'bare.pem');
    await writeFile(bare, await readFile(join(openssl.path, 'key.pem')));
    expect(JSON.parse((await command('key', 'add', bare)).text)).toMatchObject({
      error: { code: 'key_not_found' },
    });
    expect(JSON.parse((await command('key', 'add', join(folder, 'none.p12'))).text)).toMatchObject({
      error: { code: 'key_file_invalid' },
    });

    const path = join(folder, 'director.p12');
    await writeFile(path, await readFile(join(openssl.path, 'key.p12')));
    await command('key', 'add', path);
    const [item] = await listed();
    await rm(path);
    const answer = throughBridge(agent.port, origin, signBody(challengeOf(origin), item!.thumbprint));
    await (await TestWindow.open(await agent.nextWindow())).confirm('geheim');
    const failed = last(await answer);
    expect(failed).toMatchObject({ code: 'key_file_invalid' });
    expect(JSON.stringify(failed)).not.toContain(folder);
  });
});
