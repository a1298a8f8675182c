import { createPublicKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { isOrigin } from './origin.ts';

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/** A public key (RFC 7517): whoever hands in a private one is told at once. */
const publicKeySchema = z
  .looseObject({
    kty: z.enum(['EC', 'RSA', 'OKP']),
    kid: z.string().max(200).optional(),
    x5c: z.array(z.base64().max(20_000)).min(1).max(10).optional(),
  })
  .refine(
    (key) => !privateMembers.some((name) => name in key),
    'must be a public key: this one has private members',
  )
  .refine(isOfItsCertificate, 'must be the key of the first certificate of its x5c');

/** The public keys of a relying party: of `private_key_jwt`, of signed requests, and certificates of TLS (`x5c`). */
export const keySetSchema = z.strictObject({ keys: z.array(publicKeySchema).min(1).max(20) });

/** Where a relying party publishes them. */
export const keySetAddressSchema = z
  .string()
  .max(2_000)
  .refine(isKeySetAddress, 'must be an https address, or one on the machine itself, without a fragment');

/** The key set of certificates, for whoever has no other: each with its key. Throws where one is of no such key. */
export function keySetOf(certificates: readonly Uint8Array[]): z.input<typeof keySetSchema> {
  return {
    keys: certificates.map((der) => {
      const { publicKey, fingerprint256, raw } = new X509Certificate(der);
      const { kty, ...members } = publicKey.export({ format: 'jwk' });
      const kid = fingerprint256.replaceAll(':', '').slice(0, 32).toLowerCase();
      return { ...members, kty: kty as 'EC', kid, x5c: [raw.toString('base64')] };
    }),
  };
}

function isOfItsCertificate({ x5c, ...key }: { readonly x5c?: readonly string[] | undefined }): boolean {
  const [first] = x5c ?? [];
  if (first === undefined) return true;
  try {
    const { publicKey } = new X509Certificate(Buffer.from(first, 'base64'));
    return createPublicKey({ key: key as Record<string, string>, format: 'jwk' }).equals(publicKey);
  } catch {
    return false;
  }
}

function isKeySetAddress(text: string): boolean {
  if (!URL.canParse(text) || text.includes('#')) return false;
  const { origin, username, password } = new URL(text);
  return isOrigin(origin) && !username && !password;
}
