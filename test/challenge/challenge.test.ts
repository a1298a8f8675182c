import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type ChallengeInput,
  challengeLifetime,
  issueChallenge,
  openChallenge,
} from '../../src/challenge/challenge.ts';
import { forgetTakenChallenges, takeChallenge } from '../../src/challenge/take.ts';
import { challengeText, oneTimeCode, type TextFacts, textVersion } from '../../src/challenge/text.ts';
import { keyring } from '../../src/secret/keyring.ts';
import { mac } from '../../src/secret/mac.ts';
import { temporaryDatabase } from '../database/temporary.ts';

const keys = keyring([randomBytes(32)], 'challenge');
const at = Date.UTC(2026, 10, 21, 21, 30, 5);
const binding = { relyingParty: 'portal', origin: 'https://portal.example', browser: 'session-1' };
const input: ChallengeInput = {
  ...binding,
  portal: 'Торговая площадка',
  language: 'ru',
  organisation: { name: 'ООО «Ромашка»', inn: '7707083893' },
  lifetime: challengeLifetime,
};

describe('the text of a challenge', () => {
  it('says first that it is a sign-in and no document, then who asks, for whom, when, and the code', () => {
    const { text } = issueChallenge(keys, input, at);
    const lines = text.split('\n');
    expect(lines.slice(0, 8)).toEqual([
      'ВХОД НА ПОРТАЛ. ЭТО НЕ ДОКУМЕНТ.',
      'Подпись под этим текстом только открывает вход. Она не является согласием, заявлением, договором или иным документом.',
      '',
      'Портал: Торговая площадка',
      'Адрес: https://portal.example',
      'Организация: ООО «Ромашка»',
      'ИНН организации: 7707083893',
      'Время: 2026-11-22 00:30:05 по Москве (2026-11-21 21:30:05 UTC)',
    ]);
    expect(lines[8]).toMatch(/^Одноразовый код: [0-9A-Z]{4}(-[0-9A-Z]{4}){12}$/);
    expect(lines).toHaveLength(9);
  });

  it('is English where that is asked for, and leaves out an organisation that is not known', () => {
    const { organisation: _, ...rest } = input;
    const { text } = issueChallenge(keys, { ...rest, language: 'en', portal: 'Trading Floor' }, at);
    expect(text).toMatch(/^SIGN-IN TO A PORTAL\. THIS IS NOT A DOCUMENT\.\n/);
    expect(text).toContain(
      'Portal: Trading Floor\nAddress: https://portal.example\nTime: 2026-11-21 21:30:05 UTC\n',
    );
    expect(text).not.toMatch(/\p{Script=Cyrillic}|Organisation/u);
  });

  it('names the page that shows it where that is not the portal’s, and the screen on which the sign-in opens', () => {
    const page = 'https://sign.example';
    const shown = (extra: Partial<ChallengeInput>) => issueChallenge(keys, { ...input, ...extra }, at).text;
    expect(shown({ page })).toContain(
      'Адрес: https://portal.example\nСтраница входа: https://sign.example\nОрганизация:',
    );
    expect(shown({ page, handOver: '482-917' })).toContain(
      'Вход откроется: на другом экране, на котором показан код 482-917\n',
    );
    const english = { ...input, language: 'en', page, handOver: '482-917' } as const;
    expect(issueChallenge(keys, english, at).text).toContain(
      'Sign-in page: https://sign.example\nThe sign-in opens: on another screen, which shows the code 482-917\n',
    );
  });

  it('without such a page is what the form before was, to the letter', () => {
    const nonce = new Uint8Array(32);
    const facts = { language: 'ru', portal: 'П', origin: 'https://p', issuedAt: at, nonce } as const;
    expect(challengeText(facts, 3)).toBe(challengeText(facts, 2));
    expect(challengeText({ ...facts, page: 'https://s' }, 2)).toBe(challengeText(facts, 2));
  });

  it('never begins with the tag of a SET, which signed attributes begin with', () => {
    for (const language of ['en', 'ru'] as const) {
      expect(Buffer.from(issueChallenge(keys, { ...input, language }, at).text)[0]).not.toBe(0x31);
    }
  });

  it('contains the whole nonce: one changed bit gives another code', () => {
    const nonce = randomBytes(32);
    const codes = new Set([oneTimeCode(nonce)]);
    for (let bit = 0; bit < 256; bit += 1) {
      const changed = Buffer.from(nonce);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      codes.add(oneTimeCode(changed));
    }
    expect(codes.size).toBe(257);
    expect(oneTimeCode(new Uint8Array(5).fill(0xff))).toBe('ZZZZ-ZZZZ');
    expect(oneTimeCode(Uint8Array.of(0xff))).toBe('ZW');
  });

  it('is the same whenever its facts are, and another for every other fact', () => {
    const facts = {
      language: 'en',
      portal: 'P',
      origin: 'https://p',
      issuedAt: at,
      nonce: new Uint8Array(32),
    } as const;
    const inn = '7707083893';
    const others: readonly TextFacts[] = [
      facts,
      { ...facts, language: 'ru' },
      { ...facts, portal: 'P, https://p' },
      { ...facts, origin: 'https://q' },
      { ...facts, issuedAt: at + 1_000 },
      { ...facts, nonce: new Uint8Array(32).fill(1) },
      { ...facts, purpose: 'carrier' },
      { ...facts, page: 'https://p' },
      { ...facts, page: 'https://q' },
      { ...facts, page: 'https://p', handOver: '482-917' },
      { ...facts, page: 'https://p', handOver: '482-918' },
      { ...facts, organisation: { name: 'A' } },
      { ...facts, organisation: { inn } },
      { ...facts, organisation: { name: 'A', inn } },
      { ...facts, organisation: { name: `A, INN ${inn}` } },
      { ...facts, organisation: { name: `A INN of the organisation: ${inn}` } },
      { ...facts, organisation: { name: `INN ${inn}` } },
    ];
    expect(new Set(others.map((each) => challengeText(each))).size).toBe(others.length);
    for (const each of others) expect(challengeText({ ...each })).toBe(challengeText(each));
  });
});

