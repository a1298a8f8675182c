import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { EncodingError } from '../../src/asn1/error.ts';
import { Budget } from '../../src/budget/budget.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { purposeOids } from '../../src/certificate/constraints.ts';
import { authorityKeyIdentifier } from '../../src/certificate/key-identifier.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { isFailure } from '../../src/error.ts';
import { findPath } from '../../src/path/find.ts';
import type { PeerName } from '../../src/path/peer-name.ts';
import { type Profile, profiles } from '../../src/path/profile.ts';
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

/**
 * The profile, with two rules bent to the suite's own lines: a case that names the purposes itself wants the
 * certificate to state them; and the rule on common names (BR 7.1.4.3), which valid cases of every other
 * namespace break, holds for `webpki::cn` only.
 */
function profileOf(test: Case): Profile {
  const isExplicit = test.extended_key_usage.length > 0 && test.validation_kind === 'SERVER';
  const { rules } = profiles['web-pki'];
  return {
    ...profiles['web-pki'],
    targetPurpose: isExplicit ? 'explicit' : 'optional',
    rules: test.id.startsWith('webpki::cn::') ? rules : rules.filter(({ id }) => id !== 'common-name'),
  };
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
  const usual = test.validation_kind === 'SERVER' ? purposeOids.serverAuth : purposeOids.clientAuth;
  try {
    const path = findPath({
      target: load(test.peer_certificate),
      pool: test.untrusted_intermediates.map(load),
      anchors: test.trusted_certs.map((pem) => anchorOf(load(pem))),
      at: test.validation_time === null ? Date.now() : Date.parse(test.validation_time),
      profile: profileOf(test),
      purposes: asked.length > 0 ? asked : [usual],
      peers: [
        ...(test.expected_peer_name ? [test.expected_peer_name] : []),
        ...(test.expected_peer_names ?? []),
      ].map(peerOf),
      budget: new Budget(test.max_chain_depth === null ? {} : { depth: test.max_chain_depth }),
    });
    return revocationFlaw(path, test.crls ?? []) ?? `a path of ${path.certificates.length}`;
  } catch (error) {
    if (error instanceof EncodingError) return `a list breaks its encoding: ${error.rule}`;
    if (!isFailure(error)) throw error;
    return `${error.code} ${JSON.stringify(error.details)}`;
  }
}

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
      if (isRight) yield { id: test.id, outcome: 'passed' };
      else yield { id: test.id, outcome: 'failed', reason: `expected ${test.expected_result}: ${found}` };
    }
  },
};
