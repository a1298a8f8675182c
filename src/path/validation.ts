import type { AlgorithmPolicy } from '../algorithm/policy.ts';
import { compareOctets } from '../asn1/writer.ts';
import type { Budget } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { basicConstraints, keyUsage } from '../certificate/constraints.ts';
import type { GeneralName } from '../certificate/general-name.ts';
import { nameConstraints } from '../certificate/name-constraints.ts';
import type { TrustAnchor } from '../certificate/trust-anchor.ts';
import type { CheckName } from '../report/check-name.ts';
import type { PolicySettings } from './input.ts';
import { keyIdentifiersOf } from './key-identifier.ts';
import { type Links, workingKey } from './link.ts';
import { ConstrainedNames } from './name-constraints.ts';
import type { PathIssuer, PathWarning } from './path-issuer.ts';
import { PolicyState } from './policy-state.ts';
import { breach, type PathProblem, problemOf } from './problem.ts';
import type { Profile } from './profile.ts';
import {
  checkAuthority,
  checkAuthorityKeyPeriod,
  checkCertificateSigning,
  checkCriticalExtensions,
  checkRules,
  checkTarget,
  checkTerm,
  forbiddenPurpose,
  hasGostParameters,
  hasVoidPeriod,
  purposesLeft,
} from './requirement.ts';

declare const valid: unique symbol;

/**
 * A path that has been validated (RFC 5280, section 6.1): every certificate was signed by the one above it and the
 * last by the anchor, all hold at `at`. Says nothing about revocation. Only the end of `Validation` makes one.
 */
export interface ValidPath {
  readonly [valid]: true;
  /** From the target up to the certificate below the anchor. */
  readonly certificates: readonly [Certificate, ...Certificate[]];
  /** The issuer of each of `certificates`, in the same order. */
  readonly issuers: readonly [PathIssuer, ...PathIssuer[]];
  readonly anchor: TrustAnchor;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly profile: string;
  /** User-constrained policy set (RFC 9618, section 5.5), sorted; any-policy stands in it as itself. */
  readonly policies: readonly string[];
  /** Which of the purposes asked for are allowed all along the path. */
  readonly purposes: readonly string[];
  readonly warnings: readonly PathWarning[];
}

/** What one validation is judged by. */
export interface ValidationRules {
  readonly at: number;
  readonly profile: Profile;
  readonly algorithms: AlgorithmPolicy;
  readonly purposes: readonly string[];
  readonly policies: PolicySettings;
  readonly budget: Budget;
  readonly links: Links;
}

/** Is told each check that passed, in the order in which they are made. */
export type OnPassed = (certificate: Certificate, check: CheckName) => void;

/**
 * One run of RFC 5280, section 6.1, over one path from its anchor down to the target. The variables are those of
 * section 6.1.2.
 */
export class Validation {
  private readonly rules: ValidationRules;
  private readonly anchor: TrustAnchor;
  /** From the anchor down; the target is the last. */
  private readonly descending: readonly Certificate[];
  private readonly onPassed: OnPassed | undefined;

  private workingIssuer: PathIssuer;
  private readonly issuers: PathIssuer[] = [];
  private readonly warnings: PathWarning[] = [];
  private readonly names: ConstrainedNames;
  private readonly policies: PolicyState;
  private purposes: readonly string[];
  private maxPathLength: number;

  constructor(
    rules: ValidationRules,
    descending: readonly Certificate[],
    anchor: TrustAnchor,
    onPassed?: OnPassed,
  ) {
    this.rules = rules;
    this.anchor = anchor;
    this.descending = descending;
    this.onPassed = onPassed;
    this.workingIssuer = {
      name: anchor.name,
      publicKey: anchor.publicKey,
      certificate: anchor.certificate,
    };
    this.names = new ConstrainedNames(rules.budget);
    this.policies = new PolicyState(rules.policies, descending.length, rules.budget);
    this.purposes = rules.purposes;
    this.maxPathLength = descending.length;
  }

