import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { Checks } from '../../src/report/check.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { noSoftHsm } from '../token/softhsm.ts';
import { noTestToken } from '../token/test-token.ts';
import { challengeOf, signBody, type TestAgent, TestWindow, testAgent, throughBridge } from './setting.ts';
import { type CertifiedToken, certifiedToken } from './token.ts';

const origin = 'https://portal.example';
const rules = {
  algorithms: currentAlgorithms,
  requiresSignedAttributes: true,
  requiresSigningCertificate: true,
  acceptsUtf16Content: false,
};

const kinds = [
  ['SoftHSM', 'ec-p256', noSoftHsm],
  ['the GOST token', 'gost2012-256', noTestToken],
] as const;

describe.each(kinds)('signing with %s', (_, algorithm, reason) => {
  describe.skipIf(reason)(reason ? `(skipped: ${reason})` : 'through the agent', () => {
    let token: CertifiedToken;
    let agent: TestAgent;
    beforeAll(async () => {
      token = await certifiedToken(algorithm);
    });
    afterAll(() => token.remove());
    beforeEach(async () => {
      agent = await testAgent([token.choice]);
      await agent.agent.origins.allow(origin, Date.now());
    });
    afterEach(() => agent.remove());

    it('a challenge that the person confirmed is signed, as CAdES-BES that verifies', async () => {
      const challenge = challengeOf(origin);
      const answer = throughBridge(agent.port, origin, signBody(challenge, token.thumbprint));
      const window = await TestWindow.open(await agent.nextWindow());
      const shown = await window.ask('demand');
      expect(shown).toMatchObject({ origin, subject: { kind: 'challenge', text: challenge } });
      expect(shown.certificate).toMatchObject({ thumbprint: token.thumbprint, place: { label: 'Директор' } });
      expect(await window.ask('question')).toEqual({ kind: 'pin', state: 'good', isKept: false });
      expect(await window.confirm(token.pin)).toEqual({ name: 'signed' });

      const messages = await answer;
      expect(messages.map(({ type }) => type)).toEqual(['ready', 'waiting', 'waiting', 'waiting', 'signed']);
      const signed = messages.at(-1) as { signature: string; thumbprint: string };
      expect(signed.thumbprint).toBe(token.thumbprint);
      const message = Buffer.from(signed.signature, 'base64');
      const verified = verifySignature(message, Buffer.from(challenge), rules, new Checks(), new Budget());
      expect(Buffer.from(verified.signer.der)).toEqual(Buffer.from(token.certificate));
      expect(agent.agent.history.all()).toMatchObject([
        { origin, kind: 'challenge', name: 'Торговая площадка' },
      ]);
    });

    it('certificates are listed with their places, and the last answer is complete', async () => {
      const messages = await throughBridge(agent.port, origin, { type: 'list', language: 'ru' });
      const lists = messages.filter(({ type }) => type === 'certificates') as {
        items: { thumbprint: string; usable: unknown }[];
        isComplete: boolean;
      }[];
      expect(lists.flatMap(({ items }) => items)).toMatchObject([
        { thumbprint: token.thumbprint, usable: true, place: { kind: 'token', label: 'Директор' } },
      ]);
      expect(lists.at(-1)?.isComplete).toBe(true);
      expect(await agent.opened()).toEqual([]);
    });

    it('a wrong PIN leaves the window open for another try, and is not shown again', async () => {
      const answer = throughBridge(agent.port, origin, signBody(challengeOf(origin), token.thumbprint));
      const window = await TestWindow.open(await agent.nextWindow());
      expect(await window.confirm('271828')).toMatchObject({
        name: 'open',
        refusal: { code: 'pin_incorrect' },
      });
      expect(await window.confirm(token.pin)).toEqual({ name: 'signed' });
      expect((await answer).at(-1)).toMatchObject({ type: 'signed' });
    });
  });
});
