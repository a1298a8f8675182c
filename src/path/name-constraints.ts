import type { Certificate } from '../certificate/certificate.ts';
import { type GeneralName, subjectAltName } from '../certificate/general-name.ts';
import { attributeOids } from '../certificate/name.ts';
import type { GeneralSubtree, NameConstraints } from '../certificate/name-constraints.ts';
import type { Budget } from './budget.ts';
import { isWithin, isWithinPossibly } from './name-form.ts';

/**
 * The name constraints of the authorities above (RFC 5280, section 6.1.3, items b and c). Each authority's subtrees
 * are kept apart and every name has to satisfy them all, which is the intersection that the RFC speaks of without
 * computing it.
 */
export class ConstrainedNames {
  private readonly constraints: NameConstraints[] = [];
  private readonly budget: Budget;
  private subtrees = 0;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  get areFree(): boolean {
    return this.constraints.length === 0;
  }

  /** Takes in the constraints of an authority; they bind every certificate below it. */
  add(constraints: NameConstraints): void {
    this.constraints.push(constraints);
    this.subtrees += constraints.permitted.length + constraints.excluded.length;
  }

  /**
   * A name of `certificate` that breaks them, undefined where none does. Throws `path_budget_exhausted`, and
   * `certificate_malformed` where its names cannot be read.
   */
  offending(certificate: Certificate): GeneralName | undefined {
    if (this.areFree) return undefined;
    const names = namesOf(certificate);
    this.budget.spend('nameComparisons', names.length * this.subtrees);
    return names.find((name) => this.constraints.some((constraints) => breaks(name, constraints)));
  }
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

function breaks(name: GeneralName, { permitted, excluded }: NameConstraints): boolean {
  const ofThisForm = ({ base }: GeneralSubtree) => base.kind === name.kind;
  // What cannot be compared is refused, whether permitted or excluded: RFC 5280, section 4.2.1.10, leaves only that.
  if (excluded.some((subtree) => ofThisForm(subtree) && touches(name, subtree))) return true;
  const allowed = permitted.filter(ofThisForm);
  return allowed.length > 0 && !allowed.some((subtree) => isSimple(subtree) && isWithin(name, subtree.base));
}

function touches(name: GeneralName, subtree: GeneralSubtree): boolean {
  return !isSimple(subtree) || isWithinPossibly(name, subtree.base);
}

/** RFC 5280 gives minimum and maximum no meaning: minimum is zero and maximum absent. */
function isSimple({ minimum, maximum }: GeneralSubtree): boolean {
  return minimum === 0 && maximum === undefined;
}
