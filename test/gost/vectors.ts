import { readFileSync } from 'node:fs';
import { z } from 'zod';

const folder = new URL('../../../shared/vectors/gost/', import.meta.url);
const number = z.string().transform((digits) => BigInt(`0x${digits}`));
const point = z.object({ x: number, y: number });

const manifest = z.object({
  streebog: z.array(
    z.object({
      id: z.string(),
      bits: z.literal([256, 512]),
      message_hex: z.string(),
      digest_hex: z.string(),
    }),
  ),
  signatures: z.array(
    z.object({
      id: z.string(),
      curve: z.object({ oid: z.string(), p: number, a: number, b: number, q: number, x: number, y: number }),
      private_key_d: number,
      public_key: point,
      e: number,
      r: number,
      s: number,
      result: z.string(),
    }),
  ),
  raw_signatures: z.array(
    z.object({
      id: z.string(),
      param_set: z.string(),
      digest_hex: z.string(),
      public_key: point,
      r: number,
      s: number,
      result: z.string(),
    }),
  ),
  rfc9215: z.array(
    z.object({
      id: z.string(),
      param_set: z.string(),
      private_key_d: number,
      request: z.string(),
      certificate: z.string(),
      crl: z.string(),
    }),
  ),
  tk26_certificates: z.array(
    z.object({ id: z.string(), param_set: z.string(), private_key_d: number, certificate: z.string() }),
  ),
});

/** The published examples (see the README beside them). */
export const vectors = manifest.parse(JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')));

/** A file that the manifest names. */
export function vectorFile(name: string): Uint8Array {
  return readFileSync(new URL(name, folder));
}
