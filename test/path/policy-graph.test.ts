import { describe, expect, it } from 'vitest';
import { Budget } from '../../src/budget/budget.ts';
import { anyPolicy } from '../../src/certificate/policy.ts';
import { isFailure } from '../../src/error.ts';
import { PolicyGraph } from '../../src/path/policy-graph.ts';
import { PolicyTree } from './policy-tree.ts';

interface Level {
  readonly policies: readonly string[] | undefined;
  readonly countsAny: boolean;
  readonly mappings: readonly (readonly [string, string])[];
  readonly mayMap: boolean;
}

/** A small generator of repeatable numbers; Math.random would hide which case failed. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const names = ['1.1', '1.2', '1.3'];

function levels(seed: number): Level[] {
  const next = numbers(seed);
  const policy = () => names[next(names.length)]!;
  return Array.from({ length: 1 + next(4) }, () => {
    const listed = new Set(Array.from({ length: next(4) }, policy));
    if (next(3) === 0) listed.add(anyPolicy);
    return {
      policies: listed.size === 0 || next(12) === 0 ? undefined : [...listed],
      countsAny: next(4) > 0,
      mappings: Array.from({ length: next(3) }, () => [policy(), policy()] as const),
      mayMap: next(5) > 0,
    };
  });
}

function information(policies: readonly string[] | undefined) {
  return policies?.map((policy) => ({ policy, qualifiers: undefined }));
}

function mappingsOf(level: Level) {
  return level.mappings.map(([issuerDomainPolicy, subjectDomainPolicy]) => ({
    issuerDomainPolicy,
    subjectDomainPolicy,
  }));
}

describe('the policy graph gives what the tree of RFC 5280 gives', () => {
  it('for four thousand random paths and initial sets', () => {
    for (let seed = 1; seed <= 4000; seed++) {
      const graph = new PolicyGraph(new Budget());
      const tree = new PolicyTree();
      const path = levels(seed);
      for (const [at, level] of path.entries()) {
        graph.descend(information(level.policies), level.countsAny);
        tree.descend(level.policies, level.countsAny);
        expect(graph.isEmpty, `seed ${seed}, level ${at}`).toBe(tree.isEmpty);
        if (at === path.length - 1) continue;
        graph.map(mappingsOf(level), level.mayMap);
        tree.map(level.mappings, level.mayMap);
      }
      for (const initial of [[anyPolicy], ['1.1'], ['1.2', '1.3'], ['9.9']]) {
        const found = [...graph.constrainedBy(new Set(initial))].sort();
        expect(found, `seed ${seed}, initial ${initial}`).toEqual(tree.constrainedBy(new Set(initial)));
      }
    }
  });
});

describe('the graph is bounded', () => {
  const wide = Array.from({ length: 60 }, (_, at) => `1.2.${at}`);

  it('and grows with the certificates, not exponentially with their number', () => {
    const budget = new Budget();
    const graph = new PolicyGraph(budget);
    for (let depth = 0; depth < 20; depth++) {
      graph.descend(information(wide.slice(0, 12)), true);
      graph.map(
        wide
          .slice(0, 12)
          .flatMap((from) =>
            wide.slice(0, 12).map((to) => ({ issuerDomainPolicy: from, subjectDomainPolicy: to })),
          ),
        true,
      );
    }
    // The tree of RFC 5280 would have 12 to the power of 20 nodes here.
    expect(graph.isEmpty).toBe(false);
    expect(budget.spent.policyNodes).toBeLessThan(20 * 12 * 12 * 3);
  });

  it('and beyond the budget nothing is computed any more', () => {
    const graph = new PolicyGraph(new Budget({ policyNodes: 150 }));
    graph.descend(information(wide), true);
    let failure: unknown;
    try {
      graph.descend(information(wide), true);
    } catch (error) {
      failure = error;
    }
    expect(isFailure(failure, 'budget_exhausted') && failure.details.limit).toBe('policyNodes');
  });
});
