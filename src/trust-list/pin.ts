import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { SealgateError } from '../error.ts';
import { schemaProblem } from '../failure/schema-problem.ts';

const fingerprint = z.string().regex(/^[0-9a-f]{64}$/, 'lower-case SHA-256 in hexadecimal');

const pinFile = z.strictObject({
  description: z.string(),
  roots: z.array(
    z.strictObject({
      name: z.string(),
      sha256: fingerprint,
      notBefore: z.iso.date(),
      notAfter: z.iso.date(),
      source: z.string(),
    }),
  ),
  listSigners: z
    .array(
      z.strictObject({
        name: z.string(),
        ogrn: z
          .string()
          .regex(/^\d{13}$/)
          .optional(),
        sha256: fingerprint.optional(),
        source: z.string(),
      }),
    )
    .default([]),
});

/** What is trusted by configuration: roots by fingerprint, signers of the list by OGRN below such a root or by fingerprint. */
export interface Pins {
  /** SHA-256 of root certificates, lower-case hexadecimal, with the name they are known by. */
  readonly roots: ReadonlyMap<string, string>;
  readonly signerOgrns: ReadonlySet<string>;
  /** SHA-256 of the list signers' certificates. */
  readonly signerFingerprints: ReadonlySet<string>;
}

/** Nothing is pinned. */
export const noPins: Pins = { roots: new Map(), signerOgrns: new Set(), signerFingerprints: new Set() };

/** The folder with the pins that Sealgate comes with. */
export const suppliedPins: string = fileURLToPath(new URL('../../certs/trusted/', import.meta.url));

/**
 * Reads every .json file of a folder of pins. Throws `configuration_invalid` for a folder that cannot be read and for
 * a file of another form.
 */
export function readPins(folder: string = suppliedPins): Pins {
  return joinPins(filesIn(folder).map((name) => readPinFile(join(folder, name))));
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch (error) {
    const details = { field: folder, problem: 'the folder of pins cannot be read' };
    throw new SealgateError('configuration_invalid', details, { cause: error });
  }
}

function readPinFile(file: string): Pins {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new SealgateError('configuration_invalid', { field: file, problem: 'no JSON' }, { cause: error });
  }
  const parsed = pinFile.safeParse(content, { error: schemaProblem });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.code === 'unrecognized_keys' ? issue.keys.join() : issue?.path.join('.');
    const problem = issue?.message ?? 'wrong';
    throw new SealgateError('configuration_invalid', { field: path ? `${path} in ${file}` : file, problem });
  }
  const { roots, listSigners } = parsed.data;
  return {
    roots: new Map(roots.map(({ sha256, name }) => [sha256, name])),
    signerOgrns: new Set(listSigners.flatMap(({ ogrn }) => (ogrn === undefined ? [] : [ogrn]))),
    signerFingerprints: new Set(listSigners.flatMap(({ sha256 }) => (sha256 === undefined ? [] : [sha256]))),
  };
}

/** All pins together. */
export function joinPins(parts: readonly Pins[]): Pins {
  return {
    roots: new Map(parts.flatMap(({ roots }) => [...roots])),
    signerOgrns: new Set(parts.flatMap(({ signerOgrns }) => [...signerOgrns])),
    signerFingerprints: new Set(parts.flatMap(({ signerFingerprints }) => [...signerFingerprints])),
  };
}
