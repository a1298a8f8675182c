import type { z } from 'zod';
import { auditEntry } from '../audit/record.ts';
import { Budget } from '../budget/budget.ts';
import { signInLimits } from '../budget/limits.ts';
import { type Carrier, findCarrier } from '../carrier/carrier.ts';
import { type ConnectionProof, connectCarrier } from '../carrier/connection.ts';
import { openChallenge } from '../challenge/challenge.ts';
import { takeChallenge } from '../challenge/take.ts';
import { decodeSignature } from '../encoding/message.ts';
import { isFailure, SealgateError } from '../error.ts';
import { Trail } from '../evidence/trail.ts';
import { expectHead } from './organisation-call.ts';
import type { connectRequest } from './organisation-schema.ts';
import type { OrganisationCall } from './route.ts';

type ConnectCall = OrganisationCall<z.infer<typeof connectRequest>>;

/**
 * Connects the certificate that signed the challenge of the call. The challenge is taken in the same unit that
 * connects the carrier and writes the audit record; a refusal is in the audit before this rejects, as that of a
 * sign-in is. Throws as the verification of a sign-in does, `challenge_…`, and `organisation_view_forbidden` where the
 * certificate is another organisation's, or a representative connects another's than the one they signed in with, or
 * one that was taken away from them.
 */
export async function connect(call: ConnectCall): Promise<Carrier> {
  const trail = new Trail();
  try {
    return await attempt(call, trail);
  } catch (error) {
    await recordRefusal(call, trail, error);
    throw error;
  }
}

async function attempt(call: ConnectCall, trail: Trail): Promise<Carrier> {
  const { service, subject, client, assertion, body, at, traceId } = call;
  const { origin, browser } = body;
  const binding = { relyingParty: client.id, purpose: 'carrier', origin, browser } as const;
  const challenge = openChallenge(service.challengeKeys, body.challenge, binding, at);
  trail.challenge = challenge;
  const message = decodeSignature(body.signature);
  const verified = await service.verifyLogin({
    ...{ challenge, message, client, at, trail },
    budget: new Budget(signInLimits),
    isConnecting: true,
  });
  const { ogrn, name: organisation } = verified.organisation;
  if (`ogrn:${ogrn}` !== subject) throw new SealgateError('organisation_view_forbidden', { organisation });
  const { certificate, certificateThumbprint: thumbprint } = verified;
  if (assertion.claims['x5t#S256'] !== thumbprint) expectHead(call);
  if (certificate === undefined) throw new Error('the verification gave no certificate');
  const carrier = { name: body.name, holder: verified.signer.name };
  // What the signature rests on has to hold still, as for a session.
  const together = [takeChallenge(challenge), ...(verified.conditions ?? [])];
  const proof = connectionProof(call);
  await connectCarrier(service.database, subject, certificate, carrier, proof, at, { traceId, together });
  const connected = await findCarrier(service.database, subject, thumbprint);
  if (connected === undefined) throw new SealgateError('storage_unavailable');
  return connected;
}

/** By what right the bearer of the assertion puts certificates on the organisation's list. */
export function connectionProof({ client, assertion }: OrganisationCall<unknown>): ConnectionProof {
  const { authority, acr } = assertion.claims;
  return { relyingParty: client.id, basis: authority?.basis ?? 'certificate', acr };
}

/** Only where the storage itself has failed is there nowhere to record it. */
async function recordRefusal(call: ConnectCall, trail: Trail, error: unknown): Promise<void> {
  if (isFailure(error, 'storage_unavailable')) return;
  const { code, details } = isFailure(error) ? error : new SealgateError('internal_error');
  const { service, subject, client, body, at, traceId } = call;
  const { challenge, recognised } = trail;
  const entry = auditEntry({
    event: 'carrier.refused',
    ...{ at, traceId, subject, client: client.id, origin: body.origin, code, details },
    ...(challenge ? { challenge: Buffer.from(challenge.nonceHash).toString('base64url') } : {}),
    ...(recognised ? { certificate: recognised.certificateThumbprint } : {}),
  });
  await service.database.write({ statements: [], journal: [entry] });
}
