import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { EncodingError } from '../../src/asn1/error.ts';
import { Budget } from '../../src/budget/budget.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { basicConstraints, extendedKeyUsage, purposeOids } from '../../src/certificate/constraints.ts';
import { authorityKeyIdentifier } from '../../src/certificate/key-identifier.ts';
import { nameConstraints } from '../../src/certificate/name-constraints.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { isFailure } from '../../src/error.ts';
import { findPath } from '../../src/path/find.ts';
import type { PeerName } from '../../src/path/peer-name.ts';
import { type Profile, profiles } from '../../src/path/profile.ts';
import type { CertificateRule } from '../../src/path/rule.ts';
import type { ValidPath } from '../../src/path/validation.ts';
import { crlNumber } from '../../src/revocation/crl/extension.ts';
import { type CertificateList, parseCertificateList } from '../../src/revocation/crl/list.ts';
import { strictFreshness } from '../../src/revocation/freshness.ts';
import { crlStatusOfPath } from '../revocation/path-status.ts';
import type { CaseResult, Suite } from './suite.ts';

interface Peer {
  readonly kind: 'DNS' | 'IP' | 'RFC822';
  readonly value: string;
}

interface Case {
  readonly id: string;
  readonly features: readonly string[] | null;
  readonly validation_kind: 'SERVER' | 'CLIENT';
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly validation_time: string | null;
  readonly extended_key_usage: readonly string[];
  readonly expected_result: 'SUCCESS' | 'FAILURE';
  readonly expected_peer_name: Peer | null;
  readonly expected_peer_names: readonly Peer[] | null;
  readonly max_chain_depth: number | null;
  readonly crls?: readonly string[];
}

const purposes = new Map<string, string>([
  ['anyExtendedKeyUsage', purposeOids.any],
  ['OCSPSigning', purposeOids.ocspSigning],
  ...Object.entries(purposeOids),
]);

function derOf(pem: string): Uint8Array {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
}

function octetsOfAddress(text: string): Uint8Array {
  if (isIP(text) === 4) return Uint8Array.from(text.split('.').map(Number));
  const [head = '', tail] = text.split('::');
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [
    ...groups(head),
    ...Array<string>(tail === undefined ? 0 : missing).fill('0'),
    ...groups(tail),
  ];
  return Uint8Array.from(
    all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]),
  );
}

function peerOf({ kind, value }: Peer): PeerName {
  if (kind === 'IP') return { kind: 'ip', value: octetsOfAddress(value) };
  return { kind: kind === 'DNS' ? 'dns' : 'email', value };
}

/** Namespaces that are about the Baseline Requirements; the others are about RFC 5280 and what it leaves open. */
const isBaseline = ({ id }: Case) => /^(webpki|online)::/.test(id);

/** RFC 5280, section 4.2.1.10, of authorities that issue; the Baseline Requirements leave it open (`webpki::nc` has the twin). */
const constraintsAreCritical: CertificateRule = {
  id: 'name-constraints-form',
  source: 'RFC 5280, section 4.2.1.10',
  roles: ['anchor', 'authority'],
  holds: ({ fields }) => fields.extensions.get(nameConstraints.oid)?.isCritical !== false,
};

/** What RFC 5280 asks of whoever issues certificates, and not of whoever validates them: the suite has both. */
const issuanceRules: ReadonlySet<string> = new Set(['key-usage', 'common-name']);

/**
 * The profile of a case’s namespace. The rule on common names (BR 7.1.4.3), which valid cases of every other part break,
 * holds for `webpki::cn` only.
 */
function profileOf(test: Case): Profile {
  const { rules } = profiles['web-pki'];
  if (isBaseline(test)) {
    const own = test.id.startsWith('webpki::cn::') ? rules : rules.filter(({ id }) => id !== 'common-name');
    return { ...profiles['web-pki'], rules: own };
  }
  return {
    ...profiles['web-pki'],
    acceptsAuthorityAsTarget: true,
    rules: [
      ...rules
        .filter(({ id, source }) => source.includes('RFC 5280') && !issuanceRules.has(id))
        .map(sparingAuthorities),
      constraintsAreCritical,
    ],
  };
}

/** Rules on whoever is no authority do not bind an authority that stands at the end of a path, where RFC 5280 lets it. */
function sparingAuthorities(rule: CertificateRule): CertificateRule {
  if (!rule.id.endsWith('-of-no-authority')) return rule;
  return {
    ...rule,
    holds: (certificate, role, issuer) =>
      certificate.extension(basicConstraints)?.isAuthority === true || rule.holds(certificate, role, issuer),
  };
}

