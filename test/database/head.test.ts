import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../src/audit/verify.ts';
import type { Access } from '../../src/database/access.ts';
import type { Database } from '../../src/database/database.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { isSealed } from '../../src/database/sqlite/head.ts';
import { keyring } from '../../src/secret/keyring.ts';

const [older, newer, other] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const entry = { statements: [], journal: [{ at: 1, record: 'entry' }] };

let folder: string;
let file: string;
let secretsFile: string;
let opened: Database[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
  file = join(folder, 'sealgate.sqlite');
  secretsFile = join(folder, 'secrets');
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((one) => one.close()));
  rmSync(folder, { recursive: true, force: true });
});

function open(secrets: readonly Uint8Array[], access: Access = 'serve', fromFile = false): Database {
  const database = openSqlite({ file, secrets, at: 1, access, ...(fromFile ? { secretsFile } : {}) });
  opened.push(database);
  return database;
}

const write = (...secrets: readonly Buffer[]) =>
  writeFileSync(secretsFile, secrets.map((secret) => `${secret.toString('base64url')}\n`).join(''));
const holdsFor = async (secret: Uint8Array) =>
  (await verifyAudit(open([secret], 'read'), keyring([secret], 'journal'))).damage === undefined;

describe('the head of the journal', () => {
  it('is sealed anew by a service that starts with a newer secret', async () => {
    await open([older]).write(entry);
    open([newer, older]);
    expect(await holdsFor(newer)).toBe(true);
    await open([newer]).write(entry);
  });

  it('is left as it is by a command, which goes on with the secret that a running service knows', async () => {
    const running = open([older]);
    await running.write(entry);
    const command = open([newer, older], 'open');
    expect(await holdsFor(older)).toBe(true);
    await command.write(entry);
    expect(await holdsFor(older)).toBe(true);
    await running.write(entry);
  });

  it.each(['serve', 'create', 'open'] as const)(
    'that another secret sealed is refused with configuration_invalid (%s)',
    async (access) => {
      await open([older]).write(entry);
      expect(() => open([other, newer], access)).toThrow(
        expect.objectContaining({ code: 'configuration_invalid' }),
      );
      open([other, older], access);
    },
  );

  it('that was forged is refused with audit_damaged', async () => {
    await open([older]).write(entry);
    const direct = new DatabaseSync(file);
    direct.exec('UPDATE journal_head SET sequence = 2');
    direct.close();
    for (const access of ['serve', 'create', 'open'] as const)
      expect(() => open([older], access)).toThrow(expect.objectContaining({ code: 'audit_damaged' }));
    expect(await holdsFor(older)).toBe(false);
  });

  it('is known only once something was written', async () => {
    expect(isSealed(file)).toBe(false);
    const database = open([older]);
    expect(isSealed(file)).toBe(false);
    await database.write(entry);
    expect(isSealed(file)).toBe(true);
  });
});

describe('a database that is open while the secrets are exchanged', () => {
  it('reads them again, and goes on', async () => {
    write(older);
    const running = open([older], 'serve', true);
    await running.write(entry);
    write(newer, older);
    open([newer, older]);
    await running.write(entry);
    await running.ready();
    expect(await holdsFor(newer)).toBe(true);
  });

  it.each([
    ['do not have the new one', () => write(older, other)],
    ['cannot be read', () => writeFileSync(secretsFile, 'half a li')],
    ['are gone', () => rmSync(secretsFile)],
  ])('refuses writes and is not ready where they %s, until they are there', async (_, spoil) => {
    write(older);
    const running = open([older], 'serve', true);
    await running.write(entry);
    await running.ready();
    spoil();
    open([newer, older]);
    await expect(running.write(entry)).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(running.ready()).rejects.toMatchObject({ code: 'storage_unavailable' });
    write(newer, older);
    await running.ready();
    await running.write(entry);
  });
});

describe('a database', () => {
  it.each(['open', 'read'] as const)(
    'that is missing is refused with configuration_invalid and not made (%s)',
    (access) => {
      const nowhere = { file: join(folder, 'typo', 'sealgate.sqlite'), secrets: [older], at: 1, access };
      expect(() => openSqlite(nowhere)).toThrow(
        expect.objectContaining({
          code: 'configuration_invalid',
          details: expect.objectContaining({ field: nowhere.file }),
        }),
      );
      expect(existsSync(join(folder, 'typo'))).toBe(false);
      writeFileSync(file, '');
      expect(() => open([older], access)).toThrow(expect.objectContaining({ code: 'configuration_invalid' }));
      open([older], 'create');
      open([older], access);
    },
  );

  it('whose folder cannot be made is refused with configuration_invalid', () => {
    writeFileSync(join(folder, 'occupied'), '');
    const place = { file: join(folder, 'occupied', 'sealgate.sqlite'), secrets: [older], at: 1 };
    expect(() => openSqlite(place)).toThrow(expect.objectContaining({ code: 'configuration_invalid' }));
  });

  it('that is opened to be read keeps an older schema, and takes no writes', async () => {
    await open([older]).write(entry);
    const direct = new DatabaseSync(file);
    const last = direct.prepare('SELECT max(number) AS number FROM migration').get()?.number;
    direct.prepare('DELETE FROM migration WHERE number = ?').run(last ?? 0);
    const count = () => direct.prepare('SELECT count(*) AS n FROM migration').get()?.n;
    const before = count();
    const reading = open([older], 'read');
    expect(await holdsFor(older)).toBe(true);
    await expect(reading.write(entry)).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(count()).toBe(before);
    direct.close();
  });

  it('is ready after its first write, which it makes itself and takes away', async () => {
    const database = open([older]);
    await database.ready();
    expect(await database.read({ sql: 'SELECT * FROM taken_challenge', parameters: [] })).toEqual([]);
  });

  it('is not ready while what it writes fails, although a write that changes nothing passes', async () => {
    const database = open([older]);
    await database.ready();
    const direct = new DatabaseSync(file);
    direct.exec('ALTER TABLE write_probe RENAME TO away');
    const lost = { statements: [{ sql: 'DELETE FROM write_probe', parameters: [] }] };
    await expect(database.write(lost)).rejects.toMatchObject({ code: 'storage_unavailable' });
    await database.write({ statements: [{ sql: 'DELETE FROM session', parameters: [] }] });
    await expect(database.ready()).rejects.toMatchObject({ code: 'storage_unavailable' });
    direct.exec('ALTER TABLE away RENAME TO write_probe');
    direct.close();
    await database.ready();
  });
});
