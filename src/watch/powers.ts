import { thumbprintOf } from '../certificate/thumbprint.ts';
import type { Database, Statement } from '../database/database.ts';
import { powersSignedBy, withdrawPower } from '../power-of-attorney/store.ts';
import type { VerifiedPower } from '../power-of-attorney/verify.ts';
import { pathToWatch, sessionsOfPower, watchPath } from './watched-path.ts';
import { endWatched } from './watched-session.ts';

/** What is told of a revocation: serial number, time and reason (`revocation`), and where it was learnt of. */
export type RevocationDetails = Readonly<Record<string, unknown>>;

/** A power of attorney by the organisation that gave it, `ogrn:…`, and its number. */
export interface PowerName {
  readonly subject: string;
  readonly number: string;
}

/**
 * The certificate that signed a power, or one above it, was found revoked: ends the sessions that rest on the power and
 * withdraws it for good, with those that were handed on from it. While the certificate is only held (RFC 5280, section
 * 5.3.1) the power stays, and is refused by its signature.
 */
export async function revokePower(
  database: Database,
  { subject, number }: PowerName,
  details: RevocationDetails,
  at: number,
): Promise<void> {
  const sessions = await sessionsOfPower(database, subject, number, at);
  await endWatched(database, sessions, { reason: 'certificate-revoked', details }, at);
  if (details.revocation === 'certificateHold') return;
  await withdrawPower(database, subject, number, 'revocation', at, { details });
}

/** `revokePower` for every power that a certificate of the organisation has signed (SHA-256, base64url). */
export async function revokePowersSignedBy(
  database: Database,
  { subject, certificate }: { readonly subject: string; readonly certificate: string },
  details: RevocationDetails,
  at: number,
): Promise<void> {
  for (const number of await powersSignedBy(database, subject, certificate)) {
    await revokePower(database, { subject, number }, details, at);
  }
}

/** Puts the path of whoever signed a power under watch, as long as its certificate is in its term. */
export function watchSigner(
  { issuer }: VerifiedPower,
  subject: string,
  isQualified: boolean,
  at: number,
): readonly Statement[] {
  if (issuer?.current === undefined) return [];
  const name = { subject, certificate: thumbprintOf(issuer.certificate) };
  return watchPath(name, pathToWatch(issuer.current, isQualified, at), at);
}
