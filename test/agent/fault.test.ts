import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { playFaults } from '../../src/demo/test-token.ts';
import { noSoftHsm } from '../token/softhsm.ts';
import { noTestToken } from '../token/test-token.ts';
import { harmfulModule, noCompiler } from './harmful-module.ts';
import { challengeOf, signBody, type TestAgent, TestWindow, testAgent, throughBridge } from './setting.ts';
import { type CertifiedToken, certifiedToken } from './token.ts';

const origin = 'https://portal.example';
const last = (messages: readonly Record<string, unknown>[]) => messages.at(-1);

describe.skipIf(noTestToken)(`a token that fails${noTestToken ? ` (skipped: ${noTestToken})` : ''}`, () => {
  let token: CertifiedToken;
  let agent: TestAgent;
  beforeAll(async () => {
    token = await certifiedToken('gost2012-256');
  });
  afterAll(() => token.remove());
  beforeEach(async () => {
    agent = await testAgent([{ ...token.choice, limits: { sign: 2_000 } }]);
    await agent.agent.origins.allow(origin, Date.now());
  });
  afterEach(async () => {
    await agent.remove();
    await playFaults(token.store);
  });

  const ask = () => throughBridge(agent.port, origin, signBody(challengeOf(origin), token.thumbprint));

  /** Asks for a signature and confirms it; gives what the page is told at the end. */
  async function signed() {
    const answer = ask();
    const window = await TestWindow.open(await agent.nextWindow());
    await window.confirm(token.pin);
    return last(await answer);
  }

  it.each([
    ['breaks down', 'crash', 'pkcs11_module_failed'],
    ['never returns', 'hang', 'signing_timed_out'],
    ['refuses at its own button', 'reject', 'signing_cancelled'],
    ['gives a signature with a wrong bit', 'signature-flipped', 'signature_invalid'],
    ['gives the halves of a signature in the wrong order', 'signature-swapped', 'signature_invalid'],
    ['reports an error of its own', 'device-error', 'pkcs11_module_failed'],
  ])('and %s is told by its own code, and the next signature is made', async (_, fault, code) => {
    expect(await signed()).toMatchObject({ type: 'signed' });
    await playFaults(token.store, fault);
    expect(await signed()).toMatchObject({ type: 'failed', code, words: { title: expect.any(String) } });
    await playFaults(token.store);
    expect(await signed()).toMatchObject({ type: 'signed' });
    expect(agent.agent.history.all()).toHaveLength(2);
  });

  it('and is pulled out leaves the window open, and signs once it is back and the PIN is entered again', async () => {
    const answer = ask();
    const window = await TestWindow.open(await agent.nextWindow());
    await playFaults(token.store, 'removed');
    const refused = await window.confirm(token.pin);
    expect(refused).toMatchObject({
      name: 'open',
      refusal: { code: expect.stringMatching(/^token_(removed|not_present)$/) },
    });
    expect(await window.ask('question')).toMatchObject({ code: 'token_not_present' });
    await playFaults(token.store);
    expect(await window.confirm(token.pin)).toEqual({ name: 'signed' });
    expect(last(await answer)).toMatchObject({ type: 'signed' });
  });

  it('and has one try left does not see the PIN until the person has said so', async () => {
    await playFaults(token.store, 'pin-final-try');
    const answer = ask();
    const window = await TestWindow.open(await agent.nextWindow());
    expect(await window.ask('question')).toMatchObject({ kind: 'pin', state: 'final-try' });
    expect(await window.confirm(token.pin)).toMatchObject({
      name: 'open',
      refusal: { code: 'pin_final_try' },
    });
    expect(await window.confirm(token.pin, { 'sealgate-final-try': '1' })).toEqual({ name: 'signed' });
    expect(last(await answer)).toMatchObject({ type: 'signed' });
  });

  it('and has keys of its own for the PIN asks for it there, and for none here', async () => {
    await playFaults(token.store, `pin-pad ${token.pin}`);
    const answer = ask();
    const window = await TestWindow.open(await agent.nextWindow());
    expect(await window.ask('question')).toMatchObject({ kind: 'pin-pad' });
    expect(await window.confirm('')).toEqual({ name: 'signed' });
    expect(last(await answer)).toMatchObject({ type: 'signed' });
  });

  it('and wants no login signs when it is confirmed, and asks for nothing', async () => {
    await playFaults(token.store, 'login-unneeded');
    const answer = ask();
    const window = await TestWindow.open(await agent.nextWindow());
    expect(await window.ask('question')).toEqual({ kind: 'nothing', isKept: false });
    expect(await window.confirm('')).toEqual({ name: 'signed' });
    expect(last(await answer)).toMatchObject({ type: 'signed' });
  });

  it.each(['late-authenticate', 'no-id', 'no-public-keys', 'raw-only'])(
    'and has the habit %s signs with one PIN that was entered once',
    async (habit) => {
      await playFaults(token.store, habit);
      expect(await signed()).toMatchObject({ type: 'signed' });
    },
  );

  it('and is blocked is listed with the reason, and asked for no PIN', async () => {
    await playFaults(token.store, 'pin-locked');
    const messages = await throughBridge(agent.port, origin, { type: 'list', language: 'en' });
    const items = messages.flatMap((each) =>
      each.type === 'certificates' ? (each.items as { usable: unknown }[]) : [],
    );
    expect(items).toMatchObject([{ thumbprint: token.thumbprint, usable: { code: 'pin_locked' } }]);
    const answer = ask();
    const window = await TestWindow.open(await agent.nextWindow());
    await window.confirm(token.pin);
    expect(last(await answer)).toMatchObject({ code: 'pin_locked' });
  });
});

