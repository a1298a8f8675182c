import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { AlgorithmPolicy } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { isFailure } from '../../src/error.ts';
import { findPath } from '../../src/path/find.ts';
import { Links } from '../../src/path/link.ts';
import { AnchorSet, CertificateSet } from '../../src/path/pool.ts';
import { genericAlgorithms, profiles } from '../../src/path/profile.ts';
import { checkTerm } from '../../src/path/requirement.ts';
import type { CaseResult, Suite } from './suite.ts';

interface Entry {
  readonly der: string;
  readonly sha256: string;
  readonly subject_cn: string;
  readonly signature_oid: string;
  readonly public_key_oid: string;
  readonly not_before: string;
  readonly not_after: string;
  readonly issuer_sha256: string | null;
  readonly self_signed: boolean;
  readonly path_sha256: readonly string[] | null;
  readonly path_at_2026_07_23: 'valid' | 'invalid' | 'indeterminate';
  readonly reason?: string | null;
}

/** Real certificates of older years are signed with GOST R 34.10-2001. */
const algorithms: AlgorithmPolicy = { ...genericAlgorithms, acceptsGost2001: true };
const at = Date.parse('2026-07-23T00:00:00Z');

interface Collection {
  readonly bySha256: ReadonlyMap<string, Certificate>;
  readonly pool: CertificateSet;
  readonly anchors: AnchorSet;
}

function collect(entries: readonly Entry[]): Collection {
  const bySha256 = new Map<string, Certificate>();
  for (const { der, sha256 } of entries) {
    try {
      bySha256.set(sha256, parseCertificate(Buffer.from(der, 'base64')));
    } catch (error) {
      if (!isFailure(error)) throw error;
    }
  }
  const roots = entries
    .filter(({ self_signed }) => self_signed)
    .flatMap(({ sha256 }) => bySha256.get(sha256) ?? []);
  return {
    bySha256,
    pool: new CertificateSet([...bySha256.values()]),
    // The collection's results hold the term of the root too; that is a matter of the profile.
    anchors: new AnchorSet(roots.map((root) => anchorOf(root))),
  };
}

/** What the fields and the signature say, as one line of text; the empty one is the expected. */
function flawIn(entry: Entry, { bySha256, anchors }: Collection): string {
  const certificate = bySha256.get(entry.sha256);
  if (certificate === undefined) return 'does not parse';
  if (certificate.sha256 !== entry.sha256) return 'fingerprint differs';
  if (certificate.fields.signatureAlgorithm.oid !== entry.signature_oid) return 'signature algorithm differs';
  if (certificate.publicKey.algorithm.oid !== entry.public_key_oid) return 'key algorithm differs';
  if (certificate.notBefore !== Date.parse(entry.not_before)) return 'notBefore differs';
  if (certificate.notAfter !== Date.parse(entry.not_after)) return 'notAfter differs';
  if (entry.issuer_sha256 === null) return '';
  const issuer = bySha256.get(entry.issuer_sha256);
  if (issuer === undefined) return `issuer ${entry.issuer_sha256} is not in the file`;
  const search = { budget: new Budget(), profile: profiles.rfc5280 };
  const flaw = new Links(search, algorithms, anchors).verdict(certificate, issuer.publicKey);
  return flaw === undefined ? '' : `${flaw.code} ${JSON.stringify(flaw.details())}`;
}

/** Result of path validation in the collection's words. */
function pathOf(entry: Entry, { bySha256, pool, anchors }: Collection): string {
  const target = bySha256.get(entry.sha256);
  if (target === undefined) return 'does not parse';
  // A root is no path of its own; what there is to say of it is its term, the signature having been verified.
  if (entry.self_signed) return checkTerm(target, at) === undefined ? 'valid' : 'invalid: term';
  const profile = { ...profiles.rfc5280, anchorTerm: 'enforced', anchorExtensions: 'enforced' } as const;
  try {
    findPath({ target, pool, anchors, at, profile, algorithms, budget: new Budget() });
    return 'valid';
  } catch (error) {
    if (!isFailure(error)) throw error;
    const result = error.code === 'chain_incomplete' ? 'indeterminate' : 'invalid';
    return `${result}: ${error.code} ${JSON.stringify(error.details)}`;
  }
}

/** Whether the result is the collection's. A term that is over is told before a missing issuer, which is as final. */
function agrees(entry: Entry, found: string): boolean {
  const [result] = found.split(':');
  if (result === entry.path_at_2026_07_23) return true;
  return entry.path_at_2026_07_23 === 'indeterminate' && found.includes('certificate_expired');
}

/** Certificates of accredited Russian authorities: encoding, fields, every signature, every path. */
export const suite: Suite = {
  name: 'russian-ca',
  recognises: (folder) => existsSync(join(folder, 'certificates.json.gz')),
  *run(folder): Iterable<CaseResult> {
    const json = gunzipSync(readFileSync(join(folder, 'certificates.json.gz'))).toString();
    const { certificates } = JSON.parse(json) as { certificates: Entry[] };
    const collection = collect(certificates);
    for (const entry of certificates) {
      const id = `${entry.sha256.slice(0, 16)} ${entry.subject_cn}`;
      const flaw = flawIn(entry, collection);
      const found = pathOf(entry, collection);
      if (flaw !== '') yield { id, outcome: 'failed', reason: flaw };
      else if (agrees(entry, found)) yield { id, outcome: 'passed' };
      else yield { id, outcome: 'failed', reason: `expected ${entry.path_at_2026_07_23}: ${found}` };
    }
  },
};
