import { defined } from '../../optional.ts';
import type { ClientSystem } from '../../relying-party/registry.ts';
import type { TokenKey } from '../key/signer.ts';
import { scopeClaim } from '../scope.ts';
import type { Grant } from '../storage/grant.ts';
import { signToken } from './jwt.ts';

/** Seconds that an access token is good for; the session may end it earlier. */
export const accessLifetime = 3_600;

const idLifetime = 10_800;

/** The subject of a token: the person, or the organisation where a system acts by itself. */
function subjectOf({ facts }: Grant): number {
  const owner = facts.person ?? facts.organisation;
  if (owner === undefined) throw new Error('a grant without an owner of data');
  return owner.oid;
}

/** The access token of a grant. */
export function accessToken(
  { esia }: ClientSystem,
  grant: Grant,
  { key, issuer, at }: { readonly key: TokenKey; readonly issuer: string; readonly at: number },
): string {
  const now = Math.floor(at / 1000);
  return signToken(key, 'access', {
    nbf: now,
    scope: scopeClaim(grant.facts.scopes),
    iss: issuer,
    'urn:esia:sid': grant.sid,
    'urn:esia:sbj_id': subjectOf(grant),
    exp: now + accessLifetime,
    iat: now,
    client_id: esia.mnemonic,
  });
}

/** The ID token of a grant of a person: who signed in, by an electronic signature. */
export function idToken(
  { esia }: ClientSystem,
  grant: Grant,
  { key, issuer, at }: { readonly key: TokenKey; readonly issuer: string; readonly at: number },
): string {
  const now = Math.floor(at / 1000);
  const subject = subjectOf(grant);
  return signToken(key, 'id', {
    aud: esia.mnemonic,
    sub: subject,
    nbf: now,
    amr: 'DS',
    'urn:esia:amd': 'DS',
    auth_time: grant.facts.authTime,
    iss: issuer,
    'urn:esia:sid': grant.sid,
    'urn:esia:sbj': {
      'urn:esia:sbj:typ': 'P',
      'urn:esia:sbj:is_tru': true,
      'urn:esia:sbj:oid': subject,
      'urn:esia:sbj:nam': `OID.${subject}`,
    },
    exp: now + idLifetime,
    iat: now,
  });
}

/** What a token address answers (RFC 6749, section 5.1). */
export interface TokenAnswer {
  readonly access_token: string;
  readonly expires_in: number;
  /** `state` of the very request. */
  readonly state: string;
  readonly token_type: 'Bearer';
  readonly refresh_token?: string;
  readonly id_token?: string;
}

/** The answer with what belongs to the grant's scopes. */
export function tokenAnswer(
  client: ClientSystem,
  grant: Grant,
  signing: { readonly key: TokenKey; readonly issuer: string; readonly at: number },
  { state, refreshToken }: { readonly state: string; readonly refreshToken: string | undefined },
): TokenAnswer {
  const isOpenId =
    grant.facts.person !== undefined && grant.facts.scopes.some(({ name }) => name === 'openid');
  return {
    access_token: accessToken(client, grant, signing),
    expires_in: accessLifetime,
    state,
    token_type: 'Bearer',
    ...defined({
      refresh_token: refreshToken,
      id_token: isOpenId ? idToken(client, grant, signing) : undefined,
    }),
  };
}
