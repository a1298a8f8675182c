import type { Certificate } from '../certificate/certificate.ts';
import { type GeneralName, subjectAltName } from '../certificate/general-name.ts';
import { attributeOids } from '../certificate/name.ts';
import type { GeneralSubtree, NameConstraints } from '../certificate/name-constraints.ts';
import type { Budget } from './budget.ts';
import {
  type ComparableBase,
  type ComparableName,
  comparableBase,
  comparableName,
  relationOf,
} from './name-form.ts';

type Form = GeneralName['kind'];

/** Subtrees of one form; an undefined one has a minimum or maximum, which RFC 5280 gives no meaning. */
type Subtrees = ReadonlyMap<Form, readonly (ComparableBase | undefined)[]>;

interface Constraints {
  readonly permitted: Subtrees;
  readonly excluded: Subtrees;
}

/**
 * The name constraints of the authorities above (RFC 5280, section 6.1.3, items b and c). Each authority's subtrees
 * are kept apart and every name has to satisfy them all, which is the intersection that the RFC speaks of without
 * computing it.
 */
export class ConstrainedNames {
  private readonly constraints: Constraints[] = [];
  private readonly budget: Budget;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  get areFree(): boolean {
    return this.constraints.length === 0;
  }

  /** Takes in the constraints of an authority; they bind every certificate below it. */
  add({ permitted, excluded }: NameConstraints): void {
    this.constraints.push({ permitted: byForm(permitted), excluded: byForm(excluded) });
  }

  /**
   * A name of `certificate` that breaks them, undefined where none does. Throws `path_budget_exhausted`, and
   * `certificate_malformed` where its names cannot be read.
   */
  offending(certificate: Certificate): GeneralName | undefined {
    if (this.areFree) return undefined;
    const names = namesOf(certificate);
    this.budget.spend('nameComparisons', this.comparisonsOf(names));
    return names.find((name) => {
      const comparable = comparableName(name);
      return this.constraints.some((constraints) => breaks(comparable, constraints));
    });
  }

  private comparisonsOf(names: readonly GeneralName[]): number {
    let comparisons = 0;
    for (const { permitted, excluded } of this.constraints) {
      for (const { kind } of names) {
        comparisons += (permitted.get(kind)?.length ?? 0) + (excluded.get(kind)?.length ?? 0);
      }
    }
    return comparisons;
  }
}

function byForm(subtrees: readonly GeneralSubtree[]): Subtrees {
  const forms = new Map<Form, (ComparableBase | undefined)[]>();
  for (const { base, minimum, maximum } of subtrees) {
    const comparable = minimum === 0 && maximum === undefined ? comparableBase(base) : undefined;
    const known = forms.get(base.kind);
    if (known === undefined) forms.set(base.kind, [comparable]);
    else known.push(comparable);
  }
  return forms;
}

/**
 * All names that constraints apply to: the subject, the alternative names, and, where no mail address is among
 * these, those in the subject (RFC 5280, section 4.2.1.10).
 */
function namesOf(certificate: Certificate): GeneralName[] {
  const names: GeneralName[] = [...(certificate.extension(subjectAltName) ?? [])];
  const { subject } = certificate;
  if (subject.isEmpty) return names;
  if (!names.some(({ kind }) => kind === 'email')) {
    for (const { text } of subject.all(attributeOids.email)) {
      if (text !== undefined) names.push({ kind: 'email', value: text });
    }
  }
  names.push({ kind: 'directory', value: subject });
  return names;
}

/** What cannot be judged is refused, permitted or excluded: RFC 5280, section 4.2.1.10, leaves nothing else. */
function breaks(name: ComparableName, { permitted, excluded }: Constraints): boolean {
  for (const base of excluded.get(name.kind) ?? []) {
    if (base === undefined || relationOf(name, base) !== 'outside') return true;
  }
  const allowed = permitted.get(name.kind);
  if (allowed === undefined) return false;
  return !allowed.some((base) => base !== undefined && relationOf(name, base) === 'within');
}
