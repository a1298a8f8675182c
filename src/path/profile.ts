import { type AlgorithmPolicy, currentAlgorithms } from '../algorithm/policy.ts';
import { longestRsa } from '../algorithm/public-key.ts';
import { declareOids } from '../asn1/oid.ts';
import {
  basicConstraints,
  extendedKeyUsage,
  type KeyUsage,
  keyUsage,
  purposeOids,
} from '../certificate/constraints.ts';
import { crlDistributionPoints } from '../certificate/distribution-point.ts';
import { subjectAltName } from '../certificate/general-name.ts';
import { nameConstraints } from '../certificate/name-constraints.ts';
import {
  certificatePolicies,
  inhibitAnyPolicy,
  policyConstraints,
  policyMappings,
} from '../certificate/policy.ts';
import { privateKeyUsagePeriod } from '../certificate/private-key-usage-period.ts';
import type { CertificateRule } from './rule.ts';
import { webPkiRules } from './web-pki.ts';

/** The rules in which validations differ; what is not here is the same for all (RFC 5280, section 6.1). */
export interface Profile {
  readonly name: string;
  /** Accepted where the caller names no algorithms of its own. */
  readonly algorithms: AlgorithmPolicy;
  /** Whether the term of the anchor's certificate counts; in RFC 5280 it does not. */
  readonly anchorTerm: 'enforced' | 'ignored';
  /** Whether the extensions of an anchor bind where the anchor does not say. */
  readonly anchorExtensions: 'enforced' | 'ignored';
  /** One of these has to be allowed all along the path, where an extended key usage is stated; an empty list asks for none. */
  readonly purposes: readonly string[];
  /** `explicit`: the target has to state the purpose itself, as of a time-stamp authority (RFC 3161, section 2.3). */
  readonly targetPurpose: 'optional' | 'explicit';
  /** One of these has to be among the usages of the target, which then has to state them; empty asks for none. */
  readonly targetKeyUsage: readonly KeyUsage[];
  /** Whether a certificate that may issue others is accepted as the target. */
  readonly acceptsAuthorityAsTarget: boolean;
  /** Term of the private key: the signer's at the time of the check, an authority's when it issued. */
  readonly privateKeyPeriod: 'enforced' | 'ignored';
  /** Extensions that are processed here or by a later stage and so may be critical. */
  readonly knownExtensions: ReadonlySet<string>;
  /** Rules on single certificates beyond RFC 5280, section 6.1. */
  readonly rules: readonly CertificateRule[];
}

/** Extensions of RFC 5280 that path validation or revocation processes. */
const processed = [
  basicConstraints,
  keyUsage,
  extendedKeyUsage,
  subjectAltName,
  nameConstraints,
  certificatePolicies,
  policyMappings,
  policyConstraints,
  inhibitAnyPolicy,
  crlDistributionPoints,
].map((type) => type.oid);

/** RFC 9215, section 5: critical in three certificates of the accredited authorities. */
const signToolOids = declareOids({
  subjectSignTool: '1.2.643.100.111',
  issuerSignTool: '1.2.643.100.112',
  identificationKind: '1.2.643.100.114',
});

/** For generic validation: as for logins, longer RSA keys, and DSA, which RFC 5280 and its test suite know. */
export const genericAlgorithms: AlgorithmPolicy = {
  ...currentAlgorithms,
  maximumRsaBits: longestRsa,
  acceptsDsa: true,
};

/** BR 7.1.3: SHA-2 with RSA and ECDSA. */
const webPkiAlgorithms: AlgorithmPolicy = {
  ...currentAlgorithms,
  digests: new Set(['sha256', 'sha384', 'sha512']),
};

/** Every difference between the profiles, side by side. */
export const profiles = {
  /** For logins. */
  'qualified-gost': {
    name: 'qualified-gost',
    algorithms: currentAlgorithms,
    anchorTerm: 'enforced',
    anchorExtensions: 'enforced',
    purposes: [purposeOids.clientAuth, purposeOids.emailProtection],
    targetPurpose: 'optional',
    targetKeyUsage: ['digitalSignature', 'nonRepudiation'],
    acceptsAuthorityAsTarget: false,
    privateKeyPeriod: 'enforced',
    knownExtensions: new Set([...processed, ...Object.values(signToolOids), privateKeyUsagePeriod.oid]),
    rules: [],
  },
  /** For the validation of any certificate: RFC 5280, section 6.1, and nothing else. */
  rfc5280: {
    name: 'rfc5280',
    algorithms: genericAlgorithms,
    anchorTerm: 'ignored',
    anchorExtensions: 'ignored',
    purposes: [],
    targetPurpose: 'optional',
    targetKeyUsage: [],
    acceptsAuthorityAsTarget: true,
    privateKeyPeriod: 'ignored',
    knownExtensions: new Set([...processed, ...Object.values(signToolOids)]),
    rules: [],
  },
  /** For certificates of TLS servers and their clients; what the x509-limbo suite asks for. */
  'web-pki': {
    name: 'web-pki',
    algorithms: webPkiAlgorithms,
    anchorTerm: 'enforced',
    anchorExtensions: 'enforced',
    purposes: [purposeOids.serverAuth],
    targetPurpose: 'optional',
    targetKeyUsage: [],
    acceptsAuthorityAsTarget: false,
    privateKeyPeriod: 'ignored',
    knownExtensions: new Set(processed),
    rules: webPkiRules,
  },
} as const satisfies Record<string, Profile>;

/** Name of a profile, as the command line and the API have it. */
export type ProfileName = keyof typeof profiles;

/** The names of all profiles. */
export const profileNames = Object.keys(profiles) as readonly ProfileName[];
