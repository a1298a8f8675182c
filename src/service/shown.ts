import type { ReachingSession } from '../account/sessions.ts';
import type { Carrier } from '../carrier/carrier.ts';
import { messageIn } from '../encoding/message.ts';
import { SealgateError } from '../error.ts';
import { defined } from '../optional.ts';
import { largestPower } from '../power-of-attorney/element.ts';
import { firstNumber } from '../power-of-attorney/name.ts';
import { type KeptPower, powerState } from '../power-of-attorney/store.ts';
import type { PresentedPower } from '../power-of-attorney/verify.ts';
import { maskedIdentifier } from '../subject/identifier.ts';

/**
 * A power of attorney from its base64. Throws `encoding_unexpected` where the signature is something else, and
 * `request_too_large`.
 */
export function presentedPower({
  document,
  signature,
}: Record<'document' | 'signature', string>): PresentedPower {
  const field = 'powerOfAttorney.signature';
  const message = messageIn(Buffer.from(signature), field);
  if (message.length > largestPower)
    throw new SealgateError('request_too_large', { field, limit: largestPower });
  return { document: Buffer.from(document, 'base64'), signature: message };
}

/** A carrier as the organisation sees it. */
export function shownCarrier({ subject: _, expiresAt, connectedAt, lastUsedAt, ...carrier }: Carrier) {
  return {
    ...carrier,
    expiresAt: new Date(expiresAt),
    connectedAt: new Date(connectedAt),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt: new Date(lastUsedAt) }),
  };
}

/**
 * A power of attorney as the organisation sees it; the representative's numbers are masked. `codes` are those that it
 * gives, or the first of them.
 */
export function shownPower(power: KeptPower, codes: readonly string[], at: number) {
  const { number, representative, notBefore, notAfter, verifiedAt, withdrawnAt, lastUsedAt } = power;
  const { inn, snils, name } = representative;
  const first = firstNumber(power);
  return {
    number,
    ...defined({ first }),
    state: powerState(power, at),
    representative: { name, number: maskedIdentifier(inn ?? snils ?? '') },
    powers: codes,
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    verifiedAt: new Date(verifiedAt),
    ...(withdrawnAt === undefined ? {} : { withdrawnAt: new Date(withdrawnAt) }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt: new Date(lastUsedAt) }),
  };
}

/** A session as the organisation sees it; `current` is that of the assertion that asks. */
export function shownSession(session: ReachingSession, current?: string) {
  const { id, client, clients, certificate, power, startedAt, usedAt, expiresAt } = session;
  return {
    ...{ id, client, clients, certificate },
    ...(power === undefined ? {} : { power: power.number }),
    startedAt: new Date(startedAt),
    ...(usedAt === undefined ? {} : { usedAt: new Date(usedAt) }),
    expiresAt: new Date(expiresAt),
    isCurrent: id === current,
  };
}

/** The organisation that a request names, for the text of a challenge. */
export function shownOrganisation({
  name,
  inn,
}: {
  readonly name?: string | undefined;
  readonly inn?: string | undefined;
}): { readonly name?: string; readonly inn?: string } {
  return { ...defined({ name, inn }) };
}
