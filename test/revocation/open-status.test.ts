import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Reader } from '../../src/asn1/reader.ts';
import { contextConstructed, tag } from '../../src/asn1/tag.ts';
import { encode, encodeSequence } from '../../src/asn1/writer.ts';
import { Budget } from '../../src/budget/budget.ts';
import { atOnce } from '../../src/budget/slices.ts';
import type { FailureCode } from '../../src/failure/catalogue.ts';
import { explain } from '../../src/failure/explain.ts';
import type { Language } from '../../src/failure/failure.ts';
import type { FetchSettings } from '../../src/fetch/fetcher.ts';
import type { CurrentPath } from '../../src/revocation/check.ts';
import { checkRevocation } from '../../src/revocation/check.ts';
import { type EncodedValues, readValues } from '../../src/revocation/message-values.ts';
import { type RevocationPolicy, strictPolicy } from '../../src/revocation/policy.ts';
import { type Problem, problemNames } from '../../src/revocation/problem.ts';
import { type Caught, caught } from '../failure-code.ts';
import { type AnswerOrder, day, hour, makeAnswer, makeList, makeRefusal, makeSigner } from './maker.ts';
import { makeSetting, makeSources, personSerial, type Setting } from './setting.ts';

let setting: Setting;
beforeEach(async () => {
  setting = await makeSetting();
});
afterEach(() => setting.host.stop());

interface Question {
  readonly fetch?: Partial<FetchSettings>;
  readonly policy?: Partial<RevocationPolicy>;
  /** Lists and answers that came with the question, and count like any others. */
  readonly given?: Partial<EncodedValues>;
}

/** Checks the subscriber of the setting. */
async function check({ fetch = {}, policy = {}, given = {} }: Question): Promise<CurrentPath> {
  const { house, person, at } = setting;
  const budget = new Budget();
  const sources = makeSources({ fetch });
  const message = atOnce(readValues({ lists: [], answers: [], ...given }, budget));
  try {
    return await checkRevocation({
      path: house.path(person),
      sources,
      policy: { ...strictPolicy, patience: 5000, messageValues: 'equal', ...policy },
      at,
      algorithms: currentAlgorithms,
      budget,
      message,
    });
  } finally {
    await sources.fetcher.close();
  }
}

/** The refusal of such a check, with what a person is told of it. */
async function refusal(question: Question = {}): Promise<Caught & Record<'told' | 'russian', string>> {
  const error = caught(await check(question).catch((reason: unknown) => reason));
  const told = (language: Language) => {
    const { cause, remedy } = explain<FailureCode>(error.code, error.details, language);
    return `${cause} ${remedy}`;
  };
  return Object.assign(error, { told: told('en'), russian: told('ru') });
}

const usual = (): AnswerOrder => ({
  responder: setting.house.authority,
  issuer: setting.house.authority,
  serial: personSerial,
  thisUpdate: setting.at - hour,
  nextUpdate: setting.at + day,
});

const problemsOf = ({ details }: Caught) =>
  (details.problems as readonly Problem[]).map(({ problem, source, details }) => [
    details?.kind,
    problem,
    source === undefined || source === 'message' ? source : new URL(source).pathname,
  ]);

/** What a refusal says where waiting helps nobody. */
function expectNoWaiting(refused: Awaited<ReturnType<typeof refusal>>): void {
  expect(refused.code).toBe('revocation_undetermined');
  expect(refused.details).not.toHaveProperty('retryAfter');
  expect(refused.told).not.toMatch(/did not answer|[Aa]sked: |[Tt]ry again|later/);
  expect(refused.russian).not.toMatch(/не ответил|Запрошены|[Пп]овторит|позже/);
}

describe('a source that is not asked', () => {
  it('because its address is local and not allowed is named with that cause, and nobody says that it did not answer', async () => {
    const refused = await refusal({ fetch: { allowedNetworks: [] } });
    expectNoWaiting(refused);
    expect(setting.host.asked).toEqual([]);
    expect(refused.told).toContain(
      `revocation list ${setting.host.url('/a.crl')}: not asked, because it leads to a local address (127.0.0.1)`,
    );
    expect(refused.told).toContain('SEALGATE_REVOCATION_NETWORKS');
    expect(refused.russian).toContain('не запрашивался: он ведёт на локальный адрес (127.0.0.1)');
    expect(refused.details.hosts).toBeUndefined();
  });

  it('because the operator’s settings do not name its host is named with that cause', async () => {
    const refused = await refusal({ fetch: { allowedHosts: ['lists.example'] } });
    expectNoWaiting(refused);
    expect(refused.told).toContain('not asked, because the operator’s settings do not name this host');
    expect(setting.host.asked).toEqual([]);
  });

  it('because nobody is, offline, is named with that cause', async () => {
    const refused = await refusal({ fetch: { allowedHosts: [] } });
    expectNoWaiting(refused);
    expect(problemsOf(refused)).toEqual([
      ['crl', 'offline', '/a.crl'],
      ['ocsp', 'offline', '/ocsp'],
    ]);
    expect(refused.told).toContain('not asked, because this check asks nobody');
  });
});

