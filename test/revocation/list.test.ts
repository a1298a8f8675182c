import { describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { context, contextConstructed, tag } from '../../src/asn1/tag.ts';
import { encode, encodeSequence } from '../../src/asn1/writer.ts';
import { Budget } from '../../src/budget/budget.ts';
import type { Certificate } from '../../src/certificate/certificate.ts';
import type { CrlAnswer } from '../../src/revocation/crl/evaluate.ts';
import { parseCertificateList } from '../../src/revocation/crl/list.ts';
import { loadCertificateList } from '../../src/revocation/crl/load.ts';
import { type Freshness, strictFreshness } from '../../src/revocation/freshness.ts';
import { answerOfLists } from './judge.ts';
import {
  day,
  type EntryOrder,
  hour,
  type ListOrder,
  makeCertificate,
  makeExtension,
  makeHouse,
  makeInteger,
  makeList,
  makeName,
  makePoint,
  makeSigner,
  makeTime,
  usages,
} from './maker.ts';
import { crlStatusOfPath } from './path-status.ts';

const at = Date.UTC(2026, 5, 1);
const term = { notBefore: at - 50 * day, notAfter: at + 50 * day };
const house = makeHouse(at, 'http://lists.example/root.crl');
const { authority } = house;
const serial = 7;
const url = 'http://lists.example/a.crl';

const person = makeCertificate({
  subject: makeSigner('Person'),
  issuer: authority,
  serial,
  ...term,
  listUrls: [url],
});

const fresh = { issuer: authority, thisUpdate: at - hour, nextUpdate: at + day } as const;
const revokedAt = at - 2 * day;

const authorities = [
  {
    name: house.authorityCertificate.subject,
    publicKey: house.authorityCertificate.publicKey,
    certificate: house.authorityCertificate,
  },
];

function ask(
  lists: readonly Uint8Array[],
  options: {
    certificate?: Certificate;
    candidates?: readonly Certificate[];
    freshness?: Partial<Freshness>;
    isIssuerValid?: boolean;
  } = {},
): CrlAnswer {
  return answerOfLists({
    certificate: options.certificate ?? person,
    authorities,
    candidates: options.candidates ?? [],
    lists: lists.map((der) => parseCertificateList(der)),
    at,
    algorithms: currentAlgorithms,
    freshness: { ...strictFreshness, ...options.freshness },
    isIssuerValid: options.isIssuerValid === true,
  });
}

function problems(answer: CrlAnswer): readonly string[] {
  return answer.status === 'undetermined' ? answer.problems.map(({ problem }) => problem) : [answer.status];
}

const list = (order: Partial<ListOrder> = {}) => makeList({ ...fresh, number: 10, ...order });
const entry = (order: Partial<EntryOrder> = {}): EntryOrder => ({ serial, revokedAt, ...order });

function scope(...fields: Uint8Array[]): Uint8Array {
  return makeExtension('2.5.29.28', encodeSequence(...fields), true);
}
const yes = Uint8Array.of(0xff);
const scopeName = (place: string) =>
  encode(contextConstructed(0), encode(contextConstructed(0), encode(context(6), Buffer.from(place))));
const onlyUsers = encode(context(1), yes);
const onlyAuthorities = encode(context(2), yes);
const onlyAttributes = encode(context(5), yes);
const indirect = encode(context(4), yes);
/** keyCompromise and cACompromise; everything else. */
const someReasons = encode(context(3), Uint8Array.of(5, 0x60));
const otherReasons = encode(context(3), Uint8Array.of(7, 0x1f, 0x80));

describe('a full list', () => {
  it('that does not name the certificate says good', () => {
    expect(ask([list({ entries: [entry({ serial: 8 })] })]).status).toBe('good');
  });

  it('that names it says since when, why and since when it is invalid', () => {
    const invalidity = makeExtension(
      '2.5.29.24',
      encode(tag.generalizedTime, Buffer.from('20260401000000Z')),
    );
    const answer = ask([list({ entries: [entry({ reason: 1, extensions: [invalidity] })] })]);
    expect(answer).toMatchObject({
      status: 'revoked',
      entry: { revokedAt, reason: 'keyCompromise', invalidSince: Date.UTC(2026, 3, 1) },
    });
  });

  it('that names it on hold says so', () => {
    const answer = ask([list({ entries: [entry({ reason: 6 })] })]);
    expect(answer).toMatchObject({ status: 'revoked', entry: { reason: 'certificateHold' } });
  });

  it('that names it twice tells the revocation that cannot end', () => {
    const answer = ask([list({ entries: [entry({ reason: 6 }), entry({ reason: 1 })] })]);
    expect(answer).toMatchObject({ status: 'revoked', entry: { reason: 'keyCompromise' } });
  });

  it('that removes the certificate, which only a delta list may, is of no use', () => {
    expect(problems(ask([list({ entries: [entry({ reason: 8 })] })]))).toEqual(['malformed']);
  });

  describe('of which there are two of one time', () => {
    const clean = (number?: number) => makeList({ ...fresh, ...(number === undefined ? {} : { number }) });
    const naming = (number?: number) =>
      makeList({ ...fresh, ...(number === undefined ? {} : { number }), entries: [entry()] });
    const inBothOrders = (a: Uint8Array, b: Uint8Array) => [ask([a, b]).status, ask([b, a]).status];

    it('says revoked where either does and neither is the later issue', () => {
      expect(inBothOrders(clean(10), naming(10))).toEqual(['revoked', 'revoked']);
      expect(inBothOrders(clean(), naming())).toEqual(['revoked', 'revoked']);
      expect(inBothOrders(clean(10), naming())).toEqual(['revoked', 'revoked']);
    });

    it('goes by the number where both have one', () => {
      expect(inBothOrders(clean(10), naming(11))).toEqual(['revoked', 'revoked']);
      expect(inBothOrders(clean(11), naming(10))).toEqual(['good', 'good']);
    });

    it('does not compare the numbers of lists of other scope', () => {
      const users = makeList({ ...fresh, number: 11, extensions: [scope(onlyUsers)] });
      expect(inBothOrders(users, naming(10))).toEqual(['revoked', 'revoked']);
    });

    it('takes no word from one that another key signed', () => {
      const forged = makeList({
        ...fresh,
        issuer: { ...makeSigner('x'), name: authority.name },
        number: 11,
        entries: [entry()],
      });
      expect(inBothOrders(clean(10), forged)).toEqual(['good', 'good']);
    });
  });

  it('of which there are two issues: the newer one speaks', () => {
    const older = list({ number: 1, thisUpdate: at - 2 * hour, entries: [entry({ reason: 6 })] });
    expect(ask([older, list({ number: 2 })]).status).toBe('good');
    expect(
      ask([list({ number: 2, entries: [entry()] }), list({ number: 1, thisUpdate: at - day })]).status,
    ).toBe('revoked');
  });

  it.each<[string, Partial<ListOrder>, string]>([
    ['whose term is over', { nextUpdate: at - 1000 }, 'stale'],
    [
      'without an end that is two days old',
      { thisUpdate: at - 2 * day, nextUpdate: undefined as never },
      'stale',
    ],
    ['from the future', { thisUpdate: at + hour }, 'not-yet-valid'],
    ['of another issuer', { issuer: makeSigner('Other') }, 'other-issuer'],
    [
      'signed with a foreign key',
      { issuer: { ...makeSigner('x'), name: authority.name } },
      'signature-wrong',
    ],
    [
      'with an unknown critical extension',
      { extensions: [makeExtension('1.2.3.4', makeInteger(1), true)] },
      'unknown-critical-extension',
    ],
    [
      'with an unknown critical extension in an entry for somebody else',
      { entries: [entry({ serial: 99, extensions: [makeExtension('1.2.3.4', makeInteger(1), true)] })] },
      'unknown-critical-extension',
    ],
  ])('%s is of no use', (_, order, problem) => {
    const { nextUpdate, ...rest } = { ...fresh, number: 10, ...order };
    const der = makeList(nextUpdate === undefined ? rest : { ...rest, nextUpdate });
    expect(problems(ask([der]))).toEqual([problem]);
  });

  it('with unknown extensions that are not critical is used', () => {
    const extensions = [makeExtension('1.2.3.4', makeInteger(1))];
    expect(ask([list({ extensions, entries: [entry({ serial: 99, extensions })] })]).status).toBe('good');
  });

  it('is taken in its grace window only, and says so', () => {
    const late = list({ nextUpdate: at - hour });
    expect(problems(ask([late], { freshness: { grace: hour - 1000 } }))).toEqual(['stale']);
    const answer = ask([late], { freshness: { grace: 2 * hour } });
    expect(answer).toMatchObject({ status: 'good', basis: [{ isInGrace: true }] });
  });

  it('older than the policy allows is stale, whatever its own term', () => {
    expect(problems(ask([list()], { freshness: { maximumAge: hour / 2 } }))).toEqual(['stale']);
  });

  it('issued by an authority that may not sign lists is of no use', () => {
    const certificate = makeCertificate({
      subject: authority,
      issuer: house.root,
      serial: 3,
      isAuthority: true,
      keyUsage: usages.certificatesOnly,
      ...term,
    });
    const answer = answerOfLists({
      certificate: person,
      authorities: [{ name: certificate.subject, publicKey: certificate.publicKey, certificate }],
      candidates: [],
      lists: [parseCertificateList(list())],
      at,
      algorithms: currentAlgorithms,
      freshness: strictFreshness,
      isIssuerValid: true,
    });
    expect(problems(answer)).toEqual(['issuer-unauthorised']);
  });
});

describe('a list signed with another key of the authority', () => {
  const lists = makeSigner('Test Authority');
  const signer = makeCertificate({
    subject: lists,
    issuer: authority,
    serial: 50,
    keyUsage: usages.listsOnly,
    ...term,
  });
  const der = makeList({ ...fresh, issuer: lists });

  it('is used where the certificate of that key is valid', () => {
    expect(ask([der], { candidates: [signer], isIssuerValid: true }).status).toBe('good');
  });

  it('is of no use where it is not', () => {
    const refused = ask([der], { candidates: [signer], isIssuerValid: false });
    expect(problems(refused)).toEqual(['signature-wrong']);
    expect(problems(ask([der]))).toEqual(['signature-wrong']);
  });

  it('is refused once that list itself names the key as revoked', () => {
    const status = (entries: readonly EntryOrder[]) =>
      crlStatusOfPath({
        path: house.path(person),
        lists: [
          parseCertificateList(makeList({ ...fresh, issuer: lists, entries })),
          parseCertificateList(makeList({ ...fresh, issuer: house.root })),
        ],
        candidates: [signer],
        validateIssuer: (certificate) => house.path(certificate),
        algorithms: currentAlgorithms,
        freshness: strictFreshness,
        budget: new Budget(),
      }).map((answer) => answer.status);
    expect(status([])).toEqual(['good', 'good']);
    expect(status([{ serial: 50, revokedAt }])).toEqual(['undetermined', 'good']);
  });
});

describe('the scope of a list', () => {
  it.each<[string, Uint8Array[], string]>([
    ['at the place that the certificate names', [scopeName(url)], 'good'],
    ['at the same place, the host in capitals', [scopeName('HTTP://LISTS.EXAMPLE/a.crl')], 'good'],
    ['at another place', [scopeName('http://lists.example/b.crl')], 'out-of-scope'],
    ['for users', [onlyUsers], 'good'],
    ['for authorities', [onlyAuthorities], 'out-of-scope'],
    ['for attribute certificates', [onlyAttributes], 'out-of-scope'],
    ['for indirect use, naming nobody else', [indirect], 'good'],
  ])('%s: %s', (_, fields, outcome) => {
    expect(problems(ask([list({ extensions: [scope(...fields)] })]))).toEqual([outcome]);
  });

  it('that is not marked critical binds all the same', () => {
    const extension = makeExtension('2.5.29.28', encodeSequence(onlyAuthorities));
    expect(problems(ask([list({ extensions: [extension] })]))).toEqual(['out-of-scope']);
  });

  it('relative to the issuer matches the full name it stands for', () => {
    const part = encodeSequence(
      Buffer.from('0603550403', 'hex'),
      encode(tag.utf8String, Buffer.from('List 1')),
    );
    const relative = encode(contextConstructed(0), encode(contextConstructed(1), part));
    const full = encodeSequence(authority.name.subarray(2), encode(tag.set, part));
    const point = encodeSequence(
      encode(contextConstructed(0), encode(contextConstructed(0), encode(contextConstructed(4), full))),
    );
    const certificate = makeCertificate({
      subject: makeSigner('Person'),
      issuer: authority,
      serial,
      extensions: [makeExtension('2.5.29.31', encodeSequence(point))],
      ...term,
    });
    expect(ask([list({ extensions: [scope(relative)] })], { certificate }).status).toBe('good');
  });
});

describe('lists by reason', () => {
  const part = (reasons: Uint8Array, entries: readonly EntryOrder[] = []) =>
    list({ extensions: [scope(reasons)], entries });

  it('say good only together', () => {
    expect(problems(ask([part(someReasons)]))).toEqual(['some-reasons-open']);
    expect(problems(ask([part(otherReasons)]))).toEqual(['some-reasons-open']);
    expect(ask([part(someReasons), part(otherReasons)]).status).toBe('good');
  });

  it('say revoked each alone', () => {
    expect(ask([part(someReasons, [entry({ reason: 1 })])]).status).toBe('revoked');
    expect(ask([part(someReasons), part(otherReasons, [entry({ reason: 4 })])]).status).toBe('revoked');
  });
});

describe('a delta list', () => {
  const delta = (order: Partial<ListOrder> = {}) => list({ number: 12, base: 10, ...order });

  it('alone says nothing', () => {
    expect(problems(ask([delta()]))).toEqual([]);
    expect(ask([delta()]).status).toBe('undetermined');
  });

  it('adds a revocation to the full list', () => {
    expect(ask([list(), delta({ entries: [entry({ reason: 1 })] })]).status).toBe('revoked');
  });

  it('takes a hold back', () => {
    const held = list({ entries: [entry({ reason: 6 })] });
    expect(ask([held]).status).toBe('revoked');
    expect(ask([held, delta({ entries: [entry({ reason: 8 })] })]).status).toBe('good');
  });

  it('makes up for a full list whose term is over', () => {
    expect(ask([list({ nextUpdate: at - hour }), delta()]).status).toBe('good');
  });

  it.each<[string, Partial<ListOrder>]>([
    ['on a base that is newer than the full list', { base: 11 }],
    ['numbered no higher than the full list', { number: 10 }],
    ['whose term is over', { nextUpdate: at - hour }],
    ['of another scope', { extensions: [scope(onlyUsers)] }],
    ['signed with a foreign key', { issuer: { ...makeSigner('x'), name: authority.name } }],
    ['with an unknown critical extension', { extensions: [makeExtension('1.2.3.4', makeInteger(1), true)] }],
    [
      'for another key',
      { extensions: [makeExtension('2.5.29.35', encodeSequence(encode(context(0), yes)))] },
    ],
  ])('%s is passed over', (_, order) => {
    const held = list({ entries: [entry({ reason: 6 })] });
    expect(ask([held, delta({ entries: [entry({ reason: 8 })], ...order })]).status).toBe('revoked');
  });

  it('is chosen by its number where there are several', () => {
    const older = delta({ number: 11, entries: [entry({ reason: 6 })] });
    const newer = delta({ number: 12, entries: [entry({ reason: 8 })] });
    expect(ask([list(), older, newer]).status).toBe('good');
    expect(ask([list(), newer, older]).status).toBe('good');
  });
});

describe('two delta lists of one number', () => {
  it('say revoked where the later one does, or either of one time', () => {
    const base = list({ number: 10 });
    const delta = (order: Partial<ListOrder>) => list({ number: 12, base: 10, ...order });
    const naming = delta({ entries: [entry()] });
    for (const other of [delta({}), delta({ thisUpdate: fresh.thisUpdate - hour })]) {
      expect(ask([base, naming, other]).status).toBe('revoked');
      expect(ask([base, other, naming]).status).toBe('revoked');
    }
    const later = delta({ thisUpdate: fresh.thisUpdate + 1000 });
    expect(ask([base, naming, later]).status).toBe('good');
  });
});

describe('an indirect list', () => {
  const office = makeSigner('List Office');
  const officeCertificate = makeCertificate({
    subject: office,
    issuer: house.root,
    serial: 60,
    keyUsage: usages.listsOnly,
    ...term,
  });
  const certificate = makeCertificate({
    subject: makeSigner('Person'),
    issuer: authority,
    serial,
    extensions: [makeExtension('2.5.29.31', encodeSequence(makePoint([url], office.name)))],
    ...term,
  });
  const belongingTo = (name: Uint8Array) =>
    makeExtension('2.5.29.29', encodeSequence(encode(contextConstructed(4), name)), true);
  const officeList = (entries: readonly EntryOrder[]) =>
    makeList({ ...fresh, issuer: office, extensions: [scope(scopeName(url), indirect)], entries });
  const judge = (entries: readonly EntryOrder[]) =>
    ask([officeList(entries)], { certificate, candidates: [officeCertificate], isIssuerValid: true });

  it('without entries says good, if its issuer is valid', () => {
    expect(judge([]).status).toBe('good');
    const answer = ask([officeList([])], {
      certificate,
      candidates: [officeCertificate],
      isIssuerValid: false,
    });
    expect(problems(answer)).toEqual(['issuer-unauthorised']);
  });

  it('names its own certificates first: the same serial number there is somebody else', () => {
    expect(judge([entry()]).status).toBe('good');
  });

  it('attributes entries to the authority named last', () => {
    const ours = entry({ serial: 1, extensions: [belongingTo(authority.name)] });
    const theirs = entry({ serial: 2, extensions: [belongingTo(makeName('Other'))] });
    expect(judge([ours, entry()]).status).toBe('revoked');
    expect(judge([ours, theirs, entry()]).status).toBe('good');
    expect(judge([theirs, entry(), ours, entry({ reason: 5 })])).toMatchObject({
      status: 'revoked',
      entry: { reason: 'cessationOfOperation' },
    });
  });

  it('finds the authority by comparison of names, not of octets', () => {
    expect(judge([entry({ extensions: [belongingTo(makeName('TEST  authority'))] })]).status).toBe('revoked');
  });

  it('that does not say it is indirect is refused as malformed', () => {
    const entries = [entry({ extensions: [belongingTo(authority.name)] })];
    expect(() => parseCertificateList(list({ entries }))).toThrow('not indirect');
  });

  it('is of no use to a certificate that does not name its issuer', () => {
    const answer = ask([officeList([])], { candidates: [officeCertificate], isIssuerValid: true });
    expect(problems(answer)).toEqual(['other-issuer']);
  });
});

describe('parsing refuses', () => {
  const raw =
    (...entries: Uint8Array[]) =>
    () =>
      parseCertificateList(list({ rawEntries: Buffer.concat(entries) }));
  const serialOf = (value: number) => makeInteger(value);

  it.each<[string, () => unknown]>([
    ['an entry that is no SEQUENCE', raw(encode(tag.set, serialOf(1), makeTime(revokedAt)))],
    ['an entry without a date', raw(encodeSequence(serialOf(1)))],
    [
      'a padded serial number',
      raw(encodeSequence(encode(tag.integer, Uint8Array.of(0, 1)), makeTime(revokedAt))),
    ],
    ['an empty serial number', raw(encodeSequence(encode(tag.integer), makeTime(revokedAt)))],
    [
      'a date that does not exist',
      raw(encodeSequence(serialOf(1), encode(tag.utcTime, Buffer.from('250230000000Z')))),
    ],
    [
      'a leap day of a common year',
      raw(encodeSequence(serialOf(1), encode(tag.generalizedTime, Buffer.from('21000229000000Z')))),
    ],
    [
      'an hour that does not exist',
      raw(encodeSequence(serialOf(1), encode(tag.utcTime, Buffer.from('250201240000Z')))),
    ],
    [
      'a date with a zone',
      raw(encodeSequence(serialOf(1), encode(tag.utcTime, Buffer.from('2502010000+01')))),
    ],
    [
      'octets behind the extensions',
      raw(
        encodeSequence(
          serialOf(1),
          makeTime(revokedAt),
          encodeSequence(makeExtension('1.2.3', makeInteger(1))),
          Uint8Array.of(0),
        ),
      ),
    ],
    ['empty extensions of an entry', raw(encodeSequence(serialOf(1), makeTime(revokedAt), encodeSequence()))],
    [
      'a reason that does not exist',
      raw(
        encodeSequence(
          serialOf(1),
          makeTime(revokedAt),
          encodeSequence(makeExtension('2.5.29.21', Uint8Array.of(0x0a, 1, 7))),
        ),
      ),
    ],
    [
      'the same extension twice',
      raw(
        encodeSequence(
          serialOf(1),
          makeTime(revokedAt),
          encodeSequence(makeExtension('1.2.3', makeInteger(1)), makeExtension('1.2.3', makeInteger(1))),
        ),
      ),
    ],
    [
      'a length that is longer than needed',
      raw(Buffer.concat([Uint8Array.of(0x30, 0x81, 18), serialOf(1), makeTime(revokedAt)])),
    ],
    [
      'a scope for users and authorities at once',
      () => parseCertificateList(list({ extensions: [scope(onlyUsers, onlyAuthorities)] })),
    ],
    ['a delta list numbered before its base', () => parseCertificateList(list({ number: 3, base: 5 }))],
    [
      'a negative number',
      () =>
        parseCertificateList(
          list({
            number: undefined as never,
            extensions: [makeExtension('2.5.29.20', Uint8Array.of(2, 1, 0x80))],
          }),
        ),
    ],
  ])('%s', (_, parse) => {
    expect(parse).toThrow();
  });

  it('entries that all have the same serial number, written to waste time', () => {
    const one = encodeSequence(serialOf(1), makeTime(revokedAt));
    const many = Buffer.concat(Array.from({ length: 20_000 }, () => one));
    expect(() => parseCertificateList(list({ rawEntries: many }))).toThrow('repeat');
  });
});

describe('a large list', () => {
  const count = 60_000;
  const entries = Buffer.alloc(count * 37);
  for (let index = 0; index < count; index++) {
    const start = index * 37;
    entries.write('302302', start, 'hex');
    entries[start + 3] = 18;
    entries[start + 4] = 0x40;
    entries.writeUInt32BE(Math.imul(index + 1, 2_654_435_761) >>> 0, start + 10);
    entries.writeUInt32BE(index, start + 18);
    entries.write('170d3235303130313030303030305a', start + 22, 'hex');
  }
  const der = list({ rawEntries: entries });
  const serialAt = (index: number) => entries.subarray(index * 37 + 4, index * 37 + 22);

  it('read in slices is the same list as read at once, finds each entry and no other', async () => {
    const loaded = await loadCertificateList(der, [house.authorityCertificate.publicKey]);
    const parsed = parseCertificateList(der);
    expect(loaded.sha256).toBe(parsed.sha256);
    expect([loaded.entries.count, parsed.entries.count]).toEqual([count, count]);
    for (let index = 0; index < count; index++) {
      const found = loaded.entries.find(serialAt(index), loaded.issuer, true);
      if (found.length !== 1) throw new Error(`entry ${index} is found ${found.length} times`);
    }
    const absent = Uint8Array.from(serialAt(0));
    absent[17] = absent[17]! ^ 1;
    absent[5] = 9;
    expect(loaded.entries.find(absent, loaded.issuer, true)).toEqual([]);
    expect(loaded.signed.holdsUnder(house.authorityCertificate.publicKey)).toBe(true);
  });

  it('takes at most half its size beside itself', () => {
    const parsed = parseCertificateList(der);
    expect(parsed.entries.overhead).toBeLessThan(der.length / 2);
  });

  it('that is changed in one octet holds under no key', async () => {
    const changed = Uint8Array.from(der);
    changed[1000] = changed[1000]! ^ 1;
    const loaded = await loadCertificateList(changed, [house.authorityCertificate.publicKey]).catch(
      () => undefined,
    );
    expect(loaded?.signed.holdsUnder(house.authorityCertificate.publicKey) ?? false).toBe(false);
  });
});
