import { describe, expect, it } from 'vitest';
import { Budget } from '../../src/budget/budget.ts';
import { usualLimits } from '../../src/budget/limits.ts';
import type { Certificate } from '../../src/certificate/certificate.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { validPaths } from '../../src/path/find.ts';
import { profiles } from '../../src/path/profile.ts';
import { Checks } from '../../src/report/check.ts';
import { caught } from '../failure-code.ts';
import { usualTime } from './certificates.ts';
import {
  crossedAuthorities,
  deepChain,
  equalNames,
  type HostileGraph,
  manyNames,
  policyBomb,
  trustedRoot,
} from './hostile.ts';

interface Outcome {
  readonly code: string;
  readonly limit: unknown;
  readonly budget: Budget;
  readonly rows: number;
}

function search({ target, pool }: HostileGraph, anchors: readonly Certificate[] = [trustedRoot]): Outcome {
  const budget = new Budget();
  const report = new Checks();
  const step = validPaths({
    target,
    pool,
    anchors: anchors.map((anchor) => anchorOf(anchor, { enforcesExtensions: true })),
    at: usualTime,
    profile: profiles.rfc5280,
    budget,
    report,
  }).next();
  const rows = report.list.length;
  if (!step.done) return { code: 'valid', limit: undefined, budget, rows };
  return { code: step.value.code, limit: caught(step.value).details.limit, budget, rows };
}

describe('a hostile graph ends within the budget', () => {
  it('of a hundred authorities that all certify each other', () => {
    const { code, limit, budget, rows } = search(crossedAuthorities(100));
    expect([code, limit]).toEqual(['path_budget_exhausted', 'certificates']);
    expect(budget.spent.certificates).toBeLessThanOrEqual(usualLimits.certificates);
    expect(budget.spent.signatures).toBeLessThanOrEqual(usualLimits.signatures);
    expect(rows).toBeLessThan(1000);
  });

  it('of ten thousand authorities of one name', () => {
    const { code, limit, budget, rows } = search(equalNames(10_000));
    expect([code, limit]).toEqual(['path_budget_exhausted', 'certificates']);
    expect(budget.spent.signatures).toBe(0);
    expect(rows).toBeLessThan(1000);
  });

  it('of some hundred authorities of one name, each of which might have signed', () => {
    const { code, limit, budget, rows } = search(equalNames(400));
    expect([code, limit]).toEqual(['path_budget_exhausted', 'signatures']);
    expect(budget.spent.signatures).toBe(usualLimits.signatures);
    expect(rows).toBeLessThan(1000);
  });

  it('of a chain 64 deep', () => {
    const { code, limit, budget } = search(deepChain(64));
    expect([code, limit]).toEqual(['path_budget_exhausted', 'depth']);
    expect(budget.spent.signatures).toBeLessThanOrEqual(usualLimits.depth + 1);
  });

  it('of policies that map to each other at every step', () => {
    const { code, limit, budget } = search(policyBomb(10));
    expect([code, limit]).toEqual(['path_budget_exhausted', 'policyNodes']);
    expect(budget.spent.policyNodes).toBeLessThanOrEqual(usualLimits.policyNodes);
  });

  it('of two thousand names under two thousand constraints', () => {
    const { target, root } = manyNames(2000);
    const { code, limit, budget } = search({ target, pool: [] }, [root]);
    expect([code, limit]).toEqual(['path_budget_exhausted', 'nameComparisons']);
    expect(budget.spent.nameComparisons).toBe(0);
  });
});

describe('a good path is found', () => {
  it('through a hundred authorities that all certify each other', () => {
    const { code, budget } = search(crossedAuthorities(100, { certifiedByRoot: 57 }));
    expect(code).toBe('valid');
    expect(budget.spent.signatures).toBeLessThan(20);
  });

  it('through a chain as deep as allowed', () => {
    expect(search(deepChain(usualLimits.depth)).code).toBe('valid');
  });

  it('among a thousand authorities of one name by the key identifier', () => {
    const { code, budget } = search(equalNames(1000, { rightOne: 613 }));
    expect(code).toBe('valid');
    expect(budget.spent.signatures).toBe(2);
  });
});
