import { hash } from 'node:crypto';
import type { AuthorisationContext } from '../authorisation/context.ts';
import { Budget } from '../budget/budget.ts';
import { signInLimits } from '../budget/limits.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { type Challenge, recallChallenge } from '../challenge/challenge.ts';
import { isFailure, SealgateError } from '../error.ts';
import type { IssuerSource } from '../issuer/source.ts';
import { defined } from '../optional.ts';
import type { PresentedPower } from '../power-of-attorney/verify.ts';
import { type Policy, policySchema } from '../relying-party/registration.ts';
import { type LoginVerdict, loginVerdict } from '../report/login-verdict.ts';
import { createSources, type RevocationSources, usualSources } from '../revocation/sources.ts';
import type { TrustView } from '../trust-list/view.ts';
import { type Bundle, changed, fileNames, objectName } from './bundle.ts';
import { BundleStorage, type StoredPiece } from './bundle-storage.ts';
import { differencesOf } from './difference.ts';
import { earlierDatabase } from './earlier.ts';
import { recalledIssuers } from './issuers.ts';
import { RecalledFetches } from './recalled-fetches.ts';
import { evidenceSchema, type ReadRecord } from './record.ts';
import { type Recollection, recalled } from './recorded-answers.ts';
import { Trail } from './trail.ts';
import { noTrust, recallTrust, type TrustExcerpt, trustExcerptSchema } from './trust-excerpt.ts';
import type { VerificationResult } from './verification-result.ts';

/** Makes the verification of logins out of what it works with: the very one that the service runs. */
export type Conductor = (context: {
  readonly trust: () => TrustView;
  readonly sources: RevocationSources;
  readonly issuers: IssuerSource;
  readonly authorisation?: AuthorisationContext;
}) => (input: {
  readonly challenge: Challenge;
  readonly message: Uint8Array;
  readonly client: { readonly policy: Policy };
  readonly at: number;
  readonly budget: Budget;
  readonly powerOfAttorney?: PresentedPower;
  readonly trail: Trail;
}) => Promise<VerificationResult>;

/** What came of checking a login again. */
export interface Replay {
  /** The time of the login, ms since the epoch. */
  readonly at: number;
  readonly recorded: LoginVerdict;
  readonly verdict: LoginVerdict;
  /** In what the verdicts differ, in words; empty where they are the same. */
  readonly differences: readonly string[];
}

/**
 * Checks a login again at its own time, by the verification that `conductor` makes and what the bundle holds, and
 * compares the verdicts. There is no network, no clock and no database. Throws `evidence_changed` where a file is not
 * the one that the evidence names, and `evidence_malformed` where the evidence cannot be read.
 */
