import type { Certificate } from '../certificate/certificate.ts';
import type { Name } from '../certificate/name.ts';
import { readSubject } from '../subject/subject.ts';
import { breachesOf, type Finding, findBreaches, type Role, type Rule } from './rule.ts';
import { nameRules, subjectRules } from './subject-rules.ts';
import { textRules } from './text-rules.ts';
import { toolRules } from './tool-rules.ts';
import { usageRules } from './usage-rules.ts';

/** Every rule of the qualified profile, in the order in which they are reported. */
export const profileRules: readonly Rule[] = [...toolRules, ...usageRules, ...subjectRules, ...textRules];

/**
 * OGRN of the state's authorities that issue certificates to organisations and entrepreneurs: Federal Tax Service,
 * Federal Treasury, Bank of Russia. The numbers are those of their own certificates in the state list.
 */
export const stateOrganisationIssuers: ReadonlySet<string> = new Set([
  '1047707030513',
  '1047797019830',
  '1037700013020',
]);

/**
 * What a certificate breaks of the qualified profile, errors, warnings and notices alike. `organisationIssuers`
 * left out, nobody is asked whether they may issue to organisations.
 * Throws `certificate_malformed` where the subject is no name.
 */
export function examineProfile(
  certificate: Certificate,
  options: {
    readonly role: Role;
    readonly at: number;
    readonly organisationIssuers?: ReadonlySet<string>;
  },
): readonly Finding[] {
  const { role, at, organisationIssuers } = options;
  return findBreaches(profileRules, { certificate, role, at, organisationIssuers });
}

/**
 * What a name breaks of the qualified profile as the subject of an owner's certificate, before there is one.
 * Throws an EncodingError where it is malformed.
 */
export function examineName(name: Name): readonly Finding[] {
  return breachesOf(nameRules, { name, subject: readSubject(name), role: 'subscriber' });
}
