import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { largestDocument, type PageBody } from '../../src/agent/bridge-message.ts';
import { noSoftHsm } from '../token/softhsm.ts';
import {
  challengeOf,
  envelopeFor,
  ownHeaders,
  pageKey,
  send,
  signBody,
  type TestAgent,
  TestWindow,
  testAgent,
  throughBridge,
} from './setting.ts';
import { type CertifiedToken, certifiedToken } from './token.ts';

const origin = 'https://portal.example';
const evil = 'https://portal.example.evil.example';

let token: CertifiedToken | undefined;
let agent: TestAgent;
beforeAll(async () => {
  if (noSoftHsm === undefined) token = await certifiedToken('ec-p256');
});
afterAll(() => token?.remove());
beforeEach(async () => {
  agent = await testAgent(token === undefined ? [] : [token.choice]);
  await agent.agent.origins.allow(origin, Date.now());
  await agent.agent.origins.allow(evil, Date.now());
});
afterEach(() => agent.remove());

const documentBody = (
  octets: Uint8Array,
  name = 'contract.pdf',
): Extract<PageBody, { type: 'sign-document' }> => ({
  type: 'sign-document',
  name,
  content: Buffer.from(octets).toString('base64'),
  isDetached: true,
  language: 'en',
});
const last = (messages: readonly Record<string, unknown>[]) => messages.at(-1);

describe('a text', () => {
  const challenge = challengeOf(origin);
  const changed = (change: (text: string) => string) => {
    const text = change(challenge);
    return { ...signBody(text), challenge: text };
  };

  it.each([
    [
      'of another purpose than any that is known',
      (text: string) => text.replace(/^.*\n.*\n/, 'ПЕРЕВОД ДЕНЕГ. ЭТО НЕ ДОКУМЕНТ.\nПодпись.\n'),
    ],
    [
      'with a line of another document in it',
      (text: string) => text.replace('Адрес:', 'Я согласен на всё.\nАдрес:'),
    ],
    ['with a right-to-left override', (text: string) => text.replace('Портал: ', 'Портал: \u202e')],
    ['with an isolate', (text: string) => text.replace('Портал: ', 'Портал: \u2066')],
    ['with a zero-width character', (text: string) => text.replace('https://portal', 'https://por\u200btal')],
    ['with a variation selector', (text: string) => text.replace('Портал: ', 'Портал: \ufe0f')],
    ['with a control character', (text: string) => text.replace('Портал: ', 'Портал: \u0007')],
    ['with line ends of Windows', (text: string) => text.replaceAll('\n', '\r\n')],
    ['with another line at its end', (text: string) => `${text}\n\n`],
    ['that is a contract', () => 'ДОГОВОР ЗАЙМА № 1'],
    ['that is empty markup', () => '<script>alert(1)</script>'],
    [
      'that is an address of another form',
      (text: string) => text.replace('https://portal.example', 'https://portal.example/'),
    ],
  ])('%s is refused before anybody is asked', async (_, change) => {
    expect(last(await throughBridge(agent.port, origin, changed(change)))).toMatchObject({
      type: 'failed',
      code: 'agent_text_refused',
    });
    expect(await agent.opened()).toEqual([]);
  });

  it('whose octets are others than its own is refused', async () => {
    for (const content of [`${challenge}\n`, 'ДОГОВОР', `\ufeff${challenge}`]) {
      const body = { ...signBody(challenge), content: Buffer.from(content).toString('base64') };
      expect(last(await throughBridge(agent.port, origin, body))).toMatchObject({
        code: 'agent_text_refused',
        details: { problem: 'text-content' },
      });
    }
    const utf16 = { ...signBody(challenge), content: Buffer.from(challenge, 'utf16le').toString('base64') };
    expect(last(await throughBridge(agent.port, origin, utf16))).toMatchObject({
      code: 'agent_text_refused',
    });
  });

  it('in base64 with something hidden behind it is refused', async () => {
    const { content, ...body } = signBody(challenge);
    for (const spelt of [
      `${content.replace(/=+$/, '')}`,
      `${content}====`,
      `${content.slice(0, 4)}\n${content.slice(4)}`,
    ]) {
      if (spelt === content) continue;
      expect(last(await throughBridge(agent.port, origin, { ...body, content: spelt }))).toMatchObject({
        code: 'request_malformed',
      });
    }
  });

  it('of one megabyte is refused, and one just within the limit is read', async () => {
    const long = challengeOf(origin, { portal: 'я'.repeat(1_048_576) });
    expect(last(await throughBridge(agent.port, origin, signBody(long)))).toMatchObject({
      code: 'agent_text_refused',
      details: { problem: 'text-too-long' },
    });
    const within = challengeOf(origin, { portal: 'я'.repeat(7_000) });
    const gone = new AbortController();
    const asked = throughBridge(agent.port, origin, signBody(within), { signal: gone.signal }).catch(
      () => undefined,
    );
    await agent.nextWindow();
    gone.abort();
    await asked;
  });

  it('of another site is refused, whoever it is shown by', async () => {
    const foreign = [
      [evil, challengeOf(origin)],
      [origin, challengeOf(origin, { page: 'https://sign.example' })],
      [evil, challengeOf(evil, { page: origin })],
    ] as const;
    for (const [asking, text] of foreign) {
      expect(last(await throughBridge(agent.port, asking, signBody(text)))).toMatchObject({
        code: 'agent_origin_mismatch',
        details: { origin: asking },
      });
    }
    expect(await agent.opened()).toEqual([]);
  });

  it('that connects a carrier is shown as that, and not as a sign-in', async () => {
    const gone = new AbortController();
    const text = challengeOf(origin, { purpose: 'carrier' });
    const asked = throughBridge(agent.port, origin, signBody(text), { signal: gone.signal }).catch(
      () => undefined,
    );
    const window = await TestWindow.open(await agent.nextWindow());
    expect(await window.ask('demand')).toMatchObject({ subject: { purpose: 'carrier' } });
    gone.abort();
    await asked;
  });
});

