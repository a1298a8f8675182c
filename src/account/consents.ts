import { auditEntry } from '../audit/record.ts';
import type { Database } from '../database/database.ts';
import { endGrantsOfSession } from '../esia/storage/grant.ts';
import { type ConsentParties, forgetConsentOf, type GivenConsent, listConsents } from '../oidc/consent.ts';
import { dropGrant } from '../oidc/object.ts';
import { endReach, type Reach, reachesOfOrganisation } from '../oidc/reach.ts';
import { findSignIn } from '../oidc/sign-in.ts';
import { defined } from '../optional.ts';
import { liveSessions } from '../session/session.ts';
import { decides, expectOwnOrHead, type Insider, type Moment } from './insider.ts';

/**
 * What people of the organisation have agreed to hand over, by OpenID Connect and by ЕСИА's dialect alike, the newest
 * first; whoever does not decide for the organisation sees what they have agreed to themselves.
 */
export async function consentsFor(database: Database, insider: Insider): Promise<readonly GivenConsent[]> {
  const own = insider.claims['x5t#S256'];
  const found = await listConsents(database, insider.subject);
  return decides(insider) ? found : found.filter(({ certificate }) => certificate === own);
}

/** As `endConsent`, at the wish of somebody of the organisation. Throws `organisation_view_forbidden`. */
export async function withdrawConsent(
  database: Database,
  insider: Insider,
  { client, certificate }: Pick<GivenConsent, 'client' | 'certificate'>,
  { at, traceId }: Moment,
): Promise<boolean> {
  expectOwnOrHead(insider, certificate);
  return endConsent(database, { subject: insider.subject, client, certificate }, at, traceId);
}

/**
 * Withdraws what somebody with this certificate has agreed to hand over to a relying party: nothing more is given by
 * what it already has, and it is told that the session is over for it. Resolves to false where there was nothing to
 * withdraw.
 */
export async function endConsent(
  database: Database,
  { subject, client, certificate }: ConsentParties,
  at: number,
  traceId?: string,
): Promise<boolean> {
  const given = (await listConsents(database, subject)).some(
    (consent) => consent.client === client && consent.certificate === certificate,
  );
  if (!given) return false;
  const reaches = await reachesBy(database, subject, client, certificate);
  const opened = (await liveSessions(database, subject, at)).filter(
    (session) => session.client === client && session.certificate === certificate,
  );
  const sessions = new Set([...reaches.map(({ session }) => session), ...opened.map(({ id }) => id)]);
  await database.write({
    statements: [
      forgetConsentOf({ subject, certificate, client }),
      ...reaches.flatMap(({ grant }) => [endReach(grant, at), ...dropGrant(grant)]),
      ...[...sessions].map((session) => endGrantsOfSession(client, session, at)),
    ],
    journal: [
      auditEntry({
        event: 'consent.withdrawn',
        ...{ at, subject, client, certificate },
        ...defined({ traceId }),
      }),
    ],
  });
  return true;
}

/** What a relying party has by sign-ins with this certificate. */
async function reachesBy(
  database: Database,
  subject: string,
  client: string,
  certificate: string,
): Promise<readonly Reach[]> {
  const reaches: Reach[] = [];
  for (const reach of await reachesOfOrganisation(database, subject, client)) {
    const signIn = await findSignIn(database, reach.session);
    // A sign-in that cannot be read is not known to be another's.
    if (signIn === undefined || signIn.claims['x5t#S256'] === certificate) reaches.push(reach);
  }
  return reaches;
}
