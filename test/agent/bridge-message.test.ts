import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type BridgeBody,
  bridgeAddress,
  envelop,
  type PageBody,
  readBridgeFragment,
  readBridgeMessage,
  readPageMessage,
} from '../../src/agent/bridge-message.ts';

const nonce = 'n0nce_n0nce-n0nce_n0nce';
const thumbprint = 'A'.repeat(43);
const item = {
  thumbprint,
  der: 'MAA=',
  place: { kind: 'token', module: 'softhsm', label: 'Директор', serial: '01' },
  usable: true,
} as const;

const bridgeBodies: readonly BridgeBody[] = [
  { type: 'hello', agent: 'sealgate', version: '0.2.0' },
  { type: 'ready' },
  { type: 'waiting', for: 'pin', since: 1 },
  {
    type: 'certificates',
    items: [item],
    troubles: [{ module: 'opensc', code: 'token_removed' }],
    isComplete: true,
  },
  { type: 'signed', signature: 'MAA=', thumbprint },
  { type: 'failed', code: 'signing_cancelled', details: {}, words: { title: 'a', cause: 'b', remedy: 'c' } },
  { type: 'closing' },
];
const pageBodies: readonly PageBody[] = [
  { type: 'list', language: 'ru' },
  { type: 'sign', challenge: 'text', content: 'dGV4dA==', thumbprint, language: 'en' },
  { type: 'sign-document', name: 'contract.pdf', content: 'MAA=', isDetached: true, language: 'ru' },
  { type: 'cancel' },
];

describe('messages of the bridge', () => {
  it.each(bridgeBodies)('reads $type as it was made', (body) => {
    const message = envelop(nonce, 'r1', body);
    expect(readBridgeMessage(structuredClone(message), nonce)).toEqual(message);
    expect(readPageMessage(message, nonce)).toBeUndefined();
  });

  it.each(pageBodies)('reads $type of the page as it was made', (body) => {
    const message = envelop(nonce, 'r1', body);
    expect(readPageMessage(structuredClone(message), nonce)).toEqual(message);
    expect(readBridgeMessage(message, nonce)).toBeUndefined();
  });

  it('drops members that are not known', () => {
    const message = { ...envelop(nonce, 'r1', { type: 'ready' }), origin: 'https://portal.example' };
    expect(readBridgeMessage(message, nonce)).toEqual(envelop(nonce, 'r1', { type: 'ready' }));
  });

  it.each([
    ['nothing', null],
    ['a string', 'ready'],
    ['a list', []],
    ['another protocol', { ...envelop(nonce, 'r1', { type: 'ready' }), sealgate: 'bridge/2' }],
    ['another nonce', envelop(`${nonce}x`, 'r1', { type: 'ready' })],
    ['no nonce', { sealgate: 'bridge/1', id: 'r1', type: 'ready' }],
    ['an id that is none', envelop(nonce, 'r 1', { type: 'ready' })],
    ['an unknown type', { ...envelop(nonce, 'r1', { type: 'ready' }), type: 'pin' }],
    ['a type of the prototype', { ...envelop(nonce, 'r1', { type: 'ready' }), type: 'constructor' }],
    ['a code that is markup', envelop(nonce, 'r1', { type: 'failed', code: '<b>', details: {} })],
    ['a signature that is no base64', envelop(nonce, 'r1', { type: 'signed', signature: '-', thumbprint })],
    [
      'an item without a place',
      envelop(nonce, 'r1', {
        type: 'certificates',
        items: [{ ...item, place: null }],
        troubles: [],
        isComplete: true,
      } as never),
    ],
    ['a time that is none', envelop(nonce, 'r1', { type: 'waiting', for: 'pin', since: Number.NaN })],
  ])('does not read %s', (_, data) => {
    expect(readBridgeMessage(data, nonce)).toBeUndefined();
  });

  it.each([
    [
      'a text that is too long',
      { type: 'sign', challenge: 'x'.repeat(2_097_153), content: 'MAA=', language: 'en' },
    ],
    ['another language', { type: 'list', language: 'de' }],
    [
      'a thumbprint that is too short',
      { type: 'sign', challenge: 'x', content: 'MAA=', thumbprint: 'AA', language: 'en' },
    ],
    [
      'a digest in place of a document',
      { type: 'sign-document', name: 'a', digest: 'MAA=', isDetached: true, language: 'en' },
    ],
    [
      'a document without a name',
      { type: 'sign-document', name: '', content: 'MAA=', isDetached: true, language: 'en' },
    ],
  ])('does not read a page’s message with %s', (_, body) => {
    expect(readPageMessage(envelop(nonce, 'r1', body as PageBody), nonce)).toBeUndefined();
  });
});

describe('the address of the bridge', () => {
  it('carries nonce and origin in its fragment', () => {
    const { hash, pathname } = new URL(bridgeAddress(47615, nonce, 'https://portal.example:8443'));
    expect(pathname).toBe('/bridge');
    expect(readBridgeFragment(hash)).toEqual({ nonce, origin: 'https://portal.example:8443' });
  });

  it.each([
    ['no fragment', ''],
    ['another version', `#v2.${nonce}.https%3A%2F%2Fportal.example`],
    ['a short nonce', '#v1.abc.https%3A%2F%2Fportal.example'],
    ['an origin that is spelt otherwise', `#v1.${nonce}.https%3a%2f%2fportal.example`],
    ['an address with a path', `#v1.${nonce}.https%3A%2F%2Fportal.example%2F`],
    ['a null origin', `#v1.${nonce}.null`],
    ['a broken escape', `#v1.${nonce}.%E0%A4%A`],
  ])('is not read with %s', (_, fragment) => {
    expect(readBridgeFragment(fragment)).toBeUndefined();
  });
});

it('imports nothing that a browser lacks', () => {
  for (const file of ['agent/bridge-message.ts', 'relying-party/origin.ts', 'failure/failure.ts']) {
    const text = readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');
    expect(text).not.toMatch(/'node:|process\.|Buffer/);
  }
});
