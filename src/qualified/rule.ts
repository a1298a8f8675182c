import type { Certificate } from '../certificate/certificate.ts';
import type { Name } from '../certificate/name.ts';
import { isFailure } from '../error.ts';
import type { ProfileRule } from '../failure/profile-terms.ts';
import { issuerOf, type Subject, subjectOf } from '../subject/subject.ts';

/** An error refuses the certificate, a warning is reported with it, a notice tells whoever looks closely. */
export type Severity = 'error' | 'warning' | 'notice';

/** Whether the certificate is to sign for its owner or to issue others. */
export type Role = 'subscriber' | 'authority';

/** What rules about a name look at, which stands in a request as well as in a certificate. */
export interface Named {
  readonly name: Name;
  readonly subject: Subject;
  readonly role: Role;
}

/** What the rules look at. */
export interface Profiled extends Named {
  readonly certificate: Certificate;
  readonly issuer: Subject;
  /** The moment of judgement, milliseconds since the epoch. */
  readonly at: number;
  /** OGRN of the authorities that may issue to organisations; undefined where that is not asked. */
  readonly organisationIssuers: ReadonlySet<string> | undefined;
}

/** One rule of the qualified profile. */
export interface Rule<On extends Named = Profiled> {
  /** Stable. */
  readonly id: ProfileRule;
  readonly severity: Severity;
  /** Document and section that the rule comes from. */
  readonly source: string;
  readonly appliesTo: (profiled: On) => boolean;
  /** What breaks the rule, in few words and without personal data, or undefined where nothing does. */
  readonly breach: (profiled: On) => string | undefined;
}

/** A rule that a certificate breaks. */
export interface Finding {
  readonly rule: ProfileRule;
  readonly severity: Severity;
  readonly source: string;
  readonly evidence: string;
}

export const everyone = (): boolean => true;
export const subscribers = ({ role }: Named): boolean => role === 'subscriber';

/** `problem` where `condition` holds, for rules that are one condition. */
export function when(condition: boolean, problem: string): string | undefined {
  return condition ? problem : undefined;
}

/**
 * What a certificate breaks of `rules`. A rule whose subject cannot be read is broken by that.
 * Throws `certificate_malformed` where the subject's name is no name.
 */
export function findBreaches(
  rules: readonly Rule[],
  input: Omit<Profiled, 'name' | 'subject' | 'issuer'>,
): readonly Finding[] {
  return breachesOf(rules, {
    ...input,
    name: input.certificate.subject,
    subject: subjectOf(input.certificate),
    issuer: issuerOf(input.certificate),
  });
}

/** What `profiled` breaks of `rules`. */
export function breachesOf<On extends Named>(rules: readonly Rule<On>[], profiled: On): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { id, severity, source, appliesTo, breach } of rules) {
    if (!appliesTo(profiled)) continue;
    const evidence = breachOrUnreadable(breach, profiled);
    if (evidence !== undefined) findings.push({ rule: id, severity, source, evidence });
  }
  return findings;
}

function breachOrUnreadable<On extends Named>(breach: Rule<On>['breach'], profiled: On): string | undefined {
  try {
    return breach(profiled);
  } catch (error) {
    if (!isFailure(error, 'certificate_malformed')) throw error;
    const { where, rule } = error.details;
    return where === undefined ? rule : `${where}: ${rule}`;
  }
}