describe('a document', () => {
  const challenge = challengeOf(origin);
  it.each([
    ['is a challenge', Buffer.from(challenge)],
    ['is a challenge of another site', Buffer.from(challengeOf(evil))],
    ['is a challenge in UTF-16, which a service may accept', Buffer.from(challenge, 'utf16le')],
    ['is a challenge in UTF-16 with its mark', Buffer.from(`\ufeff${challenge}`, 'utf16le')],
    ['is a challenge of the other order', Buffer.from(challenge, 'utf16le').swap16()],
    ['is a challenge with a mark of octet order', Buffer.from(`\ufeff${challenge}`)],
    ['is a challenge with line ends of Windows', Buffer.from(challenge.replaceAll('\n', '\r\n'))],
    ['is a challenge behind blanks', Buffer.from(`\n\n \t${challenge}`)],
    ['is only the beginning of one', Buffer.from(challenge.slice(0, 60))],
  ])('that %s is refused', async (_, octets) => {
    expect(last(await throughBridge(agent.port, origin, documentBody(octets)))).toMatchObject({
      code: 'agent_document_refused',
      details: { problem: 'document-challenge' },
    });
    expect(await agent.opened()).toEqual([]);
  });

  it.each([
    ['is empty', Buffer.alloc(0), 'a.pdf', 'request_malformed'],
    [
      'has the form of signed attributes',
      Buffer.from('311a301806092a864886f70d010903310b06092a864886f70d010701', 'hex'),
      'a.pdf',
      'agent_document_refused',
    ],
    ['is named backwards', Buffer.from('x'), 'fdp.\u202etxt', 'agent_document_refused'],
  ])('that %s is refused', async (_, octets, name, code) => {
    expect(last(await throughBridge(agent.port, origin, documentBody(octets, name)))).toMatchObject({ code });
    expect(await agent.opened()).toEqual([]);
  });

  it('that is too large is refused, and a bare digest is no message at all', async () => {
    const large = documentBody(Buffer.alloc(largestDocument + 1));
    expect(last(await throughBridge(agent.port, origin, large))).toMatchObject({
      code: 'request_too_large',
    });
    const digest = { type: 'sign-document', name: 'a', digest: 'MAA=', isDetached: true, language: 'en' };
    expect(last(await throughBridge(agent.port, origin, digest as unknown as PageBody))).toMatchObject({
      code: 'request_malformed',
    });
  });

  it('is shown with the digest that the agent has made of its octets', async () => {
    const gone = new AbortController();
    const octets = Buffer.from('ДОГОВОР № 1');
    const asked = throughBridge(agent.port, origin, documentBody(octets), { signal: gone.signal }).catch(
      () => undefined,
    );
    const window = await TestWindow.open(await agent.nextWindow());
    const { createHash } = await import('node:crypto');
    expect(await window.ask('demand')).toMatchObject({
      subject: {
        kind: 'document',
        name: 'contract.pdf',
        size: octets.length,
        sha256: createHash('sha256').update(octets).digest('hex'),
      },
    });
    gone.abort();
    await asked;
  });
});

