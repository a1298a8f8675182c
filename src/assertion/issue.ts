import type { AssertionClaims } from './claims.ts';
import type { AssertionSigner } from './signer.ts';

/**
 * Signs an assertion: a JWT in compact form (RFC 7519, RFC 7515). The two dots are put here and not by a library,
 * because the key may be on a token, where no JWT library reaches. Throws `assertion_key_unavailable`.
 */
export async function signAssertion(signer: AssertionSigner, claims: AssertionClaims): Promise<string> {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  const signed = `${signer.header}.${payload}`;
  const signature = await signer.sign(Buffer.from(signed));
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}
