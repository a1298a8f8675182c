import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verificationCost } from '../../src/algorithm/cost.ts';
import {
  encodeBitString,
  encodedNull,
  encodeOid,
  encodeSequence,
  encodeUnsigned,
} from '../../src/asn1/writer.ts';
import { Budget } from '../../src/budget/budget.ts';
import { signInLimits } from '../../src/budget/limits.ts';
import type { Certificate } from '../../src/certificate/certificate.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { LinkCache } from '../../src/path/cache.ts';
import { validPaths } from '../../src/path/find.ts';
import type { PathInput } from '../../src/path/input.ts';
import { CertificateSet } from '../../src/path/pool.ts';
import { profiles } from '../../src/path/profile.ts';
import { caught } from '../failure-code.ts';
import {
  authority,
  authorityKeyId,
  commonName,
  extension,
  issue,
  type Keys,
  name,
  newKeys,
  printable,
  subjectKeyId,
  usage,
  usualTime,
  utf8,
} from './certificates.ts';

const rootKeys = newKeys();
const rootName = commonName('Root');
const root = issue({
  subject: rootName,
  issuer: rootName,
  keys: rootKeys,
  signer: rootKeys,
  extensions: authority(),
});
const issuer = commonName('Authority');
const issuerKeys = newKeys();

function authorityWith(keys: Keys, extensions: readonly Uint8Array[] = [], subject = issuer): Certificate {
  return issue({
    subject,
    issuer: rootName,
    keys,
    signer: rootKeys,
    extensions: [...authority(), ...extensions],
  });
}

const genuine = authorityWith(issuerKeys);
const target = issue({
  subject: commonName('Signer'),
  issuer,
  keys: newKeys(),
  signer: issuerKeys,
  extensions: [usage(0xc0)],
});

/** Keys that nobody has the other half of; certificates with them are younger, and so are looked at first. */
function strangers(count: number, spki: () => Uint8Array = () => newKeys().spki): Certificate[] {
  const { privateKey } = rootKeys;
  return Array.from({ length: count }, () =>
    issue({
      subject: issuer,
      issuer: rootName,
      keys: { privateKey, spki: spki() },
      signer: rootKeys,
      notBefore: new Date('2026-02-01T00:00:00Z'),
      extensions: authority(),
    }),
  );
}

function search(input: Partial<PathInput>, budget = new Budget(signInLimits)) {
  const step = validPaths({
    target,
    pool: [],
    anchors: [anchorOf(root)],
    at: usualTime,
    profile: profiles['qualified-gost'],
    budget,
    ...input,
  }).next();
  const { spent } = budget;
  if (!step.done) return { code: 'valid', limit: undefined, spent, path: step.value };
  return { code: step.value.code, limit: caught(step.value).details.limit, spent, path: undefined };
}

function rsaKey(bits: number): Uint8Array {
  const modulus = new Uint8Array(bits / 8).fill(0xff);
  const numbers = encodeSequence(encodeUnsigned(modulus), encodeUnsigned(Uint8Array.of(1, 0, 1)));
  return encodeSequence(
    encodeSequence(encodeOid('1.2.840.113549.1.1.1'), encodedNull),
    encodeBitString(numbers),
  );
}

function curveKey(namedCurve: string): Uint8Array {
  return generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'der', type: 'spki' });
}

describe('issuers of one name in the message', () => {
  it('are tried up to eight: the ninth, who did sign, is no longer asked', () => {
    const { code, limit, spent } = search({ pool: [...strangers(8), genuine] });
    expect([code, limit]).toEqual(['path_budget_exhausted', 'poolCandidates']);
    expect(spent.signatures).toBe(8);
  });

  it('and where he is the eighth he is found', () => {
    const { code, spent } = search({ pool: [...strangers(7), genuine] });
    expect(code).toBe('valid');
    expect(spent.signatures).toBe(9);
  });

  it('go by key identifiers first, so that the right one is found among sixty', () => {
    const identifier = Uint8Array.of(7);
    const marked = authorityWith(issuerKeys, [subjectKeyId(identifier)]);
    const pointing = issue({
      subject: commonName('Signer'),
      issuer,
      keys: newKeys(),
      signer: issuerKeys,
      extensions: [usage(0xc0), authorityKeyId(identifier)],
    });
    const { code, spent } = search({ target: pointing, pool: [...strangers(59), marked] });
    expect(code).toBe('valid');
    expect(spent.signatures).toBe(2);
  });

  it('do not keep the operator’s own certificates from being tried', () => {
    const intermediates = new CertificateSet([...strangers(20), genuine]);
    expect(search({ pool: strangers(30), intermediates }).code).toBe('valid');
  });

  it('are told to be wrong where none of few signed', () => {
    expect(search({ pool: strangers(3) }).code).toBe('chain_invalid');
  });
});