describe('a source that was asked', () => {
  it.each<[string, () => Uint8Array, string, string]>([
    ['with what cannot be read', () => Buffer.from('<html>'), 'malformed', 'it cannot be read'],
    [
      'with a list under another key',
      () => makeList({ ...list(), issuer: { ...setting.house.authority, key: makeSigner('x').key } }),
      'signature-wrong',
      'its signature does not hold under the authority’s key',
    ],
    [
      'with the list of another authority',
      () => makeList({ ...list(), issuer: makeSigner('Elsewhere') }),
      'other-issuer',
      'it is a list of another authority',
    ],
  ])(
    'and answers %s is named with that cause, and waiting is not advised',
    async (_, make, problem, words) => {
      setting.host.serve('/a.crl', make);
      const refused = await refusal();
      expectNoWaiting(refused);
      expect(problemsOf(refused)).toContainEqual(['crl', problem, '/a.crl']);
      expect(refused.told).toContain(`revocation list ${setting.host.url('/a.crl')}: ${words}`);
    },
  );

  it('and answers with a list that is too old is named with its end, and waiting helps', async () => {
    setting.host.serve('/a.crl', () => makeList({ ...list(), nextUpdate: setting.at - 60_000 }));
    const refused = await refusal();
    expect(refused.code).toBe('revocation_stale');
    expect(refused.told).toContain('it is too old, good until');
    expect(refused.told).toContain('Try again in');
  });

  it.each<[string, number, boolean]>([
    ['malformedRequest', 1, false],
    ['internalError', 2, true],
    ['tryLater', 3, true],
    ['sigRequired', 5, false],
    ['unauthorized', 6, false],
  ])('and refuses by %s is named with that', async (name, status, isWaitingOf) => {
    setting.host.serve('/ocsp', () => makeRefusal(status));
    const refused = await refusal({ policy: { order: ['ocsp'] } });
    expect(refused.told).toContain(`OCSP answer ${setting.host.url('/ocsp')}: the responder refused`);
    expect(refused.told).toContain(`(${name})`);
    expect(refused.russian).toContain(`(${name})`);
    if (!isWaitingOf) return expectNoWaiting(refused);
    expect(refused.code).toBe('revocation_unavailable');
    expect(refused.told).toContain('Try again in');
  });

  it('and is silent is named as silent, and waiting helps', async () => {
    setting.host.on('/a.crl', () => undefined);
    const refused = await refusal({ policy: { patience: 500 } });
    expect(refused.code).toBe('revocation_unavailable');
    expect(refused.told).toContain(`revocation list ${setting.host.url('/a.crl')}: no answer in time`);
    expect(refused.details.hosts).toEqual(['127.0.0.1']);
  });

  const list = () => ({
    issuer: setting.house.authority,
    thisUpdate: setting.at - hour,
    nextUpdate: setting.at + day,
  });
});

describe('among given answers', () => {
  const offline = { fetch: { allowedHosts: [] } };

  it('a refusal of the responder is named as such', async () => {
    const refused = await refusal({ ...offline, given: { answers: [makeRefusal(3)] } });
    expectNoWaiting(refused);
    expect(problemsOf(refused)).toContainEqual(['ocsp', 'try-later', 'message']);
    expect(refused.told).toContain(
      'OCSP answer that came along: the responder refused, because it is too busy',
    );
  });

  it('one that cannot be read is told by what is wrong in it, not by what it is not', async () => {
    const whole = makeAnswer(usual());
    const cut = encodeSequence(
      encode(tag.enumerated, Uint8Array.of(0)),
      encode(contextConstructed(0), encodeSequence(Buffer.from('060355040a', 'hex'))),
    );
    for (const [answer, rule] of [
      [cut, 'kind of the response is unknown'],
      [makeRefusal(4), 'status of the response is unknown'],
      [whole.subarray(0, -1), expect.any(String)],
    ] as const) {
      const refused = await refusal({ ...offline, given: { answers: [answer] } });
      expectNoWaiting(refused);
      expect(refused.details.problems).toContainEqual({
        problem: 'malformed',
        source: 'message',
        details: { kind: 'ocsp', rule },
      });
      expect(refused.told).not.toMatch(/0x0a|0x30/);
    }
  });

  it('a whole response and a basic one alone both count', async () => {
    const root = makeList({ ...usual(), issuer: setting.house.root });
    const response = makeAnswer(usual());
    const fields = Reader.der(response).sequence();
    fields.raw();
    const bytes = fields.constructed(contextConstructed(0)).sequence();
    bytes.raw();
    for (const answer of [response, bytes.octetString()]) {
      const { evidence } = await check({ ...offline, given: { lists: [root], answers: [answer] } });
      expect(evidence.map(({ source }) => source)).toEqual(['ocsp', 'crl']);
    }
  });

  it('a list that cannot be read is named beside them', async () => {
    const empty = makeList({
      ...usual(),
      issuer: setting.house.authority,
      rawEntries: Uint8Array.of(0x30, 0),
    });
    const refused = await refusal({ ...offline, given: { lists: [empty.subarray(1)] } });
    expect(problemsOf(refused)).toContainEqual(['crl', 'malformed', 'message']);
  });
});

describe('the wording', () => {
  it.each(problemNames)('of %s is there in both languages', (problem) => {
    const problems: readonly Problem[] = [{ problem, source: 'http://lists.example/a.crl' }];
    for (const language of ['en', 'ru'] as const) {
      const { cause } = explain('revocation_undetermined', { problems }, language);
      expect(cause).toContain('http://lists.example/a.crl: ');
      expect(cause).not.toMatch(new RegExp(`: ${problem}[.;]`));
      expect(cause).not.toMatch(/[{}[\]]|undefined/);
    }
  });
});