/** BR 7.1.2.7.6: a server’s certificate has to state its purpose; RFC 5280 lets it be silent, which is the twin. */
function statesPurpose({ certificates: [target] }: ValidPath, purposes: readonly string[]): boolean {
  const stated = target.extension(extendedKeyUsage);
  return purposes.every((purpose) => stated?.has(purpose) === true);
}

/** The suite counts authorities on the path that are not self-issued, as path lengths do (RFC 5280, section 6.1.4). */
function isWithinDepth({ certificates }: ValidPath, { max_chain_depth: most }: Case): boolean {
  return most === null || certificates.slice(1).filter(({ isSelfIssued }) => !isSelfIssued).length <= most;
}

/** BR 7.2.2: lists carry a number and the identifier of the key that signed them, neither of them critical. */
function keepsListRules({ fields }: CertificateList): boolean {
  const required = [crlNumber.oid, authorityKeyIdentifier.oid];
  return required.every((oid) => fields.extensions.get(oid)?.isCritical === false);
}

/** Why the status of the path stays open or is bad by the lists of a case; cases without lists ask nothing. */
function revocationFlaw(path: ValidPath, pems: readonly string[]): string | undefined {
  if (pems.length === 0) return undefined;
  const answers = crlStatusOfPath({
    path,
    lists: pems.map((pem) => parseCertificateList(derOf(pem))).filter(keepsListRules),
    candidates: [],
    validateIssuer: () => undefined,
    algorithms: profiles['web-pki'].algorithms,
    freshness: strictFreshness,
    budget: new Budget(),
  });
  const bad = answers.find(({ status }) => status !== 'good');
  return bad === undefined ? undefined : `revocation: ${JSON.stringify(bad.status)}`;
}

function judge(test: Case): string {
  const load = (pem: string) => parseCertificate(derOf(pem));
  const asked = test.extended_key_usage.map((name) => purposes.get(name) ?? name);
  const isServer = test.validation_kind === 'SERVER';
  const usual = isServer ? purposeOids.serverAuth : purposeOids.clientAuth;
  const needed = asked.length > 0 ? asked : [usual];
  try {
    const path = findPath({
      target: load(test.peer_certificate),
      pool: test.untrusted_intermediates.map(load),
      anchors: test.trusted_certs.map((pem) => anchorOf(load(pem))),
      at: test.validation_time === null ? Date.now() : Date.parse(test.validation_time),
      profile: profileOf(test),
      purposes: needed,
      peers: [
        ...(test.expected_peer_name ? [test.expected_peer_name] : []),
        ...(test.expected_peer_names ?? []),
      ].map(peerOf),
      budget: new Budget(),
    });
    if (!isWithinDepth(path, test)) return 'longer than the case allows';
    if (isServer && isBaseline(test) && !statesPurpose(path, needed)) return 'the purpose is not stated';
    return revocationFlaw(path, test.crls ?? []) ?? `a path of ${path.certificates.length}`;
  } catch (error) {
    if (error instanceof EncodingError) return `a list breaks its encoding: ${error.rule}`;
    if (!isFailure(error)) throw error;
    return `${error.code} ${JSON.stringify(error.details)}`;
  }
}

/** Where we come to another result than the suite, on purpose. */
const exceptions: readonly { readonly feature: string; readonly reason: string }[] = [
  {
    feature: 'pedantic-public-suffix-wildcard',
    reason:
      'A wildcard below a suffix of more than one label is told only by the Public Suffix List, which is not held ' +
      'here: Sealgate verifies signatures of people and organisations, and no names of servers.',
  },
];

/** x509-limbo with its lists, under the profile for TLS servers and clients. */
export const suite: Suite = {
  name: 'x509-limbo',
  recognises: (folder) => existsSync(join(folder, 'limbo.json.gz')) || existsSync(join(folder, 'limbo.json')),
  *run(folder): Iterable<CaseResult> {
    const packed = join(folder, 'limbo.json.gz');
    const json = existsSync(packed)
      ? gunzipSync(readFileSync(packed))
      : readFileSync(join(folder, 'limbo.json'));
    const { testcases } = JSON.parse(json.toString()) as { testcases: Case[] };
    for (const test of testcases) {
      const found = judge(test);
      const isRight = found.startsWith('a path') === (test.expected_result === 'SUCCESS');
      const exception = exceptions.find(({ feature }) => test.features?.includes(feature));
      if (isRight) yield { id: test.id, outcome: 'passed' };
      else if (exception !== undefined) yield { id: test.id, outcome: 'skipped', reason: exception.reason };
      else yield { id: test.id, outcome: 'failed', reason: `expected ${test.expected_result}: ${found}` };
    }
  },
};
