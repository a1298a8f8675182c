import { currentAlgorithms } from '../algorithm/policy.ts';
import { Reader } from '../asn1/reader.ts';
import { Budget } from '../budget/budget.ts';
import { signInLimits } from '../budget/limits.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import type { Database } from '../database/database.ts';
import { isFailure, type SealgateError } from '../error.ts';
import { findPath } from '../path/find.ts';
import type { AnchorSet, CertificateSet } from '../path/pool.ts';
import { profiles } from '../path/profile.ts';
import type { ValidPath } from '../path/valid-path.ts';
import { checkRevocation } from '../revocation/check.ts';
import type { CurrentPath } from '../revocation/current-path.ts';
import type { RevocationEvidence } from '../revocation/evidence.ts';
import { type RevocationPolicy, strictPolicy } from '../revocation/policy.ts';
import type { RevocationSources } from '../revocation/sources.ts';
import { type AskedPath, duePaths, forgetPath, postponePath, sessionsOfPath } from './asked-path.ts';
import { endRevoked } from './watched-session.ts';

const minute = 60_000;
/** Nobody is asked about one certificate more often than this, ms. */
const leastPause = 5 * minute;
/** Nor less often, whatever term an answer has: what was revoked since is to end its sessions soon. */
const longestPause = 60 * minute;
/** An answer is renewed when this part of its term is left, so that the next sign-in finds a fresh one. */
const leftToRenew = 0.25;

/** Paths asked about in one round, and at the same time: together with the rounds a bound on requests a second. */
const mostInRound = 40;
const atOnce = 4;

/** The responder first, even where a list that is held would do: its answer is what the session rests on. */
const policy: RevocationPolicy = {
  ...strictPolicy,
  order: ['ocsp', 'crl'],
  preferredPatience: strictPolicy.patience,
};

/**
 * What has to be asked again and again for a session of this path, so that a revocation ends it: undefined where
 * lists that the service holds told every status, because those come by themselves. `at` is ms since the epoch.
 */
export function askedPathOf(
  { path, evidence }: CurrentPath,
  at: number,
): Pick<AskedPath, 'path' | 'dueAt'> | undefined {
  const asked = evidence.filter(isAskedFor);
  if (asked.length === 0) return undefined;
  return {
    path: Buffer.concat(path.certificates.map(({ der }) => der)),
    dueAt: Math.min(...asked.map((each) => nextAt(each, at))),
  };
}

function isAskedFor(evidence: RevocationEvidence): boolean {
  return evidence.source !== 'crl' || evidence.isInGrace || evidence.origin === 'message';
}

function nextAt(evidence: RevocationEvidence, at: number): number {
  if (evidence.source === 'break-glass' || evidence.isInGrace || evidence.isLastResort)
    return at + leastPause;
  const left = (evidence.nextUpdate ?? at) - at;
  return Math.ceil(at + Math.min(longestPause, Math.max(leastPause, left * (1 - leftToRenew))));
}

/** What the re-check works with. */
export interface RecheckContext {
  readonly database: Database;
  readonly sources: RevocationSources;
  readonly trust: () => { readonly anchors: AnchorSet; readonly intermediates: CertificateSet };
  /** Told of a certificate that was revoked, beside the end of its sessions: it may have signed powers of attorney. */
  readonly signerRevoked?: (
    signer: Pick<AskedPath, 'subject' | 'certificate'>,
    details: Readonly<Record<string, unknown>>,
    at: number,
  ) => Promise<void>;
  /** Told of what goes wrong with one path; the others are asked about all the same. */
  readonly failed: (error: unknown) => void;
}

/**
 * Asks again about the certificates of open sessions that are due at `at` (ms), and ends the sessions of those that
 * are revoked. One that cannot be asked about goes on, and is tried again in five minutes. Resolves to how many
 * sessions were ended.
 */
export async function recheckSessions(context: RecheckContext, at: number): Promise<number> {
  const due = (await duePaths(context.database, at, mostInRound)).values();
  let ended = 0;
  const worker = async () => {
    for (const asked of due) {
      try {
        ended += await recheck(context, asked, at);
      } catch (error) {
        context.failed(error);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return ended;
}

async function recheck(context: RecheckContext, asked: AskedPath, at: number): Promise<number> {
  const { database } = context;
  // Put off before anybody is asked: another replica then leaves it alone, and an end of this process loses nothing.
  if (!(await postponePath(database, asked, at + leastPause))) return 0;
  const sessions = await sessionsOfPath(database, asked, at);
  if (sessions.length === 0) {
    await database.write({ statements: [forgetPath(asked, at)] });
    return 0;
  }
  try {
    const next = askedPathOf(await check(context, asked, at), at);
    const dueAt = next?.dueAt ?? at + longestPause;
    await postponePath(database, { ...asked, dueAt: at + leastPause }, dueAt);
    return 0;
  } catch (error) {
    if (!isFailure(error, 'certificate_revoked')) throw error;
    const details = revocationDetails(error);
    const ends = sessions.map((session) => endRevoked(database, session, details, at));
    const ended = (await Promise.all(ends)).filter(Boolean).length;
    await context.signerRevoked?.(asked, details, at);
    await database.write({ statements: [forgetPath(asked, at)] });
    return ended;
  }
}

/** What the audit keeps of a revocation, from the `certificate_revoked` that told of it. */
export function revocationDetails({
  details,
}: SealgateError<'certificate_revoked'>): Readonly<Record<string, unknown>> {
  const { serialNumber, revokedAt, reason, source } = details;
  return { serialNumber, revokedAt, revocation: reason, ...(source ? { source } : {}) };
}

function check({ sources, trust }: RecheckContext, asked: AskedPath, at: number): Promise<CurrentPath> {
  const budget = new Budget(signInLimits);
  const path = pathOf(asked, trust(), budget, at);
  return checkRevocation({
    ...{ path, sources, policy, at, budget },
    algorithms: currentAlgorithms,
    asksAgain: true,
  });
}

/** The path anew, by what is trusted now. Throws as `findPath` does. */
function pathOf(
  asked: AskedPath,
  { anchors, intermediates }: ReturnType<RecheckContext['trust']>,
  budget: Budget,
  at: number,
): ValidPath {
  const [target, ...pool] = certificatesIn(asked.path);
  if (target === undefined) throw new Error('a path that is asked about is empty');
  return findPath({ target, pool, intermediates, anchors, at, budget, profile: profiles['qualified-gost'] });
}

function certificatesIn(octets: Uint8Array): readonly Certificate[] {
  const reader = Reader.der(octets);
  const certificates: Certificate[] = [];
  while (!reader.isAtEnd) certificates.push(parseCertificate(reader.any()));
  return certificates;
}
