import { flattenedVerify, importJWK, type JWK } from 'jose';
import { z } from 'zod';

/** What seals bundles: the key that signs assertions. */
export interface SealSigner {
  /** Of JWS, such as ES256. */
  readonly algorithm: string;
  readonly kid: string;
  /** The signature in the form of JWS. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** What a seal turns out to be: by which of the given keys, by none of them, or none at all. */
export type SealState =
  | { readonly state: 'valid' | 'wrong' | 'unknown-key'; readonly kid: string }
  | { readonly state: 'absent' };

/** `typ` of seals, so that none can pass for an assertion, which the same key signs (RFC 8725, section 3.11). */
const sealType = 'sealgate-evidence+jws';

/** Far longer than any seal. In octets. */
export const longestSeal = 4_096;

const headerSchema = z.strictObject({ alg: z.string(), typ: z.literal(sealType), kid: z.string().max(256) });

/**
 * Seals a manifest: a JWS whose payload is left out, because it stands in the bundle (RFC 7515, appendix F), in ASCII.
 * Whoever has the service's public keys can check with any JOSE library where the bundle comes from. Rejects as the
 * signer does.
 */
export async function sealManifest(signer: SealSigner, manifest: Uint8Array): Promise<string> {
  const { algorithm: alg, kid } = signer;
  const header = base64url(JSON.stringify({ alg, typ: sealType, kid }));
  const signature = await signer.sign(Buffer.from(`${header}.${base64url(manifest)}`));
  return `${header}..${base64url(signature)}`;
}

/** Checks a seal by `keys`. What cannot be read is wrong. */
export async function checkSeal(
  seal: Uint8Array | undefined,
  manifest: Uint8Array,
  keys: readonly JWK[],
): Promise<SealState> {
  if (seal === undefined) return { state: 'absent' };
  const [header = '', payload, signature = '', ...rest] = Buffer.from(seal).toString('latin1').split('.');
  const read = readHeader(header);
  if (read === undefined || payload !== '' || rest.length > 0) return { state: 'wrong', kid: '' };
  const { kid } = read;
  const key = keys.find((each) => each.kid === kid);
  if (key === undefined) return { state: 'unknown-key', kid };
  if (key.alg === undefined || key.alg !== read.alg) return { state: 'wrong', kid };
  try {
    const jws = { protected: header, payload: base64url(manifest), signature };
    await flattenedVerify(jws, await importJWK(key, key.alg), { algorithms: [key.alg] });
    return { state: 'valid', kid };
  } catch {
    return { state: 'wrong', kid };
  }
}

function readHeader(header: string): z.infer<typeof headerSchema> | undefined {
  try {
    return headerSchema.safeParse(JSON.parse(Buffer.from(header, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}

function base64url(octets: Uint8Array | string): string {
  return Buffer.from(octets).toString('base64url');
}