export async function replay(bundle: Bundle, conductor: Conductor): Promise<Replay> {
  const evidence = read(fileNames.evidence, bundle, (text) => evidenceSchema.parse(JSON.parse(text)));
  const file = (name: string, sha256: string): Uint8Array => {
    const octets = bundle.files.get(name);
    if (octets === undefined || hash('sha256', octets) !== sha256) throw changed([name]);
    return octets;
  };
  const message = file(fileNames.message, evidence.keptMessage);
  file(fileNames.challenge, hash('sha256', evidence.challenge.text));
  file(fileNames.policy, evidence.client);
  const { policy } = read(fileNames.policy, bundle, (text) => {
    const registration = JSON.parse(text) as { readonly policy?: unknown };
    return { policy: policySchema.parse(registration.policy) };
  });
  const certificates = new Map<string, Certificate>();
  const certificateOf = (sha256: string): Certificate => {
    const known = certificates.get(sha256);
    if (known !== undefined) return known;
    const certificate = parseCertificate(file(objectName.certificate(sha256), sha256));
    certificates.set(sha256, certificate);
    return certificate;
  };
  const excerpts = evidence.trust.map((sha256) => {
    const name = objectName.trust(sha256);
    file(name, sha256);
    return read(name, bundle, (text) => trustExcerptSchema.parse(JSON.parse(text)));
  });
  const trust = recallTrust(joinedExcerpts(excerpts), certificateOf);
  const pieces = evidence.revocation.map(
    (piece): StoredPiece => ({ ...piece, octets: file(objectName[piece.kind](piece.sha256), piece.sha256) }),
  );
  const storage = new BundleStorage(pieces, [...certificates.values()], evidence.at);
  const { asked: scope, told } = evidence;
  const objectOf = (sha256: string) => file(objectName.told(sha256), sha256);
  const fetcher = new RecalledFetches(told, pieces);
  const sources = createSources(usualSources, { storage, fetcher });
  const recollection: Recollection = { scope, told, objectOf, ...readEarlier(evidence, objectOf) };
  const authorisation = recalled(recollection);
  const powerOfAttorney = evidence.power && {
    document: file(objectName.power, evidence.power.document),
    signature: file(objectName.powerSignature, evidence.power.signature),
  };
  const trail = new Trail();
  const issuers = recalledIssuers(recollection);
  const verify = conductor({
    trust: () => trust,
    sources,
    issuers,
    ...(authorisation ? { authorisation } : {}),
  });
  try {
    const outcome = await outcomeOf(() =>
      verify({
        challenge: recallChallenge(evidence.challenge),
        message,
        client: { policy },
        at: evidence.at,
        budget: new Budget(signInLimits),
        trail,
        ...(powerOfAttorney ? { powerOfAttorney } : {}),
      }),
    );
    return compared(evidence, outcome, trail);
  } finally {
    await sources.fetcher.close();
  }
}

/** What the database answered an earlier version, for the questions of this one. */
function readEarlier(
  { version, told, at }: ReadRecord,
  objectOf: Recollection['objectOf'],
): Pick<Recollection, 'read'> {
  return version === 1 ? { read: earlierDatabase(told, objectOf, at) } : {};
}

type Outcome =
  | { readonly result: VerificationResult; readonly failure?: undefined }
  | { readonly result?: undefined; readonly failure: SealgateError };

async function outcomeOf(verify: () => Promise<VerificationResult>): Promise<Outcome> {
  try {
    return { result: await verify() };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { failure: error };
  }
}

function compared(evidence: ReadRecord, { result, failure }: Outcome, { checks }: Trail): Replay {
  const { at, isVerified, verdict: recorded } = evidence;
  // What refused the login after its verification, a used challenge perhaps, cannot be seen from here.
  const isLater = isVerified && recorded.code !== undefined;
  const plain = loginVerdict(checks.list, failure);
  const { indication, subIndication, code } = recorded;
  const verdict: LoginVerdict =
    isLater && failure === undefined
      ? {
          ...plain,
          indication,
          ...defined({ subIndication, code }),
        }
      : plain;
  return { at, recorded, verdict, differences: differencesOf(evidence, verdict, result) };
}

function read<T>(name: string, { files }: Bundle, parse: (text: string) => T): T {
  try {
    return parse(Buffer.from(files.get(name) ?? []).toString());
  } catch (error) {
    throw new SealgateError('evidence_malformed', { problem: name }, { cause: error });
  }
}

function joinedExcerpts(excerpts: readonly TrustExcerpt[]): TrustExcerpt {
  const [first = noTrust, ...others] = excerpts;
  return others.reduce(
    (joined, { anchors, intermediates, listed, local }) => ({
      list: joined.list,
      anchors: union(joined.anchors, anchors),
      intermediates: union(joined.intermediates, intermediates),
      listed: union(joined.listed, listed),
      local: union(joined.local, local),
    }),
    first,
  );
}

function union<T>(left: T[], right: T[]): T[] {
  const known = new Set(left.map((item) => JSON.stringify(item)));
  return [...left, ...right.filter((item) => !known.has(JSON.stringify(item)))];
}
