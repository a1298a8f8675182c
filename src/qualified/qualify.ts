import { SealgateError } from '../error.ts';
import { defined } from '../optional.ts';
import type { ValidPath } from '../path/validation.ts';
import type { Checks } from '../report/check.ts';
import type { CheckName } from '../report/check-name.ts';
import type { Accreditation, AuthorityIdentity } from '../trust-list/accreditation.ts';
import type { Purpose } from '../trust-list/local.ts';
import type { TrustView } from '../trust-list/view.ts';
import type { Finding } from './rule.ts';
import { examineProfile, stateOrganisationIssuers } from './rules.ts';
import { identificationKind } from './sign-tool.ts';
import { acrOf, reachesClass, type ToolClass, toolClassOf } from './tool-class.ts';

declare const proof: unique symbol;

/** A qualified certificate: issued by an authority accredited then and now, and in the form laid down. Only `qualify` makes one. */
export interface QualifiedCertificate {
  readonly [proof]: true;
  readonly path: ValidPath;
  readonly authority: AuthorityIdentity;
  readonly toolClass: ToolClass;
  /** Value of the claim `acr`. */
  readonly acr: string;
  /** How the owner was identified (see `identificationKind`); undefined in certificates before 2022. */
  readonly identification: number | undefined;
  /** Rules that it breaks without being refused for it. */
  readonly findings: readonly Finding[];
}

/** What is asked of a qualified certificate. */
export interface QualificationPolicy {
  readonly purpose: Purpose;
  /** Lowest class of the signing tool. */
  readonly minimumClass: ToolClass;
  /** OGRN of the listed authorities that may issue to organisations; authorities of the operator's own always may. */
  readonly organisationIssuers: ReadonlySet<string>;
  /** The list in force may be this old, in milliseconds; it says nothing of an authority suspended since. */
  readonly longestListAge: number;
}

const day = 86_400_000;

/** For logins: any class, organisations by the state's authorities, a list of the last thirty days. */
export const signInQualification: QualificationPolicy = {
  purpose: 'sign-in',
  minimumClass: 'KC1',
  organisationIssuers: stateOrganisationIssuers,
  longestListAge: 30 * day,
};

/**
 * Decides whether the end of a valid path is a qualified certificate at `path.at`: the key that issued it belongs to
 * an authority that was accredited when it issued and is so at that time (as ETSI TS 119 615, section 4.4, has it for
 * the Union's lists; 63-FZ leaves the second to interpretation, and in doubt it is no), the certificate keeps the
 * rules of the profile, and its tool reaches the class asked for.
 * Throws `trust_list_unavailable`, `authority_not_accredited`, `authority_accreditation_ended`,
 * `certificate_not_qualified`, `assurance_too_low`.
 */
export function qualify(
  path: ValidPath,
  trust: TrustView,
  policy: QualificationPolicy = signInQualification,
  checks?: Checks,
): QualifiedCertificate {
  const certificate = path.certificates[0];
  const authority = noting(checks, 'qualification.accreditation', () =>
    requireAccredited(path, trust, policy),
  );
  checks?.passed('qualification', 'qualification.accreditation', {
    authority: authority.name,
    ...defined({ ogrn: authority.ogrn, listVersion: trust.list?.version }),
  });
  const findings = examineProfile(certificate, {
    role: 'subscriber',
    at: path.at,
    ...(authority.source === 'list' ? { organisationIssuers: policy.organisationIssuers } : {}),
  });
  const toolClass = noting(checks, 'qualification.profile', () => requireProfile(path, findings));
  checks?.passed('qualification', 'qualification.profile');
  for (const { rule, severity, evidence, source } of findings) {
    if (severity === 'warning')
      checks?.warning('qualification', 'qualification.rule', { rule, evidence, source });
  }
  noting(checks, 'qualification.tool-class', () => requireClass(toolClass, policy.minimumClass));
  checks?.passed('qualification', 'qualification.tool-class', { class: toolClass });
  const facts: Omit<QualifiedCertificate, typeof proof> = {
    path,
    authority,
    toolClass,
    acr: acrOf(toolClass),
    identification: certificate.extension(identificationKind),
    findings,
  };
  return facts as QualifiedCertificate;
}

/** Does a check, and where it fails adds the failed row before the failure goes on. */
function noting<T>(checks: Checks | undefined, name: CheckName, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof SealgateError) {
      const { code, details } = error;
      checks?.add({ stage: 'qualification', name, outcome: 'failed', code, details });
    }
    throw error;
  }
}

function requireProfile(path: ValidPath, findings: readonly Finding[]): ToolClass {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const toolClass = toolClassOf(path.certificates[0]);
  if (errors.length === 0 && toolClass !== undefined) return toolClass;
  throw new SealgateError('certificate_not_qualified', {
    missing: errors.map(({ rule }) => rule),
    evidence: errors.map(({ rule, evidence }) => `${rule}: ${evidence}`),
  });
}

function requireClass(found: ToolClass, required: ToolClass): void {
  if (!reachesClass(found, required)) throw new SealgateError('assurance_too_low', { found, required });
}

function requireAccredited(
  path: ValidPath,
  { accreditation, list }: TrustView,
  { purpose, longestListAge }: QualificationPolicy,
): AuthorityIdentity {
  const certificate = path.certificates[0];
  const issuer = path.issuers[0].publicKey;
  const atIssue = accreditation.find(issuer, certificate.notBefore, purpose);
  const atUse = accreditation.find(issuer, path.at, purpose);
  // An authority of the operator's own does not hang on the state's list and its age.
  const isOperators = atUse.state === 'accredited' && atUse.authority.source === 'operator';
  if (!isOperators && (list === undefined || path.at - list.date > longestListAge)) {
    throw new SealgateError('trust_list_unavailable', {
      ...(list === undefined ? {} : { date: new Date(list.date), limit: longestListAge / 1000 }),
    });
  }
  for (const answer of [atIssue, atUse]) refuse(answer, path);
  if (atUse.state !== 'accredited') throw new Error('an authority that is not accredited was let through');
  return atUse.authority;
}

function refuse(answer: Accreditation, path: ValidPath): void {
  const certificate = path.certificates[0];
  const issuer = certificate.issuer.toString();
  if (answer.state === 'accredited') return;
  if (answer.state !== 'ended') throw new SealgateError('authority_not_accredited', { issuer });
  throw new SealgateError('authority_accreditation_ended', {
    issuer,
    status: answer.status,
    endedAt: new Date(answer.since),
    issuedAt: new Date(certificate.notBefore),
    at: new Date(path.at),
  });
}
