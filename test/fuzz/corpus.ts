import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Kind, Material } from './kind.ts';
import type { Finding, Seed } from './run.ts';

/** Where inputs and findings are kept; made by this program alone, and not part of the tree. */
export const usualFolder: string = fileURLToPath(new URL('../../build/fuzz/', import.meta.url));

const parts = ['inputs', 'context'] as const;

/**
 * The valid inputs of a kind: those kept in `folder`, so that a seed finds the same again, or new ones, which are kept
 * from now on.
 */
export async function materialOf(kind: Kind, folder: string): Promise<Material> {
  const place = join(folder, 'corpus', kind.name);
  if (existsSync(join(place, 'context'))) {
    const [inputs, context] = parts.map((part) => readAll(join(place, part)));
    return { inputs: inputs!, context: context! };
  }
  const material = await kind.make();
  for (const part of parts) {
    mkdirSync(join(place, part), { recursive: true });
    for (const [name, octets] of material[part]) writeFileSync(join(place, part, name), octets);
  }
  return material;
}

function readAll(folder: string): ReadonlyMap<string, Uint8Array> {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

/** Forgets the inputs of a kind, so that they are made anew. */
export function forgetMaterial(kind: Kind, folder: string): void {
  rmSync(join(folder, 'corpus', kind.name), { recursive: true, force: true });
}

/** The mutations of a kind that earlier runs have kept, because they reached code that others had not. */
export function grownOf(kind: Kind, folder: string): readonly Seed[] {
  const place = join(folder, 'corpus', kind.name, 'grown');
  if (!existsSync(place)) return [];
  return readdirSync(place).flatMap((input) =>
    [...readAll(join(place, input)).values()].map((octets) => ({ input, octets })),
  );
}

/** Keeps them for later runs. */
export function keepGrown(kind: Kind, grown: readonly Seed[], folder: string): void {
  for (const { input, octets } of grown) {
    const place = join(folder, 'corpus', kind.name, 'grown', input);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, hash('sha256', octets)), octets);
  }
}

/** Keeps what was found; gives the file that holds the input. */
export function keepFinding(
  kind: string,
  { problem, input, octets, told }: Finding,
  at: number,
  folder: string,
): string {
  const place = join(folder, 'findings');
  mkdirSync(place, { recursive: true });
  const file = join(place, `${kind}-${problem}-${at}`);
  writeFileSync(`${file}.bin`, octets);
  writeFileSync(`${file}.txt`, `${kind}, from ${input}: ${problem}\n${told}\n`);
  return `${file}.bin`;
}
