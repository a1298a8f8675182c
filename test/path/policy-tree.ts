import { anyPolicy } from '../../src/certificate/policy.ts';

interface TreeNode {
  readonly policy: string;
  expected: ReadonlySet<string>;
  children: TreeNode[];
}

/**
 * The valid policy tree as RFC 5280, sections 6.1.2 to 6.1.5, describes it, step by step and without any thought of
 * its size: what the graph is compared with.
 */
export class PolicyTree {
  private root: TreeNode | undefined = { policy: anyPolicy, expected: new Set([anyPolicy]), children: [] };
  private depth = 0;

  get isEmpty(): boolean {
    return this.root === undefined;
  }

  private nodesAt(depth: number): TreeNode[] {
    let nodes = this.root === undefined ? [] : [this.root];
    for (let at = 0; at < depth; at++) nodes = nodes.flatMap(({ children }) => children);
    return nodes;
  }

  /** Section 6.1.3, items d and e. */
  descend(policies: readonly string[] | undefined, countsAny: boolean): void {
    this.depth++;
    if (policies === undefined) {
      this.root = undefined;
      return;
    }
    const parents = this.nodesAt(this.depth - 1);
    for (const policy of policies.filter((each) => each !== anyPolicy)) {
      const expecting = parents.filter(({ expected }) => expected.has(policy));
      const chosen = expecting.length > 0 ? expecting : parents.filter((node) => node.policy === anyPolicy);
      for (const parent of chosen) grow(parent, policy);
    }
    if (policies.includes(anyPolicy) && countsAny) {
      for (const parent of parents) {
        for (const policy of parent.expected) {
          if (!parent.children.some((child) => child.policy === policy)) grow(parent, policy);
        }
      }
    }
    this.prune();
  }

  /** Section 6.1.4, item b. */
  map(mappings: readonly (readonly [string, string])[], isAllowed: boolean): void {
    for (const from of new Set(mappings.map(([policy]) => policy))) {
      const expected = new Set(mappings.filter(([policy]) => policy === from).map(([, to]) => to));
      const nodes = this.nodesAt(this.depth).filter(({ policy }) => policy === from);
      if (!isAllowed) {
        for (const parent of this.nodesAt(this.depth - 1)) {
          parent.children = parent.children.filter(({ policy }) => policy !== from);
        }
      } else if (nodes.length > 0) {
        for (const node of nodes) node.expected = expected;
      } else {
        const parent = this.nodesAt(this.depth - 1).find(({ children }) =>
          children.some(({ policy }) => policy === anyPolicy),
        );
        parent?.children.push({ policy: from, expected, children: [] });
      }
    }
    this.prune();
  }

  private prune(): void {
    for (let depth = this.depth - 1; depth >= 0; depth--) {
      for (const parent of this.nodesAt(depth)) {
        parent.children = parent.children.filter(
          (child) => depth === this.depth - 1 || child.children.length > 0,
        );
      }
    }
    if (this.root?.children.length === 0) this.root = undefined;
  }

  /** Section 6.1.5, item g: valid_policy_node_set, cut down to the initial set. */
  constrainedBy(initial: ReadonlySet<string>): string[] {
    const policies = new Set<string>();
    const walk = (node: TreeNode, parent: TreeNode | undefined, depth: number) => {
      const isBelowAny = parent?.policy === anyPolicy && node.policy !== anyPolicy;
      if (isBelowAny || (depth === this.depth && node.policy === anyPolicy)) policies.add(node.policy);
      for (const child of node.children) walk(child, node, depth + 1);
    };
    if (this.root !== undefined) walk(this.root, undefined, 0);
    if (initial.has(anyPolicy)) return [...policies].sort();
    if (policies.has(anyPolicy)) return [...initial].sort();
    return [...policies].filter((policy) => initial.has(policy)).sort();
  }
}

function grow(parent: TreeNode, policy: string): void {
  parent.children.push({ policy, expected: new Set([policy]), children: [] });
}
