import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { isFailure } from '../../src/error.ts';
import { LinkCache } from '../../src/path/cache.ts';
import { findPath } from '../../src/path/find.ts';
import type { PathInput } from '../../src/path/input.ts';
import { profiles } from '../../src/path/profile.ts';
import { vectors } from '../vectors.ts';
import { authority, commonName, issue, newKeys, simpleChain, usage, usualTime } from './certificates.ts';

const { root, middle, signer, keys } = simpleChain();

function again(certificate: Certificate): Certificate {
  return parseCertificate(Uint8Array.from(certificate.der));
}

/** The chain as it would come with another message: the same octets, nothing else shared. */
function fresh(changes: Partial<PathInput> = {}): PathInput {
  return {
    target: again(signer),
    pool: [again(middle)],
    anchors: [anchorOf(again(root))],
    at: usualTime,
    profile: profiles['qualified-gost'],
    budget: new Budget(),
    ...changes,
  };
}

function signaturesOf(input: PathInput): number {
  const budget = new Budget();
  verdictOf({ ...input, budget });
  return budget.spent.signatures;
}

function verdictOf(input: PathInput): string {
  try {
    const { certificates, policies } = findPath(input);
    return [...certificates.map(({ sha256 }) => sha256), ...policies].join(' ');
  } catch (error) {
    if (isFailure(error)) return `${error.code} ${JSON.stringify(error.details)}`;
    throw error;
  }
}

describe('a cached link', () => {
  it('costs no signature again, for the same octets in another message', () => {
    const cache = new LinkCache();
    expect(signaturesOf(fresh({ cache }))).toBe(2);
    expect(signaturesOf(fresh({ cache }))).toBe(0);
    expect(cache.statistics).toEqual({ links: 2, hits: 2, misses: 2 });
  });

  it('is held to the term at each use', () => {
    const cache = new LinkCache();
    findPath(fresh({ cache }));
    const late = fresh({ cache, at: signer.notAfter + 1000 });
    expect(verdictOf(late)).toContain('certificate_expired');
  });

  it('is held to the allowed algorithms at each use', () => {
    const cache = new LinkCache();
    findPath(fresh({ cache }));
    const algorithms = { ...currentAlgorithms, digests: new Set(['sha512'] as const) };
    expect(verdictOf(fresh({ cache, algorithms }))).toContain('algorithm_forbidden');
  });

  it('does not serve another anchor set or another profile', () => {
    const cache = new LinkCache();
    findPath(fresh({ cache }));
    const other = newKeys();
    const otherRoot = issue({
      subject: commonName('Other'),
      issuer: commonName('Other'),
      keys: other,
      signer: other,
      extensions: authority(),
    });
    const anchors = [anchorOf(again(root)), anchorOf(otherRoot)];
    expect(signaturesOf(fresh({ cache, anchors }))).toBe(2);
    expect(signaturesOf(fresh({ cache, profile: profiles.rfc5280 }))).toBe(2);
  });

  it('does not serve a certificate of the same fields with another signature', () => {
    const cache = new LinkCache();
    findPath(fresh({ cache }));
    const spoilt = Uint8Array.from(signer.der);
    spoilt[spoilt.length - 1]! ^= 1;
    expect(verdictOf(fresh({ cache, target: parseCertificate(spoilt) }))).toContain('chain_invalid');
  });

  it('that did not hold is not kept', () => {
    const cache = new LinkCache();
    const forged = issue({
      subject: commonName('Signer'),
      issuer: commonName('Authority'),
      keys: keys.signer,
      signer: newKeys(),
      extensions: [usage(0xc0)],
    });
    findPathOrNone(fresh({ cache, target: forged }));
    expect(cache.statistics.links).toBe(0);
  });
});

function findPathOrNone(input: PathInput): void {
  verdictOf(input);
}

describe('the cache', () => {
  it('is bounded, and the link not used for the longest goes first', () => {
    const cache = new LinkCache(2);
    cache.add('a');
    cache.add('b');
    cache.has('a');
    cache.add('c');
    expect([cache.has('a'), cache.has('b'), cache.has('c')]).toEqual([true, false, true]);
    expect(cache.statistics.links).toBe(2);
  });

  it('forgets on demand', () => {
    const cache = new LinkCache();
    cache.add('a');
    cache.clear();
    expect(cache.has('a')).toBe(false);
  });

  it('is off where none is given', () => {
    expect(signaturesOf(fresh())).toBe(2);
    expect(signaturesOf(fresh())).toBe(2);
  });
});

const pkits = vectors('pkits');

interface Test {
  readonly end_entity: string;
  readonly trust_anchor: string;
  readonly intermediates: readonly string[];
  readonly other_certs: readonly string[];
  readonly settings: {
    readonly initial_explicit_policy: boolean;
    readonly initial_policy_set: readonly string[];
  };
}

it.skipIf(pkits.reason)(`never changes a verdict of PKITS, cold or warm${pkits.note}`, () => {
  const { tests } = JSON.parse(readFileSync(join(pkits.folder, 'manifest.json'), 'utf8')) as {
    tests: readonly Test[];
  };
  const read = (file: string) => {
    try {
      return [parseCertificate(readFileSync(join(pkits.folder, file)))];
    } catch (error) {
      if (isFailure(error)) return [];
      throw error;
    }
  };
  const cache = new LinkCache();
  const verdicts = (shared: LinkCache | undefined) =>
    tests.flatMap((test) =>
      read(test.end_entity).map((target) =>
        verdictOf({
          target,
          pool: [...test.intermediates, ...test.other_certs].flatMap(read),
          anchors: read(test.trust_anchor).map((certificate) => anchorOf(certificate)),
          at: Date.parse('2011-04-15T00:00:00Z'),
          profile: profiles.rfc5280,
          budget: new Budget(),
          policies: {
            initialPolicies: new Set(test.settings.initial_policy_set),
            requiresExplicitPolicy: test.settings.initial_explicit_policy,
            inhibitsMapping: false,
            inhibitsAnyPolicy: false,
          },
          cache: shared,
        }),
      ),
    );
  const without = verdicts(undefined);
  expect(without.length).toBeGreaterThan(0);
  expect(verdicts(cache)).toEqual(without);
  expect(verdicts(cache)).toEqual(without);
  expect(cache.statistics.hits).toBeGreaterThan(without.length / 2);
});
