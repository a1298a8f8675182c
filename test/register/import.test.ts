import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { importRegister } from '../../src/register/import.ts';
import { databaseRegister } from '../../src/register/lookup.ts';
import { formatOf } from '../../src/register/rows.ts';
import { findSession, newSessionId, openSession, sessionLifetime } from '../../src/session/session.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';

const at = 1_800_000_000_000;
const folder = mkdtempSync(join(tmpdir(), 'sealgate-register-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let temporary: TemporaryDatabase;
beforeEach(() => {
  temporary = temporaryDatabase();
});
afterEach(() => temporary.dispose());

const first = { ogrn: '1259901001018', inn: '9901001013' };
const second = { ogrn: '1259901002020', inn: '9901002024' };

function importText(text: string | Uint8Array, name = 'register.csv', options = {}, time = at) {
  const file = join(folder, name);
  writeFileSync(file, text);
  return importRegister(temporary.database, { file, format: formatOf(name), ...options }, time);
}

const find = (key: typeof first) => databaseRegister(temporary.database).find(key);

const csv = [
  '\ufeffOGRN;INN;KPP;Name;Short_Name;State;Heads',
  `${first.ogrn};${first.inn};770101001 770102002;"ООО ""Северный; ветер""";"ООО «СВ»";active;990100101149`,
  `${second.ogrn};${second.inn};;АО «Опытный завод»;;closed;`,
].join('\r\n');

describe('an import', () => {
  it('of CSV takes quotes, semicolons, line ends of either kind and a byte order mark', async () => {
    const result = await importText(csv);
    expect(result).toMatchObject({ imported: 2, barred: 1, removed: 0, invalid: 0 });
    expect(await find(first)).toEqual({
      ...first,
      kpp: ['770101001', '770102002'],
      name: 'ООО "Северный; ветер"',
      shortName: 'ООО «СВ»',
      state: 'active',
      heads: [{ inn: '990100101149' }],
    });
    expect(await find(second)).toMatchObject({ state: 'closed', heads: [] });
  });

  it('of JSON Lines takes lists, and state active where none is given', async () => {
    const row = { ...first, name: 'А', kpp: ['770101001'], heads: [{ inn: '990100101149' }] };
    await importText(`${JSON.stringify(row)}\n\n${JSON.stringify({ ...second, name: 'Б' })}`, 'r.jsonl');
    expect(await find(first)).toMatchObject({ kpp: ['770101001'], heads: [{ inn: '990100101149' }] });
    expect(await find(second)).toMatchObject({ name: 'Б', state: 'active' });
  });

  it.each([
    ['a wrong check digit', `ogrn,inn,name\n${first.ogrn},9901001014,А`, 2, 'inn'],
    ['an OGRN of another length', `ogrn,inn,name\n125990100101,${first.inn},А`, 2, 'ogrn'],
    ['no name', `ogrn,inn,name\n${first.ogrn},${first.inn},`, 2, 'name'],
    ['an unknown state', `ogrn,inn,name,state\n${first.ogrn},${first.inn},А,blokced`, 2, 'state'],
    ['a head who is no person', `ogrn,inn,name,heads\n${first.ogrn},${first.inn},А,123`, 2, 'head'],
    ['a column that is misspelt', `ogrn,inn,name,status\n${first.ogrn},${first.inn},А,blocked`, 1, 'status'],
    [
      'a column that comes twice',
      `ogrn,inn,name,state,state\n${first.ogrn},${first.inn},А,blocked,active`,
      1,
      'state',
    ],
    ['a row that is cut off', `ogrn,inn,name\n${first.ogrn},${first.inn}`, 2, undefined],
  ])('with %s changes nothing and is refused with register_malformed', async (_, text, line, field) => {
    const error = await importText(`${text}\n`).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'register_malformed',
      details: { line, ...(field ? { field } : {}) },
    });
    expect(await find(first)).toBeUndefined();
  });

  it.each([
    [
      'in windows-1251',
      Buffer.from(`ogrn,inn,name\n${first.ogrn},${first.inn},\xc0\xce\n`, 'latin1'),
      'r.csv',
    ],
    ['of JSON in another encoding', Buffer.from('{"name":"\xc0\xce"}\n', 'latin1'), 'r.jsonl'],
    [
      'of JSON with a member that is misspelt',
      `{"ogrn":"${first.ogrn}","inn":"${first.inn}","name":"А","status":"blocked"}\n`,
      'r.jsonl',
    ],
    ['of JSON that is none', 'no JSON\n', 'r.jsonl'],
    ['of a line without end', `{"name":"${'x'.repeat(200_000)}`, 'r.jsonl'],
  ])('%s is refused with register_malformed', async (_, content, name) => {
    await expect(importText(content, name)).rejects.toMatchObject({ code: 'register_malformed' });
  });

  it('that may skip wrong rows lists them and takes the others', async () => {
    const text = `ogrn,inn,name\n${first.ogrn},1,А\n${second.ogrn},${second.inn},Б\n`;
    const result = await importText(text, 'r.csv', { skipsInvalid: true });
    expect(result).toMatchObject({ imported: 1, invalid: 1, flaws: [{ line: 2, field: 'inn' }] });
  });

  it('of a file that is not there is refused with file_unreadable', async () => {
    const file = join(folder, 'nothing.csv');
    await expect(importRegister(temporary.database, { file, format: 'csv' }, at)).rejects.toMatchObject({
      code: 'file_unreadable',
    });
  });

  it('that closes an organisation ends its sessions; one that replaces the register ends those it leaves out', async () => {
    await importText(`ogrn,inn,name\n${first.ogrn},${first.inn},А\n${second.ogrn},${second.inn},Б\n`);
    temporary.tamper(
      "INSERT INTO client (id, registration, secrets, created_at) VALUES ('portal', '{}', '[]', 0)",
    );
    const open = async (subject: string) => {
      const session = {
        id: newSessionId(at),
        client: 'portal',
        subject,
        certificate: 'x',
        startedAt: at,
        expiresAt: at + sessionLifetime,
      };
      await temporary.database.write({ statements: [openSession(session)] });
      return session.id;
    };
    const sessions = [await open(`ogrn:${first.ogrn}`), await open(`ogrn:${second.ogrn}`)];
    const reasons = async () =>
      Promise.all(sessions.map(async (id) => (await findSession(temporary.database, id))?.endReason));
    await importText(`ogrn,inn,name,state\n${first.ogrn},${first.inn},А,closed\n`, 'r.csv', {}, at + 1);
    expect(await reasons()).toEqual(['organisation-blocked', undefined]);
    const replacing = { replaces: true };
    const result = await importText(
      `ogrn,inn,name\n${first.ogrn},${first.inn},А\n`,
      'r.csv',
      replacing,
      at + 2,
    );
    expect(result).toMatchObject({ imported: 1, removed: 1 });
    expect(await reasons()).toEqual(['organisation-blocked', 'organisation-blocked']);
    const records: unknown[] = [];
    for await (const { record } of readAudit(temporary.database)) records.push(JSON.parse(record));
    const ended = (ogrn: string) => ({
      event: 'session.ended',
      subject: `ogrn:${ogrn}`,
      details: { reason: 'organisation-blocked', by: 'register.imported' },
    });
    const told = records.filter((record) => (record as { event: string }).event === 'session.ended');
    expect(told).toEqual([ended(first.ogrn), ended(second.ogrn)]);
    expect(await find(second)).toBeUndefined();
  });

  it('tells how far it is, up to the end', async () => {
    const shares: number[] = [];
    await importText(csv, 'r.csv', { onProgress: (share: number) => shares.push(share) });
    expect(shares.at(-1)).toBe(1);
    expect(shares.every((share, index) => share >= (shares[index - 1] ?? 0))).toBe(true);
  });
});

describe('a look-up', () => {
  it('finds by INN where the OGRN is another, so that the difference can be named', async () => {
    await importText(csv);
    expect(await find({ ogrn: '1259900000029', inn: first.inn })).toMatchObject(first);
    expect(await find({ ogrn: '1259900000029', inn: '9900000024' })).toBeUndefined();
  });
});
