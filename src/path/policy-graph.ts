import type { Budget } from '../budget/budget.ts';
import { anyPolicy, type PolicyInformation, type PolicyMapping } from '../certificate/policy.ts';

/** One node of the graph (RFC 9618, section 5.1): a policy that is valid at one depth. */
interface PolicyNode {
  readonly policy: string;
  readonly parents: readonly PolicyNode[];
  /** Policies of the next certificate that continue this one; undefined where that is just `policy`. */
  expected: ReadonlySet<string> | undefined;
  isReached: boolean;
}

type Level = Map<string, PolicyNode>;

/**
 * The valid policies of a path as a graph (RFC 9618, which replaces the tree of RFC 5280, section 6.1.2, and gives
 * the same results). A node with many parents stands once and not once for each of them, so that the graph grows
 * with the size of the certificates and not exponentially with their number; what it does grow to is paid from
 * the budget.
 */
export class PolicyGraph {
  private readonly levels: Level[];
  private readonly budget: Budget;
  /** Nodes of the last level by the policies that they expect; undefined once there are no valid policies left. */
  private expectedBy: Map<string, PolicyNode[]> | undefined;

  constructor(budget: Budget) {
    const root: PolicyNode = { policy: anyPolicy, parents: [], expected: undefined, isReached: false };
    this.levels = [new Map([[anyPolicy, root]])];
    this.budget = budget;
    this.expectedBy = new Map([[anyPolicy, [root]]]);
  }

  /** Whether no policy is valid any more; that is final. */
  get isEmpty(): boolean {
    return this.expectedBy === undefined;
  }

  /** Takes in the policies of the next certificate (RFC 5280, section 6.1.3, items d and e). */
  descend(policies: readonly PolicyInformation[] | undefined, countsAnyPolicy: boolean): void {
    const { expectedBy } = this;
    if (expectedBy === undefined) return;
    if (policies === undefined) {
      this.expectedBy = undefined;
      return;
    }
    const level: Level = new Map();
    const whole = expectedBy.get(anyPolicy);
    let hasAnyPolicy = false;
    for (const { policy } of policies) {
      if (policy === anyPolicy) hasAnyPolicy = true;
      else this.grow(level, policy, expectedBy.get(policy) ?? whole);
    }
    if (hasAnyPolicy && countsAnyPolicy) {
      for (const [policy, parents] of expectedBy) if (!level.has(policy)) this.grow(level, policy, parents);
    }
    this.levels.push(level);
    this.index(level);
  }

  /** Takes in the policy mappings of the certificate taken in last (RFC 5280, section 6.1.4, item b). */
  map(mappings: readonly PolicyMapping[], isAllowed: boolean): void {
    const level = this.levels.at(-1);
    if (this.expectedBy === undefined || level === undefined) return;
    const targets = new Map<string, Set<string>>();
    for (const { issuerDomainPolicy, subjectDomainPolicy } of mappings) {
      const known = targets.get(issuerDomainPolicy);
      if (known === undefined) targets.set(issuerDomainPolicy, new Set([subjectDomainPolicy]));
      else known.add(subjectDomainPolicy);
    }
    this.budget.spend('policyNodes', mappings.length);
    const whole = level.get(anyPolicy);
    for (const [policy, expected] of targets) {
      if (!isAllowed) {
        level.delete(policy);
        continue;
      }
      const node = level.get(policy) ?? (whole && this.grow(level, policy, whole.parents));
      if (node !== undefined) node.expected = expected;
    }
    this.index(level);
  }

  /**
   * The policies under which the path is valid for a caller who accepts `initial` (RFC 9618, section 5.5,
   * step g): those that the authorities agree on, cut down to his.
   */
  constrainedBy(initial: ReadonlySet<string>): ReadonlySet<string> {
    const byAuthorities = this.authorityConstrained();
    if (initial.has(anyPolicy)) return byAuthorities;
    if (byAuthorities.has(anyPolicy)) return initial;
    return new Set([...byAuthorities].filter((policy) => initial.has(policy)));
  }

  /** Policies right below an any-policy node from which a node of the last level can be reached. */
  private authorityConstrained(): ReadonlySet<string> {
    const constrained = new Set<string>();
    const last = this.levels.at(-1);
    if (this.expectedBy === undefined || last === undefined) return constrained;
    if (last.has(anyPolicy)) constrained.add(anyPolicy);
    for (const node of last.values()) node.isReached = true;
    for (const level of [...this.levels].reverse()) {
      for (const node of level.values()) {
        if (!node.isReached) continue;
        const isBelowAny = node.parents.length === 1 && node.parents[0]!.policy === anyPolicy;
        if (node.policy !== anyPolicy && isBelowAny) constrained.add(node.policy);
        for (const parent of node.parents) parent.isReached = true;
      }
    }
    return constrained;
  }

  private grow(
    level: Level,
    policy: string,
    parents: readonly PolicyNode[] | undefined,
  ): PolicyNode | undefined {
    if (parents === undefined || parents.length === 0) return undefined;
    this.budget.spend('policyNodes', 1 + parents.length);
    const node: PolicyNode = { policy, parents, expected: undefined, isReached: false };
    level.set(policy, node);
    return node;
  }

  private index(level: Level): void {
    if (level.size === 0) {
      this.expectedBy = undefined;
      return;
    }
    const expectedBy = new Map<string, PolicyNode[]>();
    for (const node of level.values()) {
      if (node.expected === undefined) appendTo(expectedBy, node.policy, node);
      else for (const policy of node.expected) appendTo(expectedBy, policy, node);
    }
    this.expectedBy = expectedBy;
  }
}

function appendTo(index: Map<string, PolicyNode[]>, policy: string, node: PolicyNode): void {
  const known = index.get(policy);
  if (known === undefined) index.set(policy, [node]);
  else known.push(node);
}
