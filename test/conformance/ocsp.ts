import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AlgorithmPolicy, currentAlgorithms } from '../../src/algorithm/policy.ts';
import { EncodingError } from '../../src/asn1/error.ts';
import { Budget } from '../../src/budget/budget.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { isFailure } from '../../src/error.ts';
import { findPath } from '../../src/path/find.ts';
import { profiles } from '../../src/path/profile.ts';
import type { IdIssuer } from '../../src/revocation/ocsp/certificate-id.ts';
import { parseOcspResponse } from '../../src/revocation/ocsp/response.ts';
import { verdictOfAnswer } from '../revocation/judge.ts';
import { readManifest } from './manifest.ts';
import type { CaseResult, Suite } from './suite.ts';

/** One response about one certificate. */
interface SingleCase {
  readonly id: string;
  readonly kind?: undefined;
  readonly response: string;
  readonly certificate: string;
  readonly issuer: string;
  readonly at: string;
  readonly max_age_seconds: number;
  readonly expected: { readonly status: 'good' | 'revoked' | 'unknown' };
}

/** A path with the responses for its certificates, in the order of the path. */
interface PathCase {
  readonly id: string;
  readonly kind: 'path';
  readonly end_entity: string;
  readonly intermediates: readonly string[];
  readonly trust_anchor: string;
  readonly responses: readonly string[];
  readonly at: string;
  readonly expected: { readonly path: 'valid' | 'invalid' };
}

type Case = SingleCase | PathCase;

interface Verdict {
  readonly status: string;
  readonly why: string;
}

/** The responses are of 2012 and 2017; some are signed with SHA-1. */
const algorithms: AlgorithmPolicy = {
  ...currentAlgorithms,
  digests: new Set([...currentAlgorithms.digests, 'sha1']),
  minimumRsaBits: 1024,
};

/** Where we come to another result than the source, and why. */
const differences: Readonly<Record<string, { readonly status: string; readonly reason: string }>> = {
  'boringssl-good_response_invalid_serial': {
    status: 'unknown',
    reason:
      'The serial number in the certificate is padded, which is no DER; such a certificate is refused unread.',
  },
};

const incomplete =
  'the case brings no response for the certificates above the end entity, which its own note asks for and its ' +
  'expectation passes over; the response for the end entity is found good';

function judgeResponse(
  der: Uint8Array,
  certificate: Certificate,
  issuer: IdIssuer & { readonly certificate?: Certificate | undefined },
  at: number,
  maximumAge: number,
): Verdict {
  try {
    const response = parseOcspResponse(der);
    if (response.kind === 'refusal') return { status: 'unknown', why: response.refusal };
    const verdict = verdictOfAnswer({
      certificate,
      issuer,
      candidates: [],
      answer: response.answer,
      at,
      algorithms,
      freshness: { tolerance: 0, maximumAge, withoutNextUpdate: maximumAge, grace: 0 },
      // Neither source looks at the revocation of responders, and neither brings what would show it.
      isResponderCurrent: () => true,
    });
    if (verdict.status !== 'undetermined') return { status: verdict.status, why: '' };
    return { status: 'unknown', why: JSON.stringify(verdict.problems) };
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    return { status: 'unknown', why: error.message };
  }
}

function judgeSingle(load: (file: string) => Uint8Array, test: SingleCase): Verdict {
  const issuer = parseCertificate(load(test.issuer));
  return judgeResponse(
    load(test.response),
    parseCertificate(load(test.certificate)),
    { name: issuer.subject, publicKey: issuer.publicKey, certificate: issuer },
    Date.parse(test.at),
    test.max_age_seconds * 1000,
  );
}

/** Each certificate of the path needs a usable response, as the manifest's own note has it. */
function judgePath(load: (file: string) => Uint8Array, test: PathCase): Verdict {
  const at = Date.parse(test.at);
  const path = findPath({
    target: parseCertificate(load(test.end_entity)),
    pool: test.intermediates.map((file) => parseCertificate(load(file))),
    anchors: [anchorOf(parseCertificate(load(test.trust_anchor)))],
    at,
    profile: profiles.rfc5280,
    budget: new Budget(),
    algorithms,
  });
  const month = 31 * 86_400_000;
  for (const [index, certificate] of path.certificates.entries()) {
    const verdicts = test.responses.map((file) =>
      judgeResponse(load(file), certificate, path.issuers[index]!, at, month),
    );
    if (verdicts.some(({ status }) => status === 'revoked')) return { status: 'invalid', why: 'revoked' };
    if (verdicts.some(({ status }) => status === 'good')) continue;
    // Cases with fewer responses than certificates list them from the end entity up.
    if (index >= test.responses.length) return { status: 'incomplete', why: '' };
    return { status: 'invalid', why: verdicts.map(({ why }) => why).join(' ') };
  }
  return { status: 'valid', why: '' };
}

function judge(folder: string, test: Case): Verdict {
  const load = (file: string) => new Uint8Array(readFileSync(join(folder, file)));
  try {
    return test.kind === 'path' ? judgePath(load, test) : judgeSingle(load, test);
  } catch (error) {
    if (!isFailure(error)) throw error;
    const why = `${error.code} ${JSON.stringify(error.details)}`;
    return { status: test.kind === 'path' ? 'invalid' : 'unknown', why };
  }
}

function check(folder: string, test: Case): CaseResult {
  const { status, why } = judge(folder, test);
  const difference = differences[test.id];
  const expected = difference?.status ?? (test.kind === 'path' ? test.expected.path : test.expected.status);
  if (status === 'incomplete' && expected === 'valid') {
    return { id: test.id, outcome: 'skipped', reason: incomplete };
  }
  const isAsExpected = status === expected || (status === 'incomplete' && expected === 'invalid');
  if (!isAsExpected) {
    return { id: test.id, outcome: 'failed', reason: `${status} in place of ${expected} ${why}` };
  }
  return difference === undefined
    ? { id: test.id, outcome: 'passed' }
    : { id: test.id, outcome: 'skipped', reason: `judged otherwise on purpose: ${difference.reason}` };
}

/** OCSP responses of BoringSSL and OpenSSL. */
export const suite: Suite = {
  name: 'ocsp',
  recognises(folder) {
    const first = readManifest<{ tests?: readonly { response?: unknown; responses?: unknown }[] }>(folder)
      ?.tests?.[0];
    return first !== undefined && (first.response !== undefined || Array.isArray(first.responses));
  },
  *run(folder) {
    for (const test of readManifest<{ tests: readonly Case[] }>(folder)?.tests ?? [])
      yield check(folder, test);
  },
};
