import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePublicKeyInfo } from '../../src/algorithm/public-key-info.ts';
import { takeChallenge } from '../../src/challenge/take.ts';
import type { Unit } from '../../src/database/database.ts';
import { importRegister } from '../../src/register/import.ts';
import { loadCertificateList } from '../../src/revocation/crl/load.ts';
import { lookUp, writeRegister } from '../bench/register.ts';
import { madeList } from '../bench/revocation.ts';
import { askingFor, makeList } from '../bench/trust-list.ts';
import type { Engine } from './engines.ts';
import { measure, type Series } from './series.ts';

/** Sizes of one step: those of every run, and those that take long. */
export interface Sizes {
  readonly usual: readonly number[];
  readonly whole: readonly number[];
}

/** What a step looks into, and how much of it there is. */
export const sizes = {
  organisations: { usual: [10, 1_000, 100_000], whole: [10, 1_000, 100_000, 1_000_000] },
  challenges: { usual: [1_000, 100_000, 500_000], whole: [1_000, 100_000, 1_000_000, 10_000_000] },
  evidence: { usual: [1_000, 20_000, 100_000], whole: [1_000, 100_000, 1_000_000] },
  entries: { usual: [0, 1_000, 100_000], whole: [0, 1_000, 100_000, 1_000_000] },
  // Six keys each.
  authorities: { usual: [2, 10, 50], whole: [2, 10, 100, 500] },
} as const satisfies Readonly<Record<string, Sizes>>;

/** Looks organisations up, among ever more of them. */
export async function organisations(engine: Engine, all: readonly number[]): Promise<Series> {
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-growth-'));
  const sized = [];
  for (const size of all) {
    const file = join(folder, `${size}.csv`);
    await writeRegister(file, size);
    const { database } = await engine.open(`organisations-${size}`);
    await importRegister(database, { file, format: 'csv' }, 1);
    sized.push({ size, act: lookUp(database, size) });
  }
  rmSync(folder, { recursive: true });
  return { name: 'organisation looked up among', engine: engine.name, points: await measure(sized) };
}

/** So many are written at once, as people who come at the same time are. */
const atOnce = 8;
const late = 4_000_000_000_000;

/** Takes challenges, beside ever more that were taken. */
export function challenges(engine: Engine, all: readonly number[]): Promise<Series> {
  return writes(engine, 'challenge taken beside', all, 'taken_challenge (expires_at, nonce_hash)', {
    select: `${late} - n, octets(32)`,
    unit: () => ({ statements: [takeChallenge({ nonceHash: randomBytes(32), expiresAt: late })] }),
  });
}

/** Keeps evidence, beside ever more that is kept: four kilobytes each, as a sign-in's message and record have. */
export function evidence(engine: Engine, all: readonly number[]): Promise<Series> {
  let at = late;
  const [record, message] = [randomBytes(1_500), randomBytes(2_500)];
  return writes(engine, 'evidence kept beside', all, 'evidence (at, digest, record, message)', {
    select: `n, 'digest ' || n, octets(1500), octets(2500)`,
    unit: () => ({
      statements: [
        {
          sql: 'INSERT INTO evidence (at, digest, record, message) VALUES (?, ?, ?, ?)',
          parameters: [at++, randomBytes(32).toString('hex'), record, message],
        },
      ],
    }),
  });
}

async function writes(
  engine: Engine,
  name: string,
  all: readonly number[],
  table: string,
  { select, unit }: { readonly select: string; readonly unit: () => Unit },
): Promise<Series> {
  const sized = [];
  for (const size of all) {
    const { database, fill } = await engine.open(`${table.replace(/ .*/, '')}-${size}`);
    await fill(table, select, size);
    const act = async () => {
      await Promise.all(Array.from({ length: atOnce }, () => database.write(unit())));
    };
    sized.push({ size, act });
  }
  const points = await measure(sized);
  return {
    name,
    engine: engine.name,
    points: points.map((point) => ({ ...point, microseconds: point.microseconds / atOnce })),
  };
}

/** Looks serial numbers up that are in no list, in lists of ever more entries. */
export async function entries(all: readonly number[]): Promise<Series> {
  const sized = [];
  for (const size of all) {
    const { der, signer } = madeList(size);
    const list = await loadCertificateList(der, [parsePublicKeyInfo(signer.spki)]);
    const serials = Array.from({ length: 4_096 }, () => randomBytes(16));
    let turn = 0;
    const act = () => {
      if (list.entries.find(serials[turn++ % serials.length]!, list.issuer, true).length > 0)
        throw new Error('a serial number was found that is not there');
    };
    sized.push({ size, act });
  }
  return { name: 'serial number looked up among', engine: undefined, points: await measure(sized) };
}

/** Asks whether a key is accredited, among ever more. */
export async function authorities(all: readonly number[]): Promise<Series> {
  const sized = [];
  for (const count of all) {
    const list = await makeList(count, 'ecdsa-p256');
    sized.push({ size: list.certificates.length, act: askingFor(list) });
  }
  return { name: 'trusted key looked up among', engine: undefined, points: await measure(sized) };
}
