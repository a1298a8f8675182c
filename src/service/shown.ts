import type { Carrier } from '../carrier/carrier.ts';
import type { KeptPower } from '../power-of-attorney/store.ts';
import type { PresentedPower } from '../power-of-attorney/verify.ts';
import type { StoredSession } from '../session/session.ts';
import { maskedIdentifier } from '../subject/identifier.ts';

/** A power of attorney from its base64. */
export function presentedPower({
  document,
  signature,
}: Record<'document' | 'signature', string>): PresentedPower {
  return { document: Buffer.from(document, 'base64'), signature: Buffer.from(signature, 'base64') };
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

/** A power of attorney as the organisation sees it; the representative's numbers are masked. */
export function shownPower({ verified, verifiedAt, withdrawnAt, lastUsedAt }: KeptPower, at: number) {
  const { number, representative, powers, notBefore, notAfter, giver } = verified.power;
  const { inn, snils, name } = representative;
  const isInTerm = at >= notBefore && at < notAfter;
  return {
    number,
    ...(giver.kind === 'representative' ? { first: giver.first } : {}),
    state: withdrawnAt !== undefined ? 'withdrawn' : isInTerm ? 'in-force' : 'out-of-term',
    representative: { name, number: maskedIdentifier(inn ?? snils ?? '') },
    powers: [...powers],
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    verifiedAt: new Date(verifiedAt),
    ...(withdrawnAt === undefined ? {} : { withdrawnAt: new Date(withdrawnAt) }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt: new Date(lastUsedAt) }),
  };
}

/** A session as the organisation sees it; `current` is that of the assertion that asks. */
export function shownSession(session: StoredSession, current?: string) {
  const { id, client, certificate, power, startedAt, expiresAt } = session;
  return {
    id,
    client,
    certificate,
    ...(power === undefined ? {} : { power }),
    startedAt: new Date(startedAt),
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
  return { ...(name === undefined ? {} : { name }), ...(inn === undefined ? {} : { inn }) };
}
