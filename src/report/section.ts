import type { FailureCode } from '../failure/catalogue.ts';
import type { Check } from './check.ts';
import type { CheckName } from './check-name.ts';

/** The parts of a login's verdict, in the order in which they are told. */
export const sectionNames = [
  'signature',
  'certificate',
  'trust',
  'revocation',
  'qualification',
  'organisation',
  'authority',
] as const;

/** One part of a verdict: of the document, its certificate, who issued that, and for whom it signs. */
export type SectionName = (typeof sectionNames)[number];

/** Checks of the signer's certificate itself; the others of its path are about who vouches for it. */
const ownChecks: ReadonlySet<CheckName> = new Set<CheckName>([
  'path.term',
  'path.usage',
  'path.purpose',
  'path.rule',
  'path.warning',
]);

const certificateCodes: readonly FailureCode[] = [
  'certificate_malformed',
  'certificate_expired',
  'certificate_not_yet_valid',
  'private_key_period_over',
  'certificate_usage_forbidden',
];
const trustCodes: readonly FailureCode[] = [
  'chain_incomplete',
  'chain_invalid',
  'root_untrusted',
  'path_budget_exhausted',
  'authority_not_accredited',
  'authority_accreditation_ended',
  'trust_list_unavailable',
];
const authorityCode = /^(authority_unproven|power_of_attorney_|organisation_choice_needed)/;
const authorityChecks: ReadonlySet<CheckName> = new Set<CheckName>([
  'organisation.authority',
  'organisation.power',
]);

/** Which part of the verdict each row belongs to, in the order of the rows; undefined for those of no part. */
export function sectionsOf(checks: readonly Check[]): readonly (SectionName | undefined)[] {
  const lengths = new Map<unknown, number>();
  for (const { name, details } of checks) {
    if (name === 'path.tried' && Array.isArray(details?.certificates))
      lengths.set(details.path, details.certificates.length);
  }
  return checks.map((check) => sectionOf(check, lengths));
}

function sectionOf(
  { stage, name, details }: Check,
  lengths: ReadonlyMap<unknown, number>,
): SectionName | undefined {
  switch (stage) {
    case 'signature':
    case 'revocation':
      return stage;
    case 'path': {
      const isOwn = details?.position !== undefined && details.position === lengths.get(details.path);
      return name === 'path.target' || (isOwn && ownChecks.has(name)) ? 'certificate' : 'trust';
    }
    case 'qualification':
      return name === 'qualification.accreditation' ? 'trust' : 'qualification';
    case 'organisation':
      return authorityChecks.has(name) ? 'authority' : 'organisation';
    default:
      return undefined;
  }
}

/**
 * The part that a failure refuses, by its code and, where a code may arise in several, by `failed`, the row that has
 * it. Undefined for a failure that is not of the verification, such as a challenge that was used already.
 */
export function sectionOfFailure(
  code: FailureCode,
  stage: Check['stage'],
  failed: SectionName | undefined,
): SectionName | undefined {
  if (trustCodes.includes(code)) return 'trust';
  if (authorityCode.test(code)) return 'authority';
  if (failed !== undefined) return failed;
  if (certificateCodes.includes(code)) return 'certificate';
  switch (stage) {
    case 'signature':
    case 'revocation':
    case 'qualification':
    case 'organisation':
      return stage;
    case 'path':
      return 'trust';
    default:
      return undefined;
  }
}