const reason = noSoftHsm ?? noCompiler;
describe.skipIf(reason)(`a driver that does harm${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let folder: string;
  let token: CertifiedToken;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealgate-modules-'));
    token = await certifiedToken('ec-p256');
  });
  afterAll(async () => {
    await token.remove();
    await rm(folder, { recursive: true });
  });

  it.each([
    ['CRASH', 'pkcs11_module_failed'],
    ['RUBBISH', 'pkcs11_module_failed'],
    ['HANG', 'signing_timed_out'],
  ] as const)(
    '%s is named in the list, which has the others’ certificates long before',
    async (harm, code) => {
      const name = await harmfulModule(folder, harm);
      const agent = await testAgent([{ name }, token.choice]);
      try {
        await agent.agent.origins.allow(origin, Date.now());
        const arrivals: { readonly at: number; readonly message: Record<string, unknown> }[] = [];
        const begun = Date.now();
        await throughBridge(
          agent.port,
          origin,
          { type: 'list', language: 'en' },
          {
            onLine: (line) => arrivals.push({ at: Date.now() - begun, message: JSON.parse(line) }),
          },
        );
        const certificates = arrivals.find(
          ({ message }) => (message.items as unknown[] | undefined)?.length === 1,
        );
        expect(certificates?.message).toMatchObject({
          items: [{ thumbprint: token.thumbprint, usable: true }],
        });
        const trouble = arrivals.find(
          ({ message }) => (message.troubles as unknown[] | undefined)?.length === 1,
        );
        expect(trouble?.message).toMatchObject({ troubles: [{ module: `${harm.toLowerCase()}.so`, code }] });
        expect(arrivals.at(-1)?.message).toMatchObject({ type: 'certificates', isComplete: true });
        if (harm === 'HANG') expect(certificates!.at).toBeLessThan(trouble!.at - 2_000);

        const answer = throughBridge(agent.port, origin, signBody(challengeOf(origin), token.thumbprint));
        await (await TestWindow.open(await agent.nextWindow())).confirm(token.pin);
        expect(last(await answer)).toMatchObject({ type: 'signed' });
      } finally {
        await agent.remove();
      }
    },
  );
});
