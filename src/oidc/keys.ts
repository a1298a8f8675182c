import { createPublicKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { ExternalSigningKey } from 'oidc-provider';
import type { AssertionKeys } from '../assertion/keys.ts';
import { fault, SealgateError } from '../error.ts';

/** The service's keys as the library signs with them: in a file or on a token, whichever signs just now first. */
export interface OidcKeys {
  /** Changes whenever keys come, go or take over. */
  readonly state: string;
  /** Algorithm of the key that signs. */
  readonly algorithm: string;
  readonly keys: readonly ExternalSigningKey[];
  /** Their public halves as they are published (RFC 7517), JSON in UTF-8. */
  readonly published: Uint8Array;
}

/** The keys as of now: `before`, where they are still the same. Throws `assertion_key_unavailable`. */
export async function oidcKeys(keys: AssertionKeys, now: () => number, before?: OidcKeys): Promise<OidcKeys> {
  const at = now();
  const signer = await keys.signer(at);
  const others = (await keys.published(at)).filter(({ kid }) => kid !== signer.kid);
  const all = [signer.jwk, ...others];
  const state = all.map(({ kid }) => kid).join(' ');
  if (before?.state === state) return before;
  return {
    state,
    algorithm: signer.algorithm,
    keys: all.map((jwk) => new ServiceKey(jwk, keys, now)),
    published: Buffer.from(JSON.stringify({ keys: all })),
  };
}

/** A key that the library knows the public half of, and that signs wherever it lies. */
class ServiceKey extends ExternalSigningKey {
  private readonly jwk: JWK;
  private readonly publicKey: KeyObject;
  private readonly signers: AssertionKeys;
  private readonly now: () => number;

  constructor(jwk: JWK, signers: AssertionKeys, now: () => number) {
    super();
    this.publicKey = createPublicKey({ key: jwk as Record<string, string>, format: 'jwk' });
    this.signers = signers;
    this.now = now;
    this.jwk = jwk;
  }

  override get kid(): string {
    return this.jwk.kid ?? '';
  }

  override get alg(): string | undefined {
    return this.jwk.alg;
  }

  override keyObject(): KeyObject {
    return this.publicKey;
  }

  override async sign(data: Uint8Array): Promise<Buffer> {
    const signer = await this.signers.signer(this.now());
    // Another key has taken over since the header was written; the next request is signed by it.
    if (signer.kid !== this.kid) {
      const cause = fault('another key has taken over');
      throw new SealgateError('assertion_key_unavailable', {}, { cause });
    }
    return Buffer.from(await signer.sign(data));
  }
}
