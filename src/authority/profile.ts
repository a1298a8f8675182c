import type { KeyUsage } from '../certificate/constraints.ts';
import { keyUsageBits, purposeOids } from '../certificate/constraints.ts';
import type { Extension } from '../certificate/extension.ts';
import {
  authorityInfoAccess,
  basicConstraints,
  certificatePolicies,
  crlDistributionPoints,
  extendedKeyUsage,
  type IssuerSignTool,
  identificationKind,
  issuerSignTool,
  keyUsage,
  noCheck,
  privateKeyUsagePeriod,
  subjectKeyIdentifier,
  subjectSignTool,
} from '../certificate/writer/extension.ts';
import type { SubscriberKind } from './subscriber.ts';

/** Classes of signing tools, lowest first (RFC 9215, section 5.2). */
export const toolClasses = ['KC1', 'KC2', 'KC3', 'KB1', 'KB2', 'KA1'] as const;

export type ToolClass = (typeof toolClasses)[number];

/** Policies of a class: a certificate lists every class from the lowest up to its own. */
export function policiesOf(toolClass: ToolClass): string[] {
  return toolClasses
    .slice(0, toolClasses.indexOf(toolClass) + 1)
    .map((_, index) => `1.2.643.100.113.${index + 1}`);
}

/** What a certificate is made for. */
export type Purpose = SubscriberKind | 'authority' | 'ocsp-responder' | 'time-stamp';

/**
 * The contents of a certificate's extensions, before they are encoded. `false` leaves an extension out. The
 * authority fills everything in as a qualified certificate has it; tests depart from that field by field.
 */
export interface Profile {
  readonly isAuthority: boolean;
  /** Authorities only: how many may follow; `false` does not limit. */
  readonly pathLength: number | false;
  readonly keyUsage: readonly KeyUsage[] | false;
  readonly extendedKeyUsage: readonly string[] | false;
  /** Time-stamp authorities have to mark it critical (RFC 3161, section 2.3). */
  readonly isExtendedKeyUsageCritical: boolean;
  readonly policies: readonly string[] | false;
  readonly subjectSignTool: string | false;
  readonly issuerSignTool: IssuerSignTool | false;
  readonly identificationKind: number | false;
  /** ms since the epoch. */
  readonly privateKeyPeriod: { readonly notBefore: number; readonly notAfter: number } | false;
  readonly crlUrls: readonly string[] | false;
  readonly ocspUrls: readonly string[] | false;
  readonly authorityUrls: readonly string[] | false;
  /** An OCSP responder that is believed without a look at its own revocation. */
  readonly isUnchecked: boolean;
}

/** Departures from the profile of a purpose. */
export type ProfileOverrides = Partial<Profile>;

const clientPurposes = [purposeOids.clientAuth, purposeOids.emailProtection];
const signingUsage: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
];

const plain: Profile = {
  isAuthority: false,
  pathLength: false,
  keyUsage: signingUsage,
  extendedKeyUsage: clientPurposes,
  isExtendedKeyUsageCritical: false,
  policies: false,
  subjectSignTool: false,
  issuerSignTool: false,
  identificationKind: false,
  privateKeyPeriod: false,
  crlUrls: false,
  ocspUrls: false,
  authorityUrls: false,
  isUnchecked: false,
};

/** Where purposes differ; the rest of a profile comes from the authority that issues. */
export const purposeProfiles: Readonly<Record<Purpose, ProfileOverrides>> = {
  'legal-entity': { keyUsage: [...signingUsage, 'keyAgreement'] },
  employee: { keyUsage: [...signingUsage, 'keyAgreement'] },
  seal: { keyUsage: [...signingUsage, 'keyAgreement'] },
  entrepreneur: {},
  'natural-person': {},
  authority: {
    isAuthority: true,
    keyUsage: ['digitalSignature', 'keyCertSign', 'cRLSign'],
    extendedKeyUsage: false,
  },
  'ocsp-responder': {
    keyUsage: ['digitalSignature', 'nonRepudiation'],
    extendedKeyUsage: [purposeOids.ocspSigning],
    isUnchecked: true,
  },
  'time-stamp': {
    keyUsage: ['digitalSignature', 'nonRepudiation'],
    extendedKeyUsage: [purposeOids.timeStamping],
    isExtendedKeyUsageCritical: true,
  },
};

/** A whole profile: later parts win over earlier ones. */
export function combineProfiles(...parts: readonly ProfileOverrides[]): Profile {
  return Object.assign({}, plain, ...parts);
}

/** The extensions of a profile, in the order in which real certificates bring them. */
export function extensionsOf(
  profile: Profile,
  publicKey: Uint8Array,
  authorityKey: Extension | undefined,
): Extension[] {
  const found: (Extension | false | undefined)[] = [
    profile.keyUsage && keyUsage(profile.keyUsage.map((usage) => keyUsageBits.indexOf(usage))),
    profile.extendedKeyUsage &&
      extendedKeyUsage(profile.extendedKeyUsage, profile.isExtendedKeyUsageCritical),
    profile.isAuthority &&
      basicConstraints(true, profile.pathLength === false ? undefined : profile.pathLength),
    profile.policies && certificatePolicies(profile.policies),
    profile.subjectSignTool !== false && subjectSignTool(profile.subjectSignTool),
    profile.issuerSignTool && issuerSignTool(profile.issuerSignTool),
    profile.identificationKind !== false && identificationKind(profile.identificationKind),
    profile.privateKeyPeriod &&
      privateKeyUsagePeriod(profile.privateKeyPeriod.notBefore, profile.privateKeyPeriod.notAfter),
    subjectKeyIdentifier(publicKey),
    authorityKey,
    profile.crlUrls && crlDistributionPoints(profile.crlUrls),
    (profile.ocspUrls || profile.authorityUrls) &&
      authorityInfoAccess(profile.ocspUrls || [], profile.authorityUrls || []),
    profile.isUnchecked && noCheck(),
  ];
  return found.filter((extension) => extension !== false && extension !== undefined);
}

/** What a certificate lacks that is not a qualified one. */
export const unqualifiedProfile = {
  policies: false,
  subjectSignTool: false,
  issuerSignTool: false,
  identificationKind: false,
} as const satisfies ProfileOverrides;
