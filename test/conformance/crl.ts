import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AlgorithmPolicy, currentAlgorithms } from '../../src/algorithm/policy.ts';
import { EncodingError } from '../../src/asn1/error.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { isFailure } from '../../src/error.ts';
import { parseCertificateList } from '../../src/revocation/crl/list.ts';
import type { Freshness } from '../../src/revocation/freshness.ts';
import { answerOfLists } from '../revocation/judge.ts';
import { readManifest } from './manifest.ts';
import type { CaseResult, Suite } from './suite.ts';

interface Case {
  readonly id: string;
  readonly crl: string;
  readonly certificate: string;
  readonly issuer: string;
  readonly issuer_of_issuer?: string;
  readonly at: string;
  readonly max_age_seconds: number;
  readonly expected: { readonly status: 'good' | 'revoked' | 'unknown' };
}

/** The source's certificates are of 2017 and later; some of its keys have 1024 bits. */
const algorithms: AlgorithmPolicy = {
  ...currentAlgorithms,
  digests: new Set([...currentAlgorithms.digests, 'sha1']),
  minimumRsaBits: 1024,
};

/** Where we come to another result than the source, and why. */
const differences: Readonly<Record<string, { readonly status: string; readonly reason: string }>> = {
  'boringssl-bad_crldp_has_crlissuer': {
    status: 'good',
    reason:
      'The distribution point names another issuer of lists, which the source does not support. RFC 5280, section ' +
      '6.3.3, goes on to lists of the certificate’s own issuer, and this full list is one.',
  },
  'boringssl-bad_idp_indirectcrl': {
    status: 'good',
    reason:
      'The source does not support indirect lists. This one is issued by the certificate’s own issuer and names no ' +
      'other, so that RFC 5280, section 6.3.3, makes it a list like any other.',
  },
};

function freshnessOf(test: Case): Freshness {
  const maximumAge = test.max_age_seconds * 1000;
  return { tolerance: 0, maximumAge, withoutNextUpdate: maximumAge, grace: 0 };
}

function judge(folder: string, test: Case): { readonly status: string; readonly why: string } {
  const load = (file: string) => new Uint8Array(readFileSync(join(folder, file)));
  try {
    const above = [test.issuer, ...(test.issuer_of_issuer === undefined ? [] : [test.issuer_of_issuer])];
    const authorities = above.map((file) => parseCertificate(load(file)));
    const answer = answerOfLists({
      certificate: parseCertificate(load(test.certificate)),
      authorities: authorities.map((certificate) => ({
        name: certificate.subject,
        publicKey: certificate.publicKey,
        certificate,
      })),
      candidates: [],
      lists: [parseCertificateList(load(test.crl))],
      at: Date.parse(test.at),
      algorithms,
      freshness: freshnessOf(test),
      isIssuerValid: false,
    });
    if (answer.status !== 'undetermined') return { status: answer.status, why: '' };
    return { status: 'unknown', why: JSON.stringify(answer.problems) };
  } catch (error) {
    if (!(error instanceof EncodingError) && !isFailure(error)) throw error;
    return { status: 'unknown', why: error.message };
  }
}

function check(folder: string, test: Case): CaseResult {
  const { status, why } = judge(folder, test);
  const difference = differences[test.id];
  const expected = difference?.status ?? test.expected.status;
  if (status !== expected) {
    return { id: test.id, outcome: 'failed', reason: `${status} in place of ${expected} ${why}` };
  }
  return difference === undefined
    ? { id: test.id, outcome: 'passed' }
    : { id: test.id, outcome: 'skipped', reason: `judged otherwise on purpose: ${difference.reason}` };
}

/** Lists of BoringSSL. */
export const suite: Suite = {
  name: 'crl',
  recognises(folder) {
    const first = readManifest<{ tests?: readonly Partial<Case>[] }>(folder)?.tests?.[0];
    return first?.crl !== undefined && first.certificate !== undefined && first.expected !== undefined;
  },
  *run(folder) {
    for (const test of readManifest<{ tests: readonly Case[] }>(folder)?.tests ?? [])
      yield check(folder, test);
  },
};