describe('opening a challenge', () => {
  it('gives back what was issued, with the very text as octets', () => {
    const issued = issueChallenge(keys, input, at);
    const challenge = openChallenge(keys, issued.challenge, binding, at + 1);
    expect(challenge).toMatchObject({
      relyingParty: 'portal',
      origin: binding.origin,
      language: 'ru',
      text: issued.text,
      issuedAt: at,
      expiresAt: at + challengeLifetime,
    });
    expect(Buffer.from(challenge.content).toString()).toBe(issued.text);
    expect(challenge.nonceHash).toHaveLength(32);
  });

  it('gives each challenge a nonce of its own', () => {
    const hashes = Array.from({ length: 50 }, () => {
      const { nonceHash } = openChallenge(keys, issueChallenge(keys, input, at).challenge, binding, at);
      return Buffer.from(nonceHash).toString('hex');
    });
    expect(new Set(hashes).size).toBe(50);
  });

  it.each([
    ['relying party', { relyingParty: 'other' }],
    ['origin', { origin: 'https://portal.example:8443' }],
    ['browser', { browser: 'session-2' }],
  ])('of another %s is refused with challenge_foreign', (_, other) => {
    const { challenge } = issueChallenge(keys, input, at);
    expect(() => openChallenge(keys, challenge, { ...binding, ...other }, at)).toThrow(
      expect.objectContaining({ code: 'challenge_foreign' }),
    );
  });

  it('is possible until its last millisecond, and refused with challenge_expired after that', () => {
    const { challenge, expiresAt } = issueChallenge(keys, input, at);
    expect(openChallenge(keys, challenge, binding, expiresAt - 1).expiresAt).toBe(expiresAt);
    expect(() => openChallenge(keys, challenge, binding, expiresAt)).toThrow(
      expect.objectContaining({ code: 'challenge_expired' }),
    );
  });

  it.each([
    ['page', { page: 'https://sign.example' }, {}],
    ['page', {}, { page: 'https://sign.example' }],
    ['page', { page: 'https://sign.example' }, { page: 'https://sign.example.org' }],
    ['browser', { handOver: '482-917' }, {}],
    ['browser', { handOver: '482-917' }, { handOver: '482-918' }],
  ])('of another %s (%j for %j) is refused with challenge_foreign', (field, issued, expected) => {
    const { challenge } = issueChallenge(keys, { ...input, ...issued }, at);
    expect(() => openChallenge(keys, challenge, { ...binding, ...expected }, at)).toThrow(
      expect.objectContaining({ code: 'challenge_foreign', details: { field } }),
    );
    expect(openChallenge(keys, challenge, { ...binding, ...issued }, at).relyingParty).toBe('portal');
  });

  it('with any one character changed is refused with challenge_malformed', () => {
    const { challenge } = issueChallenge(keys, input, at);
    for (let index = 0; index < challenge.length; index += 1) {
      for (const replacement of ['A', 'b', '.', '=', ' ', '\u0442']) {
        if (challenge[index] === replacement) continue;
        const changed = challenge.slice(0, index) + replacement + challenge.slice(index + 1);
        expect(() => openChallenge(keys, changed, binding, at)).toThrow(
          expect.objectContaining({ code: 'challenge_malformed' }),
        );
      }
    }
  });

  it.each([
    ['nothing', ''],
    ['no dots', 'abc'],
    ['one dot', 'abc.def'],
    ['only dots', '...'],
    ['four thousand and more characters', 'a.'.repeat(2100)],
  ])('that is %s is refused with challenge_malformed', (_, token) => {
    expect(() => openChallenge(keys, token, binding, at)).toThrow(
      expect.objectContaining({ code: 'challenge_malformed' }),
    );
  });

  it('in another spelling of its base64 is refused with challenge_malformed', () => {
    const { challenge } = issueChallenge(keys, input, at);
    for (const spelling of [`${challenge}=`, `${challenge}\n`, challenge.replaceAll('-', '+').concat('A')]) {
      expect(() => openChallenge(keys, spelling, binding, at)).toThrow(
        expect.objectContaining({ code: 'challenge_malformed' }),
      );
    }
  });

  it('under another secret is refused with challenge_malformed', () => {
    const { challenge } = issueChallenge(keyring([randomBytes(32)], 'challenge'), input, at);
    expect(() => openChallenge(keys, challenge, binding, at)).toThrow(
      expect.objectContaining({ code: 'challenge_malformed' }),
    );
  });

  it('goes on while the secret is exchanged', () => {
    const [older, newer] = [randomBytes(32), randomBytes(32)];
    const { challenge } = issueChallenge(keyring([older], 'challenge'), input, at);
    expect(openChallenge(keyring([newer, older], 'challenge'), challenge, binding, at).relyingParty).toBe(
      'portal',
    );
  });

  const ofVersion = (v: number) => {
    const [id, body = ''] = issueChallenge(keys, input, at).challenge.split('.');
    const payload = JSON.parse(Buffer.from(body, 'base64url').toString());
    const changed = `${id}.${Buffer.from(JSON.stringify({ ...payload, v })).toString('base64url')}`;
    return `${changed}.${mac(keys.current.key, `sealgate challenge\n${changed}`).toString('base64url')}`;
  };

  it.each([0, textVersion + 1])(
    'of version %i of the text is refused with challenge_malformed',
    (version) => {
      expect(() => openChallenge(keys, ofVersion(version), binding, at)).toThrow(
        expect.objectContaining({ code: 'challenge_malformed' }),
      );
    },
  );

  it('that was issued before the text had its present form opens with the text that was shown', () => {
    const { text } = openChallenge(keys, ofVersion(1), binding, at);
    expect(text.split('\n')[5]).toBe('Организация: ООО «Ромашка», ИНН 7707083893');
    expect(text.split('\n')).toHaveLength(8);
  });
});

