import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../src/database/database.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { importRegister } from '../../src/register/import.ts';
import { databaseRegister } from '../../src/register/lookup.ts';
import { compare, type Figure, repeatAsync } from './measure.ts';

const large = 1_000_000;
const small = 10;
/** Import of the large register, in seconds. */
const importGoal = 60;

/** What an import took. */
interface Imported {
  readonly database: Database;
  readonly seconds: number;
  /** The most memory that the process held more than before, in octets. */
  readonly memory: number;
}

/**
 * A register of a million organisations, not sorted: how often a second it is imported against the goal of a minute,
 * and a look-up in it against one in a register of ten. Memory of the import is told by `told`, beside that of ten.
 */
export async function registerBenchmarks(
  told: (line: string) => void = () => {},
): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-bench-'));
  const opened: Database[] = [];
  try {
    const few = await importOf(folder, small, opened);
    const many = await importOf(folder, large, opened);
    told(`import of ${small}: ${few.seconds.toFixed(2)} s, ${mebibytes(few.memory)} MiB of memory`);
    told(`import of ${large}: ${many.seconds.toFixed(1)} s, ${mebibytes(many.memory)} MiB of memory`);
    return [
      await compare(
        'register of 1,000,000 organisations: imported, a second',
        `once in ${importGoal} s`,
        () => 1 / many.seconds,
        () => 1 / importGoal,
        1,
      ),
      await compare(
        'register: look-up among 1,000,000',
        'among 10',
        repeatAsync(lookUp(many.database, large)),
        repeatAsync(lookUp(few.database, small)),
      ),
    ];
  } finally {
    for (const database of opened) await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function importOf(folder: string, count: number, opened: Database[]): Promise<Imported> {
  const file = join(folder, `${count}.csv`);
  await writeRegister(file, count);
  const secrets = [randomBytes(32)];
  const database = openSqlite({ file: join(folder, `${count}.sqlite`), secrets, at: Date.now() });
  opened.push(database);
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let most = before;
  const watching = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 50);
  const begin = performance.now();
  const { imported } = await importRegister(database, { file, format: 'csv' }, Date.now());
  const seconds = (performance.now() - begin) / 1000;
  clearInterval(watching);
  if (imported !== count) throw new Error(`${imported} of ${count} organisations were imported`);
  return { database, seconds, memory: most - before };
}

/** Writes a register of so many organisations, in no order. */
export async function writeRegister(file: string, count: number): Promise<void> {
  const stream = createWriteStream(file);
  stream.write('ogrn,inn,kpp,name,short_name,state,heads\n');
  for (let index = 0; index < count; index++) {
    // 7919 is prime to both sizes, so that every number comes once, in no order.
    const number = (index * 7919 + 13) % count;
    const form = '"Общество с ограниченной ответственностью ""Ромашка';
    const state = number % 3 === 0 ? 'closed' : 'active';
    const row = `${ogrnOf(number)},${innOf(number)},770101001,${form} ${number}""","ООО ""Ромашка ${number}""",${state},500100732259\n`;
    if (!stream.write(row)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
}

/** Looks up one of so many after the other, far apart from each other. */
export function lookUp(database: Database, count: number): () => Promise<void> {
  const register = databaseRegister(database);
  let turn = 0;
  return async () => {
    turn = (turn + 7919) % count;
    const found = await register.find({ ogrn: ogrnOf(turn), inn: innOf(turn) });
    if (found?.inn !== innOf(turn)) throw new Error('an organisation of the register was not found');
  };
}

function ogrnOf(number: number): string {
  const digits = String(102_770_000_000 + number);
  return `${digits}${(Number(digits) % 11) % 10}`;
}

const innWeights = [2, 4, 10, 3, 5, 9, 4, 6, 8];

function innOf(number: number): string {
  const digits = String(770_000_000 + number);
  const sum = innWeights.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  return `${digits}${(sum % 11) % 10}`;
}

function mebibytes(octets: number): string {
  return (octets / 2 ** 20).toFixed(0);
}
