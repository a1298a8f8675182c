import {
  type AssertionClaims,
  type AuthorityClaim,
  type Organisation,
  type Person,
  subjectOf,
} from '../assertion/claims.ts';
import { signAssertion } from '../assertion/issue.ts';
import { Budget } from '../budget/budget.ts';
import { signInLimits } from '../budget/limits.ts';
import { type Challenge, type ChallengeBinding, openChallenge } from '../challenge/challenge.ts';
import { takeChallenge } from '../challenge/take.ts';
import type { Statement } from '../database/database.ts';
import { decodeSignature } from '../encoding/message.ts';
import { isFailure, SealgateError } from '../error.ts';
import { type Recognised, Trail } from '../evidence/trail.ts';
import { defined } from '../optional.ts';
import { limitsOf } from '../relying-party/limit.ts';
import { type LoginVerdict, loginVerdict } from '../report/login-verdict.ts';
import { LoginRefusal } from '../report/refusal.ts';
import { stillOpen } from '../session/lock-out.ts';
import { openSession, type Session, withinLimits } from '../session/session.ts';
import { watchPath } from '../watch/watched-path.ts';
import { claimsOf, sessionOf } from './claims.ts';
import { checksOf, lockOutKey, passed, prepareEvidence, recordRefusal } from './record.ts';
import type { LoginDependencies, LoginRequest } from './request.ts';
import type { VerifiedLogin } from './verified-login.ts';

/** A sign-in that passed and of which nothing is written yet: it lets nobody in before `finishLogin`. */
export interface PreparedLogin {
  readonly request: LoginRequest;
  readonly trail: Trail;
  readonly challenge: Challenge;
  readonly recognised: Recognised;
  readonly verified: VerifiedLogin;
  readonly session: Session;
  readonly claims: AssertionClaims;
  readonly assertion: string;
}

/** A sign-in that passed, is recorded durably, and may be answered. */
export interface LoginResult {
  readonly assertion: string;
  readonly expiresAt: number;
  readonly sessionId: string;
  readonly organisation: Organisation;
  readonly signer: Person;
  readonly authority?: AuthorityClaim;
  readonly verdict: LoginVerdict;
}

/**
 * Signs an organisation in. The steps follow the design's one direction; whatever the outcome, it is in the audit
 * before this returns. Throws as `prepareLogin` and `finishLogin` do.
 */
export async function login(service: LoginDependencies, request: LoginRequest): Promise<LoginResult> {
  return finishLogin(service, await prepareLogin(service, request), []);
}

/**
 * Verifies a sign-in and signs its assertion, which must not leave before `finishLogin`: a key that does not answer
 * costs nobody a challenge. A refusal is in the audit before this throws it, as a `LoginRefusal` once there is a message.
 */
export async function prepareLogin(
  service: LoginDependencies,
  request: LoginRequest,
): Promise<PreparedLogin> {
  const trail = new Trail();
  return recordingRefusals(service, request, trail, async () => {
    const { client, at } = request;
    const audience = audienceOf(request);
    const challenge = openChallenge(service.challengeKeys, request.challenge, bindingOf(request), at);
    trail.challenge = challenge;
    const message = decodeSignature(request.signature);
    trail.message = message;
    const { powerOfAttorney, address } = request;
    const verified = await service.verifyLogin({
      ...{ challenge, message, client, at, trail },
      budget: new Budget(signInLimits),
      lockOut: { lockOuts: service.lockOuts, client: client.id, address, at },
      ...defined({ powerOfAttorney }),
    });
    trail.verified = verified;
    const { certificateThumbprint } = verified;
    const recognised = { subject: subjectOf(verified.organisation), certificateThumbprint, isProven: true };
    trail.recognised = recognised;
    const session = sessionOf(request, verified, service.challengeKeys);
    const claims = claimsOf(service.issuer, session, verified, audience);
    const assertion = await signAssertion(await service.assertionKeys.signer(at), claims);
    return { request, trail, challenge, recognised, verified, session, claims, assertion };
  });
}

/**
 * Takes the challenge, opens the session and writes audit and evidence, in one unit with `together`, which may refuse it.
 * Whatever the sign-in rests on has to hold still. A refusal is in the audit before this throws it. Throws
 * `challenge_used`, `session_limit_reached`, `locked_out`, what the conditions refuse with, and `storage_unavailable`.
 */
export async function finishLogin(
  service: LoginDependencies,
  { request, trail, challenge, recognised, verified, session, claims, assertion }: PreparedLogin,
  together: readonly Statement[],
): Promise<LoginResult> {
  return recordingRefusals(service, request, trail, async () => {
    const { client, at } = request;
    const verdict = loginVerdict(verified.checks);
    const evidence = await prepareEvidence(service, request, trail, verdict);
    await service.database.write({
      statements: [
        takeChallenge(challenge),
        ...withinLimits(session, client.id, limitsOf(client.policy), at),
        openSession(session),
        stillOpen(lockOutKey(request, recognised), at),
        ...(verified.watch ? watchPath(session, verified.watch, at) : []),
        ...(verified.conditions ?? []),
        ...together,
        ...(evidence?.statements ?? []),
      ],
      journal: [passed(request, trail, claims, evidence)],
    });
    evidence?.written();
    return {
      assertion,
      expiresAt: claims.exp * 1000,
      sessionId: session.id,
      organisation: verified.organisation,
      signer: verified.signer,
      ...defined({ authority: verified.authority }),
      verdict,
    };
  });
}

/** Does a part of a sign-in; where it is refused, that is recorded first, and told with the checks made before it. */
async function recordingRefusals<T>(
  service: LoginDependencies,
  request: LoginRequest,
  trail: Trail,
  part: () => Promise<T>,
): Promise<T> {
  try {
    return await part();
  } catch (caught) {
    const error = await explained(service, request, trail, caught);
    await recordRefusal(service, request, trail, error);
    throw trail.message && isFailure(error) ? new LoginRefusal(error, checksOf(trail)) : error;
  }
}

/** Where the unit of the sign-in found it locked out, what is and until when. */
async function explained(
  { lockOuts }: LoginDependencies,
  request: LoginRequest,
  { recognised }: Trail,
  error: unknown,
): Promise<unknown> {
  if (recognised === undefined) return error;
  return lockOuts.explained(error, lockOutKey(request, recognised), request.at);
}

function bindingOf({ client, origin, browser, page, handOver }: LoginRequest): ChallengeBinding {
  return { relyingParty: client.id, origin, browser, ...defined({ page, handOver }) };
}

function audienceOf({ client, audience }: LoginRequest): string {
  if (audience === undefined) return client.audiences[0] ?? client.id;
  if (!client.audiences.includes(audience)) {
    throw new SealgateError('client_forbidden', { field: 'audience', value: audience });
  }
  return audience;
}