it('the browser’s mark itself is not in the token', () => {
  const { challenge } = issueChallenge(keys, { ...input, browser: 'secret-session-cookie' }, at);
  expect(Buffer.from(challenge.split('.')[1] ?? '', 'base64url').toString()).not.toContain(
    'secret-session-cookie',
  );
});

it('taking a challenge is refused with challenge_used where it changes nothing', () => {
  const challenge = openChallenge(keys, issueChallenge(keys, input, at).challenge, binding, at);
  expect(takeChallenge(challenge)).toMatchObject({
    refusal: 'challenge_used',
    parameters: [challenge.expiresAt, challenge.nonceHash],
  });
});

it('taken challenges are forgotten a day after their life, and not before', async () => {
  const temporary = temporaryDatabase();
  const count = async () =>
    (await temporary.database.read({ sql: 'SELECT count(*) AS n FROM taken_challenge', parameters: [] }))[0]
      ?.n;
  const challenge = openChallenge(keys, issueChallenge(keys, input, at).challenge, binding, at);
  await temporary.database.write({ statements: [takeChallenge(challenge)] });
  await temporary.database.write({ statements: [forgetTakenChallenges(challenge.expiresAt + 86_400_000)] });
  expect(await count()).toBe(1);
  await temporary.database.write({ statements: [forgetTakenChallenges(challenge.expiresAt + 86_400_001)] });
  expect(await count()).toBe(0);
  await temporary.dispose();
});
