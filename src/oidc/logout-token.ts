import { randomUUID } from 'node:crypto';
import type { AssertionSigner } from '../assertion/signer.ts';

/** What a logout token tells, and whom. */
export interface LogoutFacts {
  readonly issuer: string;
  /** Identifier of the relying party. */
  readonly client: string;
  /** What it knows the session by. */
  readonly sid: string;
}

/** A logout token is used at once, in seconds. */
const lifetime = 120;

/** Makes a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.4). Throws `assertion_key_unavailable`. */
export async function signLogoutToken(
  signer: AssertionSigner,
  { issuer, client, sid }: LogoutFacts,
  at: number,
): Promise<string> {
  const now = Math.floor(at / 1000);
  const header = { alg: signer.algorithm, typ: 'logout+jwt', kid: signer.kid };
  const claims = {
    ...{ iss: issuer, aud: client, iat: now, exp: now + lifetime, jti: randomUUID(), sid },
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  };
  const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const signed = parts.join('.');
  return `${signed}.${Buffer.from(await signer.sign(Buffer.from(signed))).toString('base64url')}`;
}