  /** The proof, or what is wrong; pauses after each certificate. Throws `budget_exhausted`. */
  *run(): Generator<undefined, ValidPath | PathProblem> {
    const last = this.descending.length - 1;
    const target = this.descending[last]!;
    const flaw = this.startAtAnchor(target) ?? twinSerials(this.descending);
    if (flaw !== undefined) return flaw;
    for (let at = 0; at <= last; at++) {
      const certificate = this.descending[at]!;
      try {
        const found =
          at < last ? this.passThrough(certificate, this.descending[at + 1]!) : this.arrive(certificate);
        if (found !== undefined) return found;
      } catch (error) {
        return problemOf(error, certificate);
      }
      yield undefined;
    }
    return this.conclude(target);
  }

  /** RFC 5937, section 3.2, for anchors whose extensions bind; the term as the profile says. */
  private startAtAnchor(target: Certificate): PathProblem | undefined {
    const { certificate } = this.anchor;
    if (certificate === undefined) return undefined;
    const { profile, at } = this.rules;
    if (compareOctets(certificate.der, target.der) === 0) return breach(target, 'target-is-anchor');
    try {
      const term = profile.anchorTerm === 'enforced' ? checkTerm(certificate, at) : undefined;
      if (term !== undefined) return term;
      const enforces = this.anchor.enforcesExtensions ?? profile.anchorExtensions === 'enforced';
      return enforces ? this.takeInAnchor(certificate) : undefined;
    } catch (error) {
      return problemOf(error, certificate);
    }
  }

  private takeInAnchor(certificate: Certificate): PathProblem | undefined {
    const { profile } = this.rules;
    const issuedAt = this.descending[0]!.notBefore;
    const constraints = certificate.extension(basicConstraints);
    if (constraints !== undefined && !constraints.isAuthority) return breach(certificate, 'not-an-authority');
    const flaw =
      checkCriticalExtensions(certificate, profile) ??
      checkCertificateSigning(certificate) ??
      checkRules(certificate, 'anchor', undefined, profile) ??
      (profile.privateKeyPeriod === 'enforced'
        ? checkAuthorityKeyPeriod(certificate, issuedAt)
        : undefined) ??
      this.narrowPurposes(certificate, false);
    if (flaw !== undefined) return flaw;
    if (constraints?.pathLength !== undefined)
      this.maxPathLength = Math.min(this.maxPathLength, constraints.pathLength);
    this.constrainNames(certificate);
    return this.policies.takeInAnchor(certificate);
  }

  /** RFC 5280, section 6.1.3: what holds for every certificate. */
  private check(certificate: Certificate, isTarget: boolean): PathProblem | undefined {
    const { rules, workingIssuer } = this;
    const { at, profile, links } = rules;
    this.issuers.push(workingIssuer);
    const signature = links.verdict(certificate, workingIssuer.publicKey);
    if (signature !== undefined) return signature;
    this.onPassed?.(certificate, 'path.signature');
    const term = checkTerm(certificate, at);
    if (term !== undefined) return term;
    this.onPassed?.(certificate, 'path.term');
    if (!certificate.issuer.equals(workingIssuer.name)) return breach(certificate, 'issuer-name');
    const isExempt = !isTarget && !this.names.areFree && certificate.isSelfIssued;
    const offending = isExempt ? undefined : this.names.offending(certificate);
    if (offending !== undefined) return breach(certificate, 'name-constraints', shown(offending));
    if (!this.names.areFree) this.onPassed?.(certificate, 'path.names');
    const flaw =
      checkRules(certificate, isTarget ? 'target' : 'authority', workingIssuer.certificate, profile) ??
      this.narrowPurposes(certificate, isTarget && profile.targetPurpose === 'explicit');
    if (flaw !== undefined) return flaw;
    if (rules.purposes.length > 0) this.onPassed?.(certificate, 'path.purpose');
    return this.policies.takeIn(certificate, isTarget);
  }

  /** RFC 5280, section 6.1.4: a certificate on the way, and `next`, which it issued. */
  private passThrough(certificate: Certificate, next: Certificate): PathProblem | undefined {
    const { profile } = this.rules;
    const flaw =
      this.check(certificate, false) ??
      checkAuthority(certificate) ??
      checkCriticalExtensions(certificate, profile) ??
      this.countPathLength(certificate) ??
      (profile.privateKeyPeriod === 'enforced'
        ? checkAuthorityKeyPeriod(certificate, next.notBefore)
        : undefined) ??
      this.policies.passOn(certificate);
    if (flaw !== undefined) return flaw;
    this.constrainNames(certificate);
    this.onPassed?.(certificate, 'path.authority');
    this.note(certificate);
    this.workingIssuer = {
      name: certificate.subject,
      publicKey: workingKey(certificate.publicKey, this.workingIssuer.publicKey),
      certificate,
    };
    return undefined;
  }

