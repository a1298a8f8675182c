import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { vectors as sharedVectors } from '../vectors.ts';

const { folder, reason, note } = sharedVectors('gost');
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

/** The published examples (see the README beside them); none where their folder is not there. */
export const vectors: z.infer<typeof manifest> =
  reason === undefined
    ? manifest.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')))
    : { streebog: [], signatures: [], raw_signatures: [], rfc9215: [], tk26_certificates: [] };

/** Says which test run over the examples was skipped, and why; to be called where they are used. */
export function expectVectors(): void {
  it.skipIf(reason)(`the published examples are there${note}`, () => {
    for (const examples of Object.values(vectors)) expect(examples).not.toEqual([]);
  });
}

/** A file that the manifest names. */
export function vectorFile(name: string): Uint8Array {
  return readFileSync(join(folder, name));
}