describe('what signatures cost is paid by the kind of the key', () => {
  it('a path of three costs what its two links do, and the part of the message’s key is told apart', () => {
    const { code, spent } = search({ pool: [genuine] });
    expect(code).toBe('valid');
    const [byMessage, byRoot] = [
      verificationCost(genuine.publicKey, target.fields.tbs.length),
      verificationCost(root.publicKey, genuine.fields.tbs.length),
    ];
    expect(spent.work).toBe(byMessage + byRoot);
    expect(spent.poolWork).toBe(byMessage);
  });

  it('keys of the operator are not counted among those of the message', () => {
    const { spent } = search({ pool: [genuine], intermediates: new CertificateSet([genuine]) });
    expect(spent.poolWork).toBe(0);
    expect(spent.work).toBeGreaterThan(0);
  });

  it('dear keys in the message run out before eight of them are tried', () => {
    const { code, limit, spent } = search({ pool: strangers(8, () => curveKey('P-521')) });
    expect([code, limit]).toEqual(['path_budget_exhausted', 'poolWork']);
    expect(spent.signatures).toBe(4);
    expect(spent.poolWork).toBeLessThanOrEqual(signInLimits.poolWork);
    expect(search({ pool: [...strangers(3, () => curveKey('P-521')), genuine] }).code).toBe('valid');
  });

  it('keys that cannot have signed are paid for as well, because importing them costs', () => {
    const { code, spent } = search({ pool: strangers(3, () => rsaKey(4096)) });
    expect(code).toBe('chain_invalid');
    expect(spent.signatures).toBe(0);
    expect(spent.poolWork).toBeGreaterThan(0);
  });

  it('all keys together run out, whoever chose them', () => {
    const intermediates = new CertificateSet(strangers(20, () => curveKey('P-521')));
    expect(search({ intermediates })).toMatchObject({ code: 'path_budget_exhausted', limit: 'work' });
  });

  it('a link that is known costs nothing', () => {
    const cache = new LinkCache();
    expect(search({ pool: [genuine], cache }).spent.work).toBeGreaterThan(0);
    const again = search({ pool: [genuine], cache });
    expect([again.code, again.spent.work, again.spent.signatures]).toEqual(['valid', 0, 0]);
  });
});

describe('what is read of the message is limited', () => {
  const padded = (octets: number) => [extension('1.2.3', new Uint8Array(octets))];

  it('a signer’s certificate as large as all is refused before anything is verified, a smaller one passes', () => {
    const signed = (octets: number) =>
      issue({
        subject: commonName('Signer'),
        issuer,
        keys: newKeys(),
        signer: issuerKeys,
        extensions: [usage(0xc0), ...padded(octets)],
      });
    const { code, limit, spent } = search({ target: signed(48_800), pool: [genuine] });
    expect([code, limit, spent.signatures]).toEqual(['path_budget_exhausted', 'poolOctets', 0]);
    expect(search({ target: signed(47_000), pool: [genuine] }).code).toBe('valid');
  });

  it('issuers are counted by their size, each once', () => {
    const large = Array.from({ length: 3 }, () => authorityWith(newKeys(), padded(20_000)));
    expect(search({ pool: large })).toMatchObject({ code: 'path_budget_exhausted', limit: 'poolOctets' });
    const { code, spent } = search({ pool: [...large.slice(0, 2), genuine] });
    expect(code).toBe('valid');
    const sizes = [target, genuine, ...large.slice(0, 2)].map(({ der }) => der.length);
    expect(spent.poolOctets).toBe(sizes.reduce((sum, size) => sum + size));
  });

  it('the operator’s are not counted', () => {
    const intermediates = new CertificateSet(
      Array.from({ length: 3 }, () => authorityWith(newKeys(), padded(20_000))),
    );
    const { code, spent } = search({ pool: [genuine], intermediates });
    expect(code).toBe('valid');
    expect(spent.poolOctets).toBe(target.der.length + genuine.der.length);
  });

  describe('names that are compared by more than their octets', () => {
    const text = 'ﷺ'.repeat(1900);
    const upper = name(['2.5.4.10', printable('AUTHORITY')], ['2.5.4.11', utf8('Unit')]);
    const lower = name(['2.5.4.10', printable('authority')], ['2.5.4.11', utf8('unit')]);
    const byUpper = issue({
      subject: commonName('Signer'),
      issuer: upper,
      keys: newKeys(),
      signer: issuerKeys,
      extensions: [usage(0xc0)],
    });
    const others = (count: number) =>
      Array.from({ length: count }, (_, at) => authorityWith(rootKeys, [], commonName(`${text}${at}`)));

    it('are prepared where they are few', () => {
      const { code } = search({
        target: byUpper,
        pool: [...others(8), authorityWith(issuerKeys, [], lower)],
      });
      expect(code).toBe('valid');
    });

    it('and not where they are many', () => {
      const pool = [...others(9), authorityWith(issuerKeys, [], lower)];
      expect(search({ target: byUpper, pool })).toMatchObject({
        code: 'path_budget_exhausted',
        limit: 'poolOctets',
      });
    });
  });
});

describe('a budget', () => {
  it('is paid once for a thing, whichever search asks', () => {
    const budget = new Budget({ poolOctets: 10 });
    const thing = {};
    for (let turn = 0; turn < 3; turn++) budget.spendOnce('poolOctets', thing, 10);
    expect(budget.spent.poolOctets).toBe(10);
    expect(() => budget.spendOnce('poolOctets', {}, 1)).toThrow('budget_exhausted');
  });

  it('serves two searches as one', () => {
    const budget = new Budget(signInLimits);
    search({ pool: strangers(3) }, budget);
    const before = budget.spent.poolOctets;
    search({ pool: [genuine] }, budget);
    expect(budget.spent.poolOctets - before).toBe(genuine.der.length);
  });
});
