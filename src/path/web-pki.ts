import { publicKeyOf } from '../algorithm/public-key.ts';
import { compareOctets } from '../asn1/writer.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { basicConstraints, extendedKeyUsage, keyUsage, purposeOids } from '../certificate/constraints.ts';
import {
  authorityInfoAccess,
  crlDistributionPoints,
  freshestCrl,
} from '../certificate/distribution-point.ts';
import type { ExtensionType } from '../certificate/extension.ts';
import { issuerAltName, subjectAltName } from '../certificate/general-name.ts';
import { authorityKeyIdentifier, subjectKeyIdentifier } from '../certificate/key-identifier.ts';
import { attributeOids } from '../certificate/name.ts';
import { nameConstraints } from '../certificate/name-constraints.ts';
import {
  certificatePolicies,
  inhibitAnyPolicy,
  policyConstraints,
  policyMappings,
} from '../certificate/policy.ts';
import { comparableBase, isWellFormed } from './name-form.ts';
import { addressText, isServerName } from './peer-name.ts';
import type { CertificateRule, Role } from './rule.ts';
import { holdsUnderOwnKey } from './self-signed.ts';

const everywhere: readonly Role[] = ['anchor', 'authority', 'target'];
const authorities: readonly Role[] = ['anchor', 'authority'];
const belowAnchor: readonly Role[] = ['authority', 'target'];

/** Longest serial number in octets (RFC 5280, section 4.1.2.2). */
const longestSerial = 20;

const readExtensions: readonly ExtensionType<unknown>[] = [
  authorityInfoAccess,
  crlDistributionPoints,
  freshestCrl,
  subjectAltName,
  issuerAltName,
  certificatePolicies,
  policyMappings,
];

/**
 * What RFC 5280 asks of certificates beyond path validation and the CA/Browser Forum's Baseline Requirements (BR,
 * version 2.1) of those for TLS servers, as far as one certificate shows it. Known omissions: the public suffix
 * list (only top-level domains are refused under a wildcard), terms, and what is in certificate policies.
 */
export const webPkiRules: readonly CertificateRule[] = [
  {
    id: 'version-3',
    source: 'BR 7.1.1',
    roles: everywhere,
    holds: ({ fields }) => fields.version === 3,
  },
  {
    id: 'strict-encoding',
    source: 'RFC 5280, sections 4.1 and 4.1.2.5',
    roles: belowAnchor,
    holds: ({ fields }) => fields.quirks.size === 0,
  },
  {
    id: 'serial-number',
    source: 'RFC 5280, section 4.1.2.2',
    roles: belowAnchor,
    holds({ fields: { serialNumber } }) {
      const isPositive = serialNumber[0]! < 0x80 && serialNumber.some((octet) => octet !== 0);
      const isPadded = serialNumber[0] === 0;
      return isPositive && serialNumber.length - (isPadded ? 1 : 0) <= longestSerial;
    },
  },
  {
    id: 'issuer-empty',
    source: 'RFC 5280, section 4.1.2.4',
    roles: everywhere,
    holds: ({ issuer }) => !issuer.isEmpty,
  },
  {
    id: 'subject-empty',
    source: 'RFC 5280, section 4.1.2.6',
    roles: authorities,
    holds: ({ subject }) => !subject.isEmpty,
  },
  {
    id: 'extensions-readable',
    source: 'RFC 5280, section 4.2; BR 7.1.2',
    roles: belowAnchor,
    holds(certificate) {
      for (const type of readExtensions) certificate.extension(type);
      return true;
    },
  },
  {
    id: 'key-size',
    source: 'BR 6.1.5',
    roles: everywhere,
    holds: hasAllowedKey,
  },
  {
    id: 'basic-constraints',
    source: 'RFC 5280, section 4.2.1.9',
    roles: authorities,
    holds: (certificate) =>
      certificate.extension(basicConstraints)?.isAuthority === true &&
      isCritical(certificate, basicConstraints),
  },
  {
    id: 'path-length-of-no-authority',
    source: 'RFC 5280, section 4.2.1.9',
    roles: ['target'],
    holds: (certificate) => certificate.extension(basicConstraints)?.pathLength === undefined,
  },
  {
    id: 'key-usage',
    source: 'RFC 5280, section 4.2.1.3',
    roles: authorities,
    holds: (certificate) => certificate.extension(keyUsage)?.has('keyCertSign') === true,
  },
  {
    id: 'key-usage-of-no-authority',
    source: 'RFC 5280, section 4.2.1.3; BR 7.1.2.7.11',
    roles: ['target'],
    holds(certificate) {
      const usage = certificate.extension(keyUsage);
      return usage === undefined || (usage.size > 0 && !usage.has('keyCertSign'));
    },
  },
  {
    id: 'subject-key-identifier',
    source: 'RFC 5280, section 4.2.1.2',
    roles: authorities,
    holds: (certificate) =>
      certificate.extension(subjectKeyIdentifier) !== undefined &&
      !isCritical(certificate, subjectKeyIdentifier),
  },
  {
    id: 'authority-key-identifier',
    source: 'RFC 5280, section 4.2.1.1',
    roles: everywhere,
    holds: (certificate, role) => hasAuthorityKeyIdentifier(certificate, role),
  },
  {
    id: 'root-authority-key-identifier',
    source: 'BR 7.1.2.1.3',
    roles: ['anchor'],
    holds: pointsAtItself,
  },
  {
    id: 'root-extended-key-usage',
    source: 'BR 7.1.2.1.2',
    roles: ['anchor'],
    holds: (certificate) => certificate.extension(extendedKeyUsage) === undefined,
  },
  {
    id: 'extended-key-usage',
    source: 'BR 7.1.2.7.6 and 7.1.2.7.10',
    roles: ['target'],
    holds: (certificate) =>
      certificate.extension(extendedKeyUsage)?.has(purposeOids.any) !== true &&
      !isCritical(certificate, extendedKeyUsage),
  },
  {
    id: 'name-constraints-of-no-authority',
    source: 'RFC 5280, section 4.2.1.10',
    roles: ['target'],
    holds: (certificate) => !certificate.fields.extensions.has(nameConstraints.oid),
  },
  {
    id: 'name-constraints-form',
    source: 'RFC 5280, section 4.2.1.10; BR 7.1.2.5.2',
    roles: authorities,
    holds(certificate) {
      const { permitted = [], excluded = [] } = certificate.extension(nameConstraints) ?? {};
      return [...permitted, ...excluded].every(
        ({ base, minimum, maximum }) =>
          minimum === 0 && maximum === undefined && isWellFormed(comparableBase(base)),
      );
    },
  },
  {
    id: 'policy-constraints-critical',
    source: 'RFC 5280, sections 4.2.1.11 and 4.2.1.14',
    roles: everywhere,
    holds: (certificate) =>
      [policyConstraints, inhibitAnyPolicy].every(
        ({ oid }) => certificate.fields.extensions.get(oid)?.isCritical !== false,
      ),
  },
  {
    id: 'alternative-name',
    source: 'RFC 5280, section 4.2.1.6; BR 7.1.2.7.12',
    roles: ['target'],
    holds: (certificate) =>
      certificate.extension(subjectAltName) !== undefined &&
      isCritical(certificate, subjectAltName) === certificate.subject.isEmpty,
  },
  {
    id: 'alternative-name-syntax',
    source: 'RFC 5280, section 4.2.1.6; BR 7.1.2.7.12',
    roles: ['target'],
    holds: (certificate) => (certificate.extension(subjectAltName) ?? []).every(isServerName),
  },
  {
    id: 'common-name',
    source: 'BR 7.1.4.3',
    roles: ['target'],
    holds: repeatsAlternativeName,
  },
];