  /** RFC 5280, section 6.1.4, item g. */
  private constrainNames(certificate: Certificate): void {
    const constraints = certificate.extension(nameConstraints);
    if (constraints !== undefined) this.names.add(constraints);
  }

  /** RFC 5280, section 6.1.4, items l and m. */
  private countPathLength(certificate: Certificate): PathProblem | undefined {
    if (!certificate.isSelfIssued) {
      if (this.maxPathLength === 0) return breach(certificate, 'path-length');
      this.maxPathLength--;
    }
    const limit = certificate.extension(basicConstraints)?.pathLength;
    if (limit !== undefined && limit < this.maxPathLength) this.maxPathLength = limit;
    return undefined;
  }

  /** RFC 5280, section 6.1.5: the target. */
  private arrive(certificate: Certificate): PathProblem | undefined {
    const { profile, algorithms, at } = this.rules;
    const flaw =
      this.check(certificate, true) ??
      checkCriticalExtensions(certificate, profile) ??
      checkTarget(certificate, profile, algorithms, at);
    if (flaw !== undefined) return flaw;
    this.onPassed?.(certificate, 'path.usage');
    this.note(certificate);
    return undefined;
  }

  private conclude(target: Certificate): ValidPath | PathProblem {
    const policies = this.policies.conclude(target);
    if ('code' in policies) return policies;
    const facts: Omit<ValidPath, typeof valid> = {
      certificates: this.descending.toReversed() as [Certificate, ...Certificate[]],
      issuers: this.issuers.toReversed() as [PathIssuer, ...PathIssuer[]],
      anchor: this.anchor,
      at: this.rules.at,
      profile: this.rules.profile.name,
      policies: [...policies].sort(),
      purposes: this.purposes,
      warnings: this.warnings,
    };
    return facts as ValidPath;
  }

  private narrowPurposes(certificate: Certificate, isExplicit: boolean): PathProblem | undefined {
    const before = this.purposes;
    if (before.length === 0) return undefined;
    this.purposes = purposesLeft(certificate, before, isExplicit);
    return this.purposes.length === 0 ? forbiddenPurpose(certificate, before) : undefined;
  }

  private note(certificate: Certificate): void {
    // Some departures lie in these extensions, which are not read for every certificate otherwise.
    certificate.extension(basicConstraints);
    certificate.extension(keyUsage);
    for (const quirk of certificate.fields.quirks) this.warnings.push({ certificate, rule: quirk });
    if (hasGostParameters(certificate)) this.warnings.push({ certificate, rule: 'gost-parameters-null' });
    if (keyIdentifiersOf(certificate, this.workingIssuer.certificate) === 'differ')
      this.warnings.push({ certificate, rule: 'key-identifiers-differ' });
    if (this.rules.profile.privateKeyPeriod === 'enforced' && hasVoidPeriod(certificate))
      this.warnings.push({ certificate, rule: 'private-key-period-void' });
  }
}

/** RFC 5280, section 4.1.2.2: issuer and serial number name one certificate. */
function twinSerials(certificates: readonly Certificate[]): PathProblem | undefined {
  for (let at = 1; at < certificates.length; at++) {
    const { fields } = certificates[at]!;
    for (let above = 0; above < at; above++) {
      const other = certificates[above]!.fields;
      const isTwin = compareOctets(fields.serialNumber, other.serialNumber) === 0;
      if (isTwin && compareOctets(fields.issuer.der, other.issuer.der) === 0)
        return breach(certificates[at]!, 'serial-not-unique');
    }
  }
  return undefined;
}

function shown(name: GeneralName): string {
  switch (name.kind) {
    case 'directory':
      return name.value.toString();
    case 'dns':
    case 'email':
    case 'uri':
      return name.value;
    default:
      return `${name.kind} ${Buffer.from(name.value).toString('hex')}`;
  }
}
