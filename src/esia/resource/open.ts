import { SealgateError } from '../../error.ts';
import type { ClientSystem } from '../../relying-party/registry.ts';
import { findSession, isSessionOpen } from '../../session/session.ts';
import { useSession } from '../../session/use.ts';
import { type EsiaContext, issuerFor } from '../context.ts';
import { findGrant, type Grant } from '../storage/grant.ts';
import { verifyAccessToken } from '../token/jwt.ts';

/** An access token that is in force, with what it opens. */
export interface OpenedToken {
  readonly grant: Grant;
  readonly client: ClientSystem;
}

/**
 * Opens an access token, as `Authorization: Bearer` has it: signature, term, system, grant and session. Throws
 * `esia_token_invalid`, `esia_token_expired`, `storage_unavailable`.
 */
export async function openToken(
  context: EsiaContext,
  authorization: string | undefined,
  at: number,
): Promise<OpenedToken> {
  const token = /^Bearer +([A-Za-z0-9_.-]{1,8192})$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) throw new SealgateError('esia_token_invalid');
  const { sid, client: mnemonic, issuer } = await verifyAccessToken(context.esia.keys, token, at);
  const client = await context.clients.findSystem(mnemonic, at);
  const grant = await findGrant(context.database, sid, at);
  if (client === undefined || grant === undefined || grant.client !== client.id)
    throw new SealgateError('esia_token_invalid');
  if (issuer !== issuerFor(context, client)) throw new SealgateError('esia_token_invalid');
  const session = await findSession(context.database, grant.session);
  if (!isSessionOpen(session, at)) throw new SealgateError('esia_token_invalid');
  await useSession(context.database, session, at);
  return { grant, client };
}