describe('an origin', () => {
  it('that is not on the list is asked about once, and then refused without a signature', async () => {
    const stranger = 'https://stranger.example';
    const answer = throughBridge(agent.port, stranger, { type: 'list', language: 'en' });
    const window = await TestWindow.open(await agent.nextWindow());
    expect(await window.ask('demand')).toMatchObject({ origin: stranger, subject: { kind: 'permission' } });
    await window.ask('refuse');
    expect(last(await answer)).toMatchObject({ code: 'agent_origin_refused' });
    expect(agent.agent.origins.has(stranger)).toBe(false);
  });

  it('that the person allows is on the list from then on, and not asked about again', async () => {
    const stranger = 'https://stranger.example';
    const answer = throughBridge(agent.port, stranger, { type: 'list', language: 'en' });
    const window = await TestWindow.open(await agent.nextWindow());
    await window.allow();
    expect((await answer).map(({ type }) => type).slice(0, 3)).toEqual(['waiting', 'waiting', 'ready']);
    expect(agent.agent.origins.has(stranger)).toBe(true);
    await throughBridge(agent.port, stranger, { type: 'list', language: 'en' });
    expect(await agent.opened()).toHaveLength(1);
  });

  it.each(['null', 'http://portal.example', 'https://portal.example/', 'file://', 'https://пример.рф'])(
    'such as %s is none that a bridge may speak for',
    async (stranger) => {
      expect(await throughBridge(agent.port, stranger, { type: 'list', language: 'en' })).toMatchObject([
        { code: 'agent_request_foreign' },
      ]);
    },
  );
});

