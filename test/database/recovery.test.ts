import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../src/audit/verify.ts';
import type { Database } from '../../src/database/database.ts';
import { openPostgresql } from '../../src/database/postgresql/database.ts';
import { parsePlace } from '../../src/database/postgresql/place.ts';
import {
  type PrivatePostgresql,
  postgresqlPrograms,
  startPostgresql,
} from '../../src/demo/private-postgresql.ts';
import { keyring } from '../../src/secret/keyring.ts';
import { startRecovered } from './further-postgresql.ts';

const secrets = [randomBytes(32)];
const opened: Database[] = [];
let server: PrivatePostgresql;
let archive: string;
beforeAll(async () => {
  // The folder of the archive lies below the server's own, which only the server knows before it starts.
  server = await startPostgresql({
    settings: ['archive_mode=on', 'archive_command=mkdir -p ../archive && cp %p ../archive/%f'],
  });
  archive = join(server.folder, 'archive');
});
afterAll(async () => {
  await Promise.all(opened.map((database) => database.close()));
  await server?.close();
});

async function open(url: string): Promise<Database> {
  const database = await openPostgresql({ place: parsePlace(url, 'DATABASE_URL'), secrets, at: 1 });
  opened.push(database);
  return database;
}

async function write(database: Database, count: number): Promise<void> {
  for (let at = 1; at <= count; at++)
    await database.write({ statements: [], journal: [{ at, record: `{"event":"test ${at}"}` }] });
}

/** How many records the audit has; its chain and its seal are verified. */
async function verified(database: Database): Promise<number> {
  const { damage, records } = await verifyAudit(database, keyring(secrets, 'journal'));
  expect(damage).toBeUndefined();
  return records;
}

describe('what was kept of a PostgreSQL', () => {
  it('by pg_dump while it was written to is a whole audit, and goes on', async () => {
    const url = await server.create('dumped');
    const database = await open(url);
    await write(database, 20);
    const writing = write(database, 30);
    const program = (name: string) => join(postgresqlPrograms() ?? '', name);
    const dump = execFileSync(program('pg_dump'), ['--format', 'custom', url], { maxBuffer: 2 ** 28 });
    await writing;
    const other = await server.create('restored');
    execFileSync(program('pg_restore'), ['--dbname', other, '--exit-on-error'], { input: dump });
    const restored = await open(other);
    const records = await verified(restored);
    expect(records).toBeGreaterThanOrEqual(20);
    await write(restored, 1);
    expect(await verified(restored)).toBe(records + 1);
  });

  it('by a copy and the archive of its log is the audit as it was at that time, and goes on', async () => {
    const database = await open(await server.create('archived'));
    await write(database, 5);
    const base = server.backUp('base');
    await write(database, 10);
    const [row] = await server.run('SELECT clock_timestamp()::text AS now');
    await setTimeout(20);
    await write(database, 10);
    await server.run('SELECT pg_switch_wal()');
    const unarchived = `SELECT 1 WHERE (SELECT last_archived_wal FROM pg_stat_archiver) IS NULL
      OR EXISTS (SELECT 1 FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready')`;
    while ((await server.run(unarchived)).length > 0) await setTimeout(50);
    const recovered = await startRecovered(base, archive, String(row?.now));
    const then = await open(recovered.url('archived'));
    expect(await verified(then)).toBe(15);
    await write(then, 1);
    expect(await verified(then)).toBe(16);
    await then.close();
    await recovered.close();
  });
});
