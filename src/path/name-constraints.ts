import { EncodingError } from '../asn1/error.ts';
import type { Budget } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { type GeneralName, readUtf8Mailbox, subjectAltName } from '../certificate/general-name.ts';
import { attributeOids } from '../certificate/name.ts';
import type { NameAttribute } from '../certificate/name-attribute.ts';
import type { GeneralSubtree, NameConstraints } from '../certificate/name-constraints.ts';
import {
  type ComparableBase,
  type ComparableName,
  comparableBase,
  comparableName,
  comparableUtf8Mailbox,
  relationOf,
} from './name-form.ts';

type Form = GeneralName['kind'];

/** Subtrees of one form; an undefined one has a minimum or maximum, which RFC 5280 gives no meaning. */
type Subtrees = ReadonlyMap<Form, readonly (ComparableBase | undefined)[]>;

/** A name as the constraints see it. */
interface JudgedName {
  /** As it is shown where it breaks them. */
  readonly name: GeneralName;
  readonly form: Form;
  readonly comparable: () => ComparableName;
}

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
   * A name of `certificate` that breaks them, undefined where none does. Throws `budget_exhausted`, and
   * `certificate_malformed` where its names cannot be read.
   */
  offending(certificate: Certificate): GeneralName | undefined {
    if (this.areFree) return undefined;
    const names = namesOf(certificate);
    this.budget.spend('nameComparisons', this.comparisonsOf(names));
    return names.find((name) => {
      const comparable = name.comparable();
      return this.constraints.some((constraints) => breaks(comparable, constraints));
    })?.name;
  }

  private comparisonsOf(names: readonly JudgedName[]): number {
    let comparisons = 0;
    for (const { permitted, excluded } of this.constraints) {
      for (const { form } of names) {
        comparisons += (permitted.get(form)?.length ?? 0) + (excluded.get(form)?.length ?? 0);
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
 * All names that constraints apply to: the subject, the mail addresses in it, and the alternative names (RFC 5280,
 * section 4.2.1.10). A subject's mail addresses count beside alternative ones too (RFC 9598, section 6).
 */
function namesOf(certificate: Certificate): readonly JudgedName[] {
  const names = (certificate.extension(subjectAltName) ?? []).flatMap(judged);
  const { subject } = certificate;
  if (subject.isEmpty) return names;
  const mail = subject.all(attributeOids.email).map(mailAddress);
  return [...names, ...[...mail, { kind: 'directory', value: subject } as const].flatMap(judged)];
}

/** A mail address beyond ASCII is a name of two forms: what it is called, and what it is (RFC 9549). */
function judged(name: GeneralName): readonly JudgedName[] {
  const plain = { name, form: name.kind, comparable: () => comparableName(name) };
  const mailbox = name.kind === 'other' ? mailboxIn(name.value) : undefined;
  return mailbox === undefined ? [plain] : [plain, mailbox];
}

function mailboxIn(otherName: Uint8Array): JudgedName | undefined {
  try {
    const text = readUtf8Mailbox(otherName);
    if (text === undefined) return undefined;
    const name = { kind: 'email', value: text } as const;
    return { name, form: 'email', comparable: () => comparableUtf8Mailbox(text) };
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    // It may be a mail address and cannot be read, so that no constraint on mail addresses lets it pass.
    const name = { kind: 'other', value: otherName } as const;
    return { name, form: 'email', comparable: () => comparableUtf8Mailbox(undefined) };
  }
}

/** One that is no text shows its octets, which are no mail address, so that no constraint lets it pass. */
function mailAddress({ text, content }: NameAttribute): GeneralName {
  return { kind: 'email', value: text ?? `#${Buffer.from(content).toString('hex')}` };
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