describe('a window of the agent', () => {
  const ask = (body: PageBody = signBody(challengeOf(origin)), signal?: AbortSignal) =>
    throughBridge(agent.port, origin, body, signal === undefined ? {} : { signal });

  it('is opened once: a second opening ends the request, whoever it was', async () => {
    const answer = ask();
    const address = await agent.nextWindow();
    const window = await TestWindow.open(address);
    await expect(TestWindow.open(address)).rejects.toThrow('agent_window_used');
    expect(last(await answer)).toMatchObject({ code: 'agent_window_used' });
    expect(await window.confirm('314159')).toMatchObject({
      name: 'failed',
      failure: { code: 'agent_window_used' },
    });
  });

  it('is the same one where its page is loaded anew, or its browser asks again', async () => {
    const answer = ask();
    const address = await agent.nextWindow();
    const { seat } = await TestWindow.open(address);
    const window = await TestWindow.open(address, seat);
    await window.ask('refuse');
    expect(last(await answer)).toMatchObject({ code: 'signing_cancelled' });
    await TestWindow.open(address, seat);
  });

  it('is told how its request has ended where it asks a moment too late, until the next request', async () => {
    const answer = ask();
    const window = await TestWindow.open(await agent.nextWindow());
    agent.agent.desk.close();
    expect(last(await answer)).toMatchObject({ code: 'agent_failed' });
    expect(await window.ask('follow')).toMatchObject({ name: 'failed', failure: { code: 'agent_failed' } });
    const next = ask();
    await agent.nextWindow();
    agent.agent.desk.close();
    await next;
    expect(await window.ask('follow')).toMatchObject({ code: 'agent_request_foreign' });
  });

  it('cannot be answered with yes before it has been there for a second', async () => {
    const answer = ask();
    const window = await TestWindow.open(await agent.nextWindow());
    expect(await window.ask('confirm', Buffer.from('314159'))).toMatchObject({ code: 'request_malformed' });
    await window.ask('refuse');
    expect(last(await answer)).toMatchObject({ code: 'signing_cancelled' });
  });

  it('is not to be guessed, nor its seat', async () => {
    const answer = ask();
    const address = new URL(await agent.nextWindow()).pathname.split('/').at(-1);
    const key = await pageKey(agent.port, '/confirm/x');
    const guess = randomBytes(32).toString('hex');
    const post = (what: string, body: string, seat = '') =>
      send(agent.port, {
        method: 'POST',
        path: `/v1/window/${what}`,
        headers: { ...ownHeaders(agent.port, key), 'sealgate-seat': seat },
        body,
      }).then(({ text }) => JSON.parse(text).code);
    expect(await post('open', JSON.stringify({ address: guess }), guess)).toBe('agent_window_used');
    expect(await post('open', '{}', guess)).toBe('agent_window_used');
    expect(await post('open', JSON.stringify({ address }))).toBe('agent_request_foreign');
    expect(await post('open', JSON.stringify({ address }), 'a short seat')).toBe('agent_request_foreign');
    expect(await post('demand', '{}', guess)).toBe('agent_request_foreign');
    expect(await post('demand', '{}')).toBe('agent_request_foreign');
    expect(await post('allow', '{}', guess)).toBe('agent_request_foreign');
    expect(await post('refuse', '{}', guess)).toBe('agent_request_foreign');
    agent.agent.desk.close();
    expect(last(await answer)).toMatchObject({ code: 'agent_failed' });
  });

  it('is one at a time: a second bridge is told to wait, and the first one goes on', async () => {
    const first = ask();
    const window = await TestWindow.open(await agent.nextWindow());
    expect(last(await ask())).toMatchObject({ code: 'agent_busy', details: { origin } });
    expect(
      last(await throughBridge(agent.port, 'https://stranger.example', { type: 'list', language: 'en' })),
    ).toMatchObject({ code: 'agent_busy' });
    expect(await agent.opened()).toHaveLength(1);
    await window.ask('refuse');
    expect(last(await first)).toMatchObject({ code: 'signing_cancelled' });
  });

  it('goes when the page does, and nothing is signed afterwards', async () => {
    const gone = new AbortController();
    const answer = ask(undefined, gone.signal).catch(() => 'gone');
    const window = await TestWindow.open(await agent.nextWindow());
    gone.abort();
    expect(await answer).toBe('gone');
    await wait(100);
    expect(await window.confirm('314159')).toMatchObject({ name: 'failed' });
    expect(agent.agent.history.all()).toEqual([]);
  });

  it('that the person closes has cancelled', async () => {
    const answer = ask();
    const window = await TestWindow.open(await agent.nextWindow());
    const closed = new AbortController();
    const key = await pageKey(agent.port, '/confirm/x');
    const following = send(agent.port, {
      method: 'POST',
      path: '/v1/window/follow',
      headers: { ...ownHeaders(agent.port, key), 'sealgate-seat': window.seat },
      body: '{}',
      signal: closed.signal,
      onLine: () => closed.abort(),
    }).catch(() => undefined);
    await following;
    expect(last(await answer)).toMatchObject({ code: 'signing_cancelled' });
  });

  it('is not opened again and again: a page that only asks is told to wait', async () => {
    for (let count = 0; count < 10; count++) {
      const answer = ask();
      await (await TestWindow.open(await agent.nextWindow())).ask('refuse');
      expect(last(await answer)).toMatchObject({ code: 'signing_cancelled' });
    }
    expect(last(await ask())).toMatchObject({ code: 'rate_limited' });
    expect(await agent.opened()).toHaveLength(10);
    const other = throughBridge(agent.port, evil, signBody(challengeOf(evil)));
    await (await TestWindow.open(await agent.nextWindow())).ask('refuse');
    expect(last(await other)).toMatchObject({ code: 'signing_cancelled' });
  });

  it('of strangers is counted for all of them together', async () => {
    for (let count = 0; count < 10; count++) {
      const answer = throughBridge(agent.port, `https://s${count}.example`, { type: 'list', language: 'en' });
      await (await TestWindow.open(await agent.nextWindow())).ask('refuse');
      expect(last(await answer)).toMatchObject({ code: 'agent_origin_refused' });
    }
    const next = await throughBridge(agent.port, 'https://s99.example', { type: 'list', language: 'en' });
    expect(last(next)).toMatchObject({ code: 'rate_limited' });
    const listed = ask();
    await (await TestWindow.open(await agent.nextWindow())).ask('refuse');
    await listed;
  });

  it('of a permission signs nothing, and one of a signature lets nobody in', async () => {
    const answer = ask();
    const window = await TestWindow.open(await agent.nextWindow());
    await window.allow();
    expect(await window.ask('demand')).toMatchObject({ subject: { kind: 'challenge' } });
    await window.ask('refuse');
    expect(last(await answer)).toMatchObject({ code: 'signing_cancelled' });

    const stranger = throughBridge(agent.port, 'https://stranger.example', { type: 'list', language: 'en' });
    const permission = await TestWindow.open(await agent.nextWindow());
    expect(await permission.confirm('314159')).toEqual({ name: 'open' });
    await permission.ask('refuse');
    expect(last(await stranger)).toMatchObject({ code: 'agent_origin_refused' });
  });
});

describe('a message to the bridge', () => {
  it.each([
    ['no message', {}],
    ['another protocol', { sealgate: 'bridge/2' }],
    ['a message of the agent’s', { type: 'signed' }],
    ['a PIN', { type: 'pin', pin: '314159' }],
    ['a request to cancel', { type: 'cancel' }],
  ])('with %s is none', async (_, change) => {
    const key = await pageKey(agent.port, '/bridge');
    const message = { ...envelopeFor({ type: 'list', language: 'en' }), ...change };
    const { text } = await send(agent.port, {
      method: 'POST',
      path: '/v1/bridge',
      headers: ownHeaders(agent.port, key),
      body: JSON.stringify({
        origin,
        nonce: message.nonce,
        ...('sealgate' in change || 'type' in change ? { message } : {}),
      }),
    });
    expect(JSON.parse(text).code).toBe('request_malformed');
  });
});
