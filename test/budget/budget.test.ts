import { describe, expect, it } from 'vitest';
import { Budget, exhausted, isExhausted } from '../../src/budget/budget.ts';
import { SealgateError } from '../../src/error.ts';

const runsOut = (limit: string, allowed: number) =>
  expect.objectContaining({ code: 'budget_exhausted', details: { limit, allowed } }) as Error;

describe('a budget', () => {
  it('is spent up to its limit, and what would go beyond is not counted', () => {
    const budget = new Budget({ signatures: 2 });
    budget.spend('signatures');
    budget.spend('signatures');
    expect(() => budget.spend('signatures')).toThrow(runsOut('signatures', 2));
    expect(budget.spent.signatures).toBe(2);
  });

  it('counts what a sender’s keys cost, and what speaks against a signer, apart and with all the rest', () => {
    const budget = new Budget({ work: 100, poolWork: 50, claimWork: 20 });
    budget.payWork(40, 'operator');
    budget.payWork(40, 'pool');
    budget.payWork(10, 'claim');
    expect(budget.spent).toMatchObject({ work: 90, poolWork: 40, claimWork: 10 });
    expect(() => budget.payWork(20, 'operator')).toThrow(runsOut('work', 100));
  });

  it('where a part runs out, nothing is counted at all', () => {
    const budget = new Budget({ work: 100, poolWork: 50 });
    expect(() => budget.payWork(60, 'pool')).toThrow(runsOut('poolWork', 50));
    expect(budget.spent).toMatchObject({ work: 0, poolWork: 0 });
  });

  it('tells its own end from that of a branch of a search', () => {
    expect(isExhausted(exhausted('work', 1))).toBe(true);
    expect(isExhausted(new SealgateError('path_budget_exhausted', { limit: 'work', allowed: 1 }))).toBe(true);
    expect(isExhausted(new SealgateError('path_budget_exhausted', { limit: 'depth', allowed: 1 }))).toBe(
      false,
    );
    expect(isExhausted(new SealgateError('organisation_missing', { missing: [] }))).toBe(false);
  });
});
