import { SealgateError } from '../../error.ts';
import type { TokenKeys } from '../key/keys.ts';
import type { TokenKey } from '../key/signer.ts';

/** What a token is for: `sbt` of its header. */
export type TokenUse = 'access' | 'id';

/** Access tokens are version 1 and ID tokens version 0, as ЕСИА's own. */
const versions = { access: 1, id: 0 } as const;

/** The longest token that is looked at, in characters. */
const longestToken = 8_192;

/** Signs a token in compact form (RFC 7515). No `kid` names the key: ЕСИА's clients expect none. */
export function signToken(key: TokenKey, use: TokenUse, claims: Readonly<Record<string, unknown>>): string {
  return signCompact(key, { ver: versions[use], typ: 'JWT', sbt: use }, claims);
}

/** Signs claims under a header to which the algorithm is added. */
export function signCompact(
  key: TokenKey,
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
): string {
  const signed = `${encoded({ ...header, alg: key.algorithm })}.${encoded(claims)}`;
  return `${signed}.${Buffer.from(key.sign(Buffer.from(signed))).toString('base64url')}`;
}

/** What the service reads of an access token of its own. */
export interface AccessClaims {
  readonly sid: string;
  readonly client: string;
  readonly issuer: string;
}

/**
 * Verifies an access token with the published keys. Rejects with `esia_token_invalid` for what is none of ours,
 * `esia_token_expired`, `storage_unavailable`.
 */
export async function verifyAccessToken(keys: TokenKeys, token: string, at: number): Promise<AccessClaims> {
  const [header, payload, signature, ...rest] = token.length > longestToken ? [] : token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0)
    throw invalid();
  const { alg, sbt, ver } = objectIn(header);
  const octets = Buffer.from(signature, 'base64url');
  const isOurs =
    sbt === 'access' &&
    ver === versions.access &&
    octets.toString('base64url') === signature &&
    (await keys.published(at)).some(
      (key) => key.algorithm === alg && key.verify(Buffer.from(`${header}.${payload}`), octets),
    );
  if (!isOurs) throw invalid();
  const { exp, client_id: client, iss: issuer, 'urn:esia:sid': sid } = objectIn(payload);
  if (
    typeof exp !== 'number' ||
    typeof client !== 'string' ||
    typeof sid !== 'string' ||
    typeof issuer !== 'string'
  )
    throw invalid();
  if (at >= exp * 1000) throw new SealgateError('esia_token_expired', { expiredAt: new Date(exp * 1000) });
  return { sid, client, issuer };
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function objectIn(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    throw invalid();
  }
}

function invalid(): SealgateError {
  return new SealgateError('esia_token_invalid');
}
