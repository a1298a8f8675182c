import { auditEntry } from '../audit/record.ts';
import { Budget } from '../budget/budget.ts';
import { signInLimits } from '../budget/limits.ts';
import { type Carrier, disconnectCarrier, findCarrier, nameCarrier } from '../carrier/carrier.ts';
import { type ConnectionProof, confirmCarrier, connectCarrier } from '../carrier/connection.ts';
import {
  challengeLifetime,
  type IssuedChallenge,
  issueChallenge,
  openChallenge,
} from '../challenge/challenge.ts';
import { takeChallenge } from '../challenge/take.ts';
import { decodeSignature } from '../encoding/message.ts';
import { isFailure, SealgateError } from '../error.ts';
import { Trail } from '../evidence/trail.ts';
import type { Language } from '../failure/failure.ts';
import type { LoginDependencies } from '../login/request.ts';
import { defined } from '../optional.ts';
import { expectHead, expectOwnOrHead, type Insider, type Moment } from './insider.ts';

/** Where the text is shown that connects a carrier. */
export interface ConnectionPlace {
  /** Origin of the page, one of the relying party's. */
  readonly origin: string;
  /** A mark of the browser's session. */
  readonly browser: string;
}

/** A signed challenge, and what the organisation calls the carrier. */
export interface SignedConnection extends ConnectionPlace {
  readonly challenge: string;
  /** CMS SignedData in base64. */
  readonly signature: string;
  /** Absent: the name of the person whom the certificate names. */
  readonly name?: string;
}

/** A challenge to be signed with the key of a carrier that is to be connected. Throws `client_forbidden`. */
export function connectionChallenge(
  { challengeKeys }: Pick<LoginDependencies, 'challengeKeys'>,
  { client, claims }: Insider,
  { origin, browser }: ConnectionPlace,
  language: Language,
  at: number,
): IssuedChallenge {
  if (!client.origins.includes(origin))
    throw new SealgateError('client_forbidden', { field: 'origin', value: origin });
  const { name, inn } = claims.organisation;
  return issueChallenge(
    challengeKeys,
    {
      relyingParty: client.id,
      portal: client.name[language],
      purpose: 'carrier',
      organisation: { name, ...defined({ inn }) },
      lifetime: challengeLifetime,
      ...{ origin, browser, language },
    },
    at,
  );
}

/**
 * Connects the certificate that signed a challenge. The challenge is taken in the same unit that connects the carrier
 * and writes the audit record; a refusal is in the audit before this rejects, as that of a sign-in is. Throws as the
 * verification of a sign-in does, `challenge_…`, and `organisation_view_forbidden` where the certificate is another
 * organisation's, or a representative connects another's than the one they signed in with, or one that was taken away
 * from them.
 */
export async function connect(
  service: LoginDependencies,
  insider: Insider,
  signed: SignedConnection,
  moment: Moment,
): Promise<Carrier> {
  const trail = new Trail();
  try {
    return await attempt(service, insider, signed, moment, trail);
  } catch (error) {
    await recordRefusal(service, insider, signed, moment, trail, error);
    throw error;
  }
}

async function attempt(
  service: LoginDependencies,
  insider: Insider,
  { origin, browser, ...signed }: SignedConnection,
  { at, traceId }: Moment,
  trail: Trail,
): Promise<Carrier> {
  const { client, subject } = insider;
  const binding = { relyingParty: client.id, purpose: 'carrier', origin, browser } as const;
  const challenge = openChallenge(service.challengeKeys, signed.challenge, binding, at);
  trail.challenge = challenge;
  const message = decodeSignature(signed.signature);
  const verified = await service.verifyLogin({
    ...{ challenge, message, client, at, trail },
    budget: new Budget(signInLimits),
    isConnecting: true,
  });
  const { ogrn, name: organisation } = verified.organisation;
  if (`ogrn:${ogrn}` !== subject) throw new SealgateError('organisation_view_forbidden', { organisation });
  const { certificate, certificateThumbprint: thumbprint } = verified;
  expectOwnOrHead(insider, thumbprint);
  if (certificate === undefined) throw new Error('the verification gave no certificate');
  const { name = verified.signer.name } = signed;
  const carrier = { name, holder: verified.signer.name };
  // What the signature rests on has to hold still, as for a session.
  const together = [takeChallenge(challenge), ...(verified.conditions ?? [])];
  const proof = proofOf(insider);
  await connectCarrier(service.database, subject, certificate, carrier, proof, at, { traceId, together });
  const connected = await findCarrier(service.database, subject, thumbprint);
  if (connected === undefined) throw new SealgateError('storage_unavailable');
  return connected;
}

/** By what right somebody puts certificates on the organisation's list. */
function proofOf({ client, claims }: Insider): ConnectionProof {
  const { authority, acr } = claims;
  return { relyingParty: client.id, basis: authority?.basis ?? 'certificate', acr };
}

/** Only where the storage itself has failed is there nowhere to record it. */
async function recordRefusal(
  { database }: LoginDependencies,
  { subject, client }: Insider,
  { origin }: SignedConnection,
  { at, traceId }: Moment,
  { challenge, recognised }: Trail,
  error: unknown,
): Promise<void> {
  if (isFailure(error, 'storage_unavailable')) return;
  const { code, details } = isFailure(error) ? error : new SealgateError('internal_error');
  const entry = auditEntry({
    event: 'carrier.refused',
    ...{ at, traceId, subject, client: client.id, origin, code, details },
    ...(challenge ? { challenge: Buffer.from(challenge.nonceHash).toString('base64url') } : {}),
    ...(recognised ? { certificate: recognised.certificateThumbprint } : {}),
  });
  await database.write({ statements: [], journal: [entry] });
}

/** Confirms, as the head, a carrier that a representative has connected. */
export async function confirm(
  { database }: Pick<LoginDependencies, 'database'>,
  insider: Insider,
  certificate: string,
  { at, traceId }: Moment,
): Promise<void> {
  expectHead(insider);
  await confirmCarrier(database, insider.subject, certificate, proofOf(insider), at, traceId);
}

/** Gives a carrier another name. */
export async function rename(
  { database }: Pick<LoginDependencies, 'database'>,
  insider: Insider,
  certificate: string,
  name: string,
  { at }: Pick<Moment, 'at'>,
): Promise<void> {
  expectOwnOrHead(insider, certificate);
  await nameCarrier(database, insider.subject, certificate, name, at);
}

/** Disconnects a carrier and ends the sessions that it opened. */
export async function disconnect(
  { database }: Pick<LoginDependencies, 'database'>,
  insider: Insider,
  certificate: string,
  { at }: Pick<Moment, 'at'>,
): Promise<void> {
  expectOwnOrHead(insider, certificate);
  await disconnectCarrier(database, insider.subject, certificate, proofOf(insider).basis, at);
}
