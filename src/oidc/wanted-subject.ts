import { decodeJwt } from 'jose';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Database } from '../database/database.ts';
import { pairwiseName } from './salt.ts';

/**
 * The names that a request wants the organisation to have: that of an ID token which it brings, and that of the claim
 * `sub`. The library verified the ID token when the request came, and does not look at it again after a signature.
 */
export function wantedSubjects({ oidc }: KoaContextWithOIDC): readonly string[] {
  const { id_token_hint: hint } = oidc.params ?? {};
  const { id_token: idToken } = oidc.claims as {
    readonly id_token?: { readonly sub?: { readonly value?: unknown } | null };
  };
  const ofHint = typeof hint === 'string' ? decodeJwt(hint).sub : undefined;
  return [ofHint, idToken?.sub?.value].filter((name) => name !== undefined).map(String);
}

/** The name by which the relying party of a request knows an organisation. */
export async function subjectFor(
  database: Database,
  { client }: KoaContextWithOIDC['oidc'],
  subject: string,
): Promise<string> {
  if (client?.subjectType !== 'pairwise') return subject;
  return pairwiseName(database, String(client.sectorIdentifier ?? client.clientId), subject);
}