function isCritical(certificate: Certificate, { oid }: { readonly oid: string }): boolean {
  return certificate.fields.extensions.get(oid)?.isCritical === true;
}

function hasAllowedKey(certificate: Certificate): boolean {
  const key = publicKeyOf(certificate.publicKey);
  if (key.family === 'rsa') return key.bits >= 2048 && key.bits % 8 === 0;
  return key.family === 'ec';
}

function hasAuthorityKeyIdentifier(certificate: Certificate, role: Role): boolean {
  if (isCritical(certificate, authorityKeyIdentifier)) return false;
  if (certificate.extension(authorityKeyIdentifier)?.keyIdentifier !== undefined) return true;
  return role === 'anchor' && signsItself(certificate);
}

const ownSignatures = new WeakMap<Certificate, boolean>();

/** `holdsUnderOwnKey`, found out once for each anchor. */
function signsItself(certificate: Certificate): boolean {
  let known = ownSignatures.get(certificate);
  if (known === undefined) {
    known = holdsUnderOwnKey(certificate);
    ownSignatures.set(certificate, known);
  }
  return known;
}

function pointsAtItself(certificate: Certificate): boolean {
  const pointer = certificate.extension(authorityKeyIdentifier);
  if (pointer === undefined || !certificate.isSelfIssued) return true;
  const own = certificate.extension(subjectKeyIdentifier);
  if (pointer.issuer !== undefined || pointer.serialNumber !== undefined) return false;
  if (pointer.keyIdentifier === undefined || own === undefined) return false;
  return compareOctets(pointer.keyIdentifier, own) === 0;
}

/** A common name, where there is one, is a copy of one of the alternative names, character by character. */
function repeatsAlternativeName(certificate: Certificate): boolean {
  const commonNames = certificate.subject.all(attributeOids.commonName);
  if (commonNames.length === 0) return true;
  const names = (certificate.extension(subjectAltName) ?? []).map((name) => {
    if (name.kind === 'ip') return addressText(name.value);
    return typeof name.value === 'string' ? name.value : undefined;
  });
  const [commonName] = commonNames;
  return commonNames.length === 1 && commonName?.text !== undefined && names.includes(commonName.text);
}
