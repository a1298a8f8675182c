import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditEntry } from '../../src/audit/record.ts';
import type { Access } from '../../src/database/access.ts';
import type { Database } from '../../src/database/database.ts';
import { updateSealed } from '../../src/database/sealed-table.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { registrationSchema } from '../../src/relying-party/registration.ts';
import { clientRegistry } from '../../src/relying-party/registry.ts';
import { readRecords, renewSeals, sealRecords } from '../../src/service/records.ts';

const [older, newer] = [randomBytes(32), randomBytes(32)];
const registration = registrationSchema.parse({
  id: 'portal',
  name: { en: 'Portal', ru: 'Портал' },
  origins: ['https://portal.example'],
});

let folder: string;
let opened: Database[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((one) => one.close()));
  rmSync(folder, { recursive: true, force: true });
});

function open(secrets: readonly Uint8Array[], access: Access = 'serve'): Database {
  const database = openSqlite({ file: join(folder, 'db'), secrets, at: 1, access });
  opened.push(database);
  return database;
}

const states = async (database: Database) => (await readRecords(database)).map(({ state }) => state);

describe('the seals of records', () => {
  it('are made anew by a service that starts with a newer secret, so that the older one can go', async () => {
    await clientRegistry(open([older])).add(registration, 1);
    const between = open([newer, older]);
    expect(await states(between)).toEqual(['older']);
    await renewSeals(between);
    expect(await states(between)).toEqual(['current']);
    const alone = open([newer]);
    await renewSeals(alone);
    expect(await states(alone)).toEqual(['current']);
  });

  it('of a secret that went too early are refused with record_unsealed, and hold again once it is back', async () => {
    const database = open([older]);
    await clientRegistry(database).add(registration, 1);
    const without = open([newer], 'read');
    expect(await states(without)).toEqual(['unknown']);
    await expect(renewSeals(without)).rejects.toMatchObject({ code: 'record_unsealed' });
    await renewSeals(open([newer, older]));
  });

  it('are made by a command with the secret that the running service knows', async () => {
    const running = open([older]);
    await clientRegistry(running).add(registration, 1);
    const command = open([newer, older], 'open');
    await clientRegistry(command).disable('portal', true, 2);
    expect(await states(running)).toEqual(['current']);
  });

  it('are made anew once by twenty services that start together', async () => {
    await clientRegistry(open([older])).add(registration, 1);
    const services = Array.from({ length: 20 }, () => open([newer, older]));
    await Promise.all(services.map((database) => renewSeals(database)));
    expect(await states(open([newer], 'read'))).toEqual(['current']);
  });

  it('are given for what was looked at, and not for what it has become meanwhile: record_changed', async () => {
    const database = open([older]);
    await clientRegistry(database).add(registration, 1);
    const seen = await readRecords(database);
    await clientRegistry(database).disable('portal', true, 2);
    await expect(sealRecords(database, seen, 3)).rejects.toMatchObject({ code: 'record_changed' });
    await sealRecords(database, await readRecords(database), 3);
  });
});

describe('changes of one record at the same time', () => {
  it('are both kept: of two rotations no secret is lost', async () => {
    const [one, two] = [clientRegistry(open([older])), clientRegistry(open([older]))];
    await one.add(registration, 1);
    const secrets = await Promise.all([one, two].map((registry) => registry.rotate('portal', 3_600_000, 2)));
    await two.disable('portal', true, 3);
    await two.disable('portal', false, 4);
    for (const secret of secrets) {
      expect((await clientRegistry(open([older])).authenticate('portal', secret, 5)).id).toBe('portal');
    }
  });

  it('are refused with record_changed where the row is no longer what was read', async () => {
    const database = open([older]);
    await clientRegistry(database).add(registration, 1);
    const [before] = await readRecords(database);
    if (before === undefined) throw new Error('unreachable');
    const { statement } = updateSealed(before.table, before.row, { disabled_at: 9 });
    const change = { statements: [statement] };
    await database.write({ ...change, journal: [auditEntry({ event: 'client.disabled', at: 1 })] });
    await expect(database.write(change)).rejects.toMatchObject({ code: 'record_changed' });
  });
});
