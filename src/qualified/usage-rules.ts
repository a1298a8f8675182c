import { compareOctets } from '../asn1/writer.ts';
import { basicConstraints, extendedKeyUsage, keyUsage, purposeOids } from '../certificate/constraints.ts';
import {
  accessMethodOids,
  authorityInfoAccess,
  crlDistributionPoints,
} from '../certificate/distribution-point.ts';
import type { Place } from '../certificate/general-name.ts';
import { authorityKeyIdentifier } from '../certificate/key-identifier.ts';
import { privateKeyUsagePeriod } from '../certificate/private-key-usage-period.ts';
import { everyone, type Profiled, type Rule, subscribers, when } from './rule.ts';

const day = 86_400_000;
const signInPurposes = [purposeOids.clientAuth, purposeOids.emailProtection, purposeOids.any];

/** Roots have the very same octets in both names. */
function hasIssuer({ certificate }: Profiled): boolean {
  return compareOctets(certificate.issuer.der, certificate.subject.der) !== 0;
}

/** Rules about what the key is for, and for how long. */
export const usageRules: readonly Rule[] = [
  {
    id: 'key-usage-present',
    severity: 'error',
    source: 'order 795 of the FSB; RFC 5280, section 4.2.1.3',
    appliesTo: everyone,
    breach: ({ certificate }) => when(certificate.extension(keyUsage) === undefined, 'absent'),
  },
  {
    id: 'key-usage-signs',
    severity: 'error',
    source: 'RFC 5280, section 4.2.1.3: digitalSignature or nonRepudiation',
    appliesTo: subscribers,
    breach: ({ certificate }) => {
      const usage = certificate.extension(keyUsage);
      if (usage === undefined) return undefined;
      return when(!usage.has('digitalSignature') && !usage.has('nonRepudiation'), [...usage].join(', '));
    },
  },
  {
    id: 'key-usage-no-authority',
    severity: 'error',
    source: 'RFC 5280, section 4.2.1.3: an owner’s key signs neither certificates nor revocation lists',
    appliesTo: subscribers,
    breach: ({ certificate }) => {
      const usage = certificate.extension(keyUsage);
      const found = (['keyCertSign', 'cRLSign'] as const).filter((bit) => usage?.has(bit));
      return when(found.length > 0, found.join(', '));
    },
  },
  {
    id: 'key-usage-critical',
    severity: 'notice',
    source: 'RFC 5280, section 4.2.1.3: should be critical',
    appliesTo: everyone,
    breach: ({ certificate }) =>
      when(certificate.fields.extensions.get(keyUsage.oid)?.isCritical === false, 'not critical'),
  },
  {
    id: 'subject-no-authority',
    severity: 'error',
    source: 'RFC 5280, section 4.2.1.9',
    appliesTo: subscribers,
    breach: ({ certificate }) =>
      when(certificate.extension(basicConstraints)?.isAuthority === true, 'basicConstraints: cA'),
  },
  {
    id: 'extended-key-usage-sign-in',
    severity: 'error',
    source: 'RFC 5280, section 4.2.1.12: clientAuth, emailProtection, or nothing laid down',
    appliesTo: subscribers,
    breach: ({ certificate }) => {
      const purposes = certificate.extension(extendedKeyUsage);
      if (purposes === undefined || signInPurposes.some((purpose) => purposes.has(purpose))) return undefined;
      return [...purposes].slice(0, 5).join(', ');
    },
  },
  {
    id: 'key-period-form',
    severity: 'error',
    source: 'RFC 3280, section 4.2.1.4; both ends are given, the first before the last',
    appliesTo: everyone,
    breach: ({ certificate }) => {
      const period = certificate.extension(privateKeyUsagePeriod);
      if (period === undefined) return undefined;
      if (period.notBefore === undefined || period.notAfter === undefined) return 'one end is missing';
      return when(period.notBefore > period.notAfter, 'ends before it begins');
    },
  },
  {
    id: 'key-period-within-term',
    severity: 'warning',
    source: 'a key whose period ended before the certificate began was certified anew after its end',
    appliesTo: everyone,
    breach: ({ certificate }) => {
      const end = certificate.extension(privateKeyUsagePeriod)?.notAfter;
      return when(end !== undefined && end < certificate.notBefore, 'ends before the certificate begins');
    },
  },
  {
    id: 'key-period-shorter',
    severity: 'notice',
    source: 'RFC 3280, section 4.2.1.4: the key may stop signing before the certificate ends',
    appliesTo: everyone,
    breach: ({ certificate }) => {
      const end = certificate.extension(privateKeyUsagePeriod)?.notAfter;
      // Authorities write the two ends some minutes apart; only a difference of days means anything.
      return when(end !== undefined && end < certificate.notAfter - day, 'ends before the certificate does');
    },
  },
  {
    id: 'authority-key-identifier-present',
    severity: 'warning',
    source: 'RFC 5280, section 4.2.1.1; order 795 of the FSB',
    appliesTo: hasIssuer,
    breach: ({ certificate }) =>
      when(certificate.extension(authorityKeyIdentifier)?.keyIdentifier === undefined, 'absent'),
  },
  {
    id: 'revocation-source-named',
    severity: 'warning',
    source: 'RFC 5280, sections 4.2.1.13 and 4.2.2.1: a list or an answerer by http',
    appliesTo: hasIssuer,
    breach: ({ certificate }) => {
      const points = certificate.extension(crlDistributionPoints) ?? [];
      const places = points.flatMap(({ name }) => (name?.kind === 'full' ? name.names : []));
      const answerers = (certificate.extension(authorityInfoAccess) ?? [])
        .filter(({ method }) => method === accessMethodOids.ocsp)
        .map(({ location }) => location);
      return when(![...places, ...answerers].some(isHttp), 'neither list nor answerer');
    },
  },
];

function isHttp(name: Place): boolean {
  return name.kind === 'uri' && /^https?:/i.test(name.value);
}
