import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEnvironment, toConfig } from '../../src/config.ts';
import { backupReport, restoreReport } from '../../src/operator/backup.ts';
import { openState } from '../../src/service/state.ts';
import { portalOf, startTestService } from '../service/portal.ts';

let folder: string;
let backup: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
  backup = join(folder, 'backup.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const configOf = (data: string) => toConfig(readEnvironment({ SEALGATE_DATA: data }));

async function make(data: string): Promise<void> {
  const config = configOf(data);
  const state = await openState(config, Date.now(), 'read');
  try {
    await backupReport({ ...state, config, at: Date.now() }, backup);
  } finally {
    await state.database.close();
  }
}

/** Starts a service, signs in, and makes a backup while it runs. */
async function backedUp() {
  const service = await startTestService();
  const portal = await service.portal();
  const { assertion } = (await portal.signIn()).body;
  await make(service.folder);
  const after = (await portal.signIn()).body.assertion;
  return { service, portal, assertion, after };
}

describe('a backup', () => {
  it('that was made while the service ran becomes a service that knows what the first one did by then', async () => {
    const { service, portal, assertion, after } = await backedUp();
    await service.dispose();
    const data = join(folder, 'restored');
    const { json } = await restoreReport(configOf(data), backup);
    expect(json).toMatchObject({ records: expect.any(Number), database: join(data, 'sealgate.sqlite') });
    const restored = await startTestService(
      {},
      { SEALGATE_DATA: data, SEALGATE_ISSUER: service.service.issuer },
    );
    const secret = Buffer.from(portal.authorization.slice(6), 'base64').toString().slice('portal:'.length);
    const there = portalOf(restored.url, 'portal', secret);
    const isActive = async (token: string) =>
      (await there.post<{ active: boolean }>('/v1/assertions/introspect', { token })).body.active;
    expect(await isActive(assertion)).toBe(true);
    expect(await isActive(after)).toBe(false);
    expect((await there.signIn()).status).toBe(200);
    await restored.dispose();
  });

  it('is for its owner’s eyes, as is what it becomes, and the database keeps nothing of the secrets in it', async () => {
    const { service } = await backedUp();
    await service.dispose();
    const data = join(folder, 'restored');
    await restoreReport(configOf(data), backup);
    const secret = readFileSync(join(data, 'secrets'));
    for (const file of [backup, join(data, 'secrets'), join(data, 'sealgate.sqlite')])
      expect(statSync(file).mode & 0o777, file).toBe(0o600);
    expect(readFileSync(backup).includes(secret.subarray(0, 40))).toBe(true);
    expect(readFileSync(join(data, 'sealgate.sqlite')).includes(secret.subarray(0, 40))).toBe(false);
  });

  it('is written over nothing, nor restored over anything', async () => {
    const { service } = await backedUp();
    await expect(make(service.folder)).rejects.toMatchObject({ code: 'file_unwritable' });
    await expect(restoreReport(configOf(service.folder), backup)).rejects.toMatchObject({
      code: 'file_unwritable',
    });
    await service.dispose();
  });

  it.each([
    [
      'with one record changed',
      (database: DatabaseSync) =>
        database.exec(
          "DROP TRIGGER journal_keeps_entries; UPDATE journal SET record = '{}' WHERE sequence = 2",
        ),
    ],
    [
      'without its secrets',
      (database: DatabaseSync) => database.exec("DELETE FROM backup_file WHERE name = 'secrets'"),
    ],
    [
      'with a file that would be put elsewhere',
      (database: DatabaseSync) => database.exec("INSERT INTO backup_file VALUES ('keys/../evil', x'00')"),
    ],
  ])('%s is refused with backup_unreadable, and leaves nothing behind', async (_, tamper) => {
    const { service } = await backedUp();
    await service.dispose();
    const database = new DatabaseSync(backup);
    tamper(database);
    database.close();
    const data = join(folder, 'restored');
    await expect(restoreReport(configOf(data), backup)).rejects.toMatchObject({ code: 'backup_unreadable' });
    expect(existsSync(data)).toBe(false);
  });

  it.each([
    ['no database at all', () => writeFileSync(backup, 'not a database')],
    ['a database of something else', () => new DatabaseSync(backup).exec('CREATE TABLE x (y)')],
  ])('that is %s is refused with backup_unreadable', async (_, write) => {
    write();
    const restoring = restoreReport(configOf(join(folder, 'restored')), backup);
    await expect(restoring).rejects.toMatchObject({ code: 'backup_unreadable' });
    expect(readdirSync(folder)).toEqual(['backup.sqlite']);
  });
});
