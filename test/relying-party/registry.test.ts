import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import type { Database } from '../../src/database/database.ts';
import { selectSealed, updateSealed } from '../../src/database/sealed-table.ts';
import { registrationSchema } from '../../src/relying-party/registration.ts';
import { type ClientRegistry, clientRegistry, clientTable } from '../../src/relying-party/registry.ts';
import { isSecretHash, makeSecret, matchingSecrets } from '../../src/relying-party/secret.ts';
import { interleaved } from '../database/interleaved.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';

const registration = registrationSchema.parse({
  id: 'portal',
  name: { en: 'Portal', ru: 'Портал' },
  origins: ['https://portal.example'],
});
const at = 1_800_000_000_000;
const hour = 3_600_000;

let temporary: TemporaryDatabase;
let registry: ClientRegistry;
beforeEach(() => {
  temporary = temporaryDatabase();
  registry = clientRegistry(temporary.database);
});
afterEach(() => temporary.dispose());

const unauthenticated = { code: 'client_unauthenticated' };

describe('a relying party', () => {
  it('is known by its secret, with everything that weakens a check switched off', async () => {
    const { secret } = await registry.add(registration, at);
    const client = await registry.authenticate('portal', secret, at);
    expect(client).toMatchObject({
      id: 'portal',
      audiences: ['portal'],
      language: 'ru',
      policy: {
        allowMissingSigningCertificate: false,
        allowUtf16Content: false,
        clockSkewSeconds: 300,
        requireQualified: true,
      },
    });
  });

  it('with a wrong secret, another’s identifier or none is refused with client_unauthenticated', async () => {
    const { secret } = await registry.add(registration, at);
    for (const [id, shown] of [
      ['portal', `${secret}x`],
      ['portal', ''],
      ['other', secret],
      ['', ''],
    ] as const) {
      await expect(registry.authenticate(id, shown, at)).rejects.toMatchObject(unauthenticated);
    }
  });

  it('that was registered without a secret is refused whatever it shows', async () => {
    await registry.seed(registration, [], at);
    await expect(registry.authenticate('portal', '', at)).rejects.toMatchObject(unauthenticated);
  });

  it('is refused within seconds of being disabled by another process, and let in again', async () => {
    const { secret } = await registry.add(registration, at);
    await registry.authenticate('portal', secret, at);
    const operator = clientRegistry(temporary.again());
    await operator.disable('portal', true, at);
    await expect(registry.authenticate('portal', secret, at + 3_000)).rejects.toMatchObject(unauthenticated);
    await operator.disable('portal', false, at);
    expect((await registry.authenticate('portal', secret, at + 6_000)).id).toBe('portal');
  });

  it('that is unknown costs no question to the database, nor does a flood of them', async () => {
    let asked = 0;
    const counting: Database = {
      write: (unit) => temporary.database.write(unit),
      read: (statement) => {
        asked += 1;
        return temporary.database.read(statement);
      },
      judgeSeal: (text, seal) => temporary.database.judgeSeal(text, seal),
      ready: () => temporary.database.ready(),
      close: () => temporary.database.close(),
    };
    const { secret } = await registry.add(registration, at);
    const counted = clientRegistry(counting);
    expect((await counted.authenticate('portal', secret, at)).id).toBe('portal');
    for (let each = 0; each < 100; each += 1) {
      await expect(counted.authenticate(`other-${each}`, secret, at + each)).rejects.toMatchObject(
        unauthenticated,
      );
    }
    expect(asked).toBe(1);
    await counted.authenticate('portal', secret, at + 2_000);
    expect(asked).toBe(2);
  });

  it('whose row cannot be read keeps no other out', async () => {
    const { secret } = await registry.add(registration, at);
    await registry.add({ ...registration, id: 'damaged' }, at);
    const [row] = await temporary.database.read({
      sql: selectSealed(clientTable, 'WHERE id = ?'),
      parameters: ['damaged'],
    });
    // As another version of the service might have written it.
    const { statement } = updateSealed(clientTable, row ?? {}, { registration: '{}' });
    await temporary.database.write({ statements: [statement] });
    const later = at + 2_000;
    expect((await registry.authenticate('portal', secret, later)).id).toBe('portal');
    await expect(registry.find('damaged', later)).rejects.toThrow();
    await expect(registry.authenticate('unknown', secret, later)).rejects.toMatchObject(unauthenticated);
  });

  it('is the same object as long as nothing has changed', async () => {
    const { secret } = await registry.add(registration, at);
    const first = await registry.authenticate('portal', secret, at);
    expect(await registry.authenticate('portal', secret, at + 5_000)).toBe(first);
    await registry.seed({ ...registration, language: 'en' }, [], at + 5_000);
    expect((await registry.authenticate('portal', secret, at + 5_000)).language).toBe('en');
  });

  it('may use its old secret and its new one for the overlap, and then the new one only', async () => {
    const { secret: older } = await registry.add(registration, at);
    const newer = await registry.rotate('portal', hour, at);
    expect((await registry.authenticate('portal', older, at + hour - 1)).id).toBe('portal');
    expect((await registry.authenticate('portal', newer, at + hour - 1)).id).toBe('portal');
    await expect(registry.authenticate('portal', older, at + hour)).rejects.toMatchObject(unauthenticated);
    expect((await registry.authenticate('portal', newer, at + hour)).id).toBe('portal');
  });

  it('is not lost when another process rotates between the reading and the writing', async () => {
    const { secret: first } = await registry.add(registration, at);
    let other = '';
    const between = async () => {
      other = await clientRegistry(temporary.again()).rotate('portal', hour, at);
    };
    const own = await clientRegistry(interleaved(temporary.database, between)).rotate('portal', hour, at);
    for (const shown of [first, other, own]) await registry.authenticate('portal', shown, at + 5_000);
    const rotations = [];
    for await (const { record } of readAudit(temporary.database)) {
      if (record.includes('client.secret_rotated')) rotations.push(record);
    }
    expect(rotations).toHaveLength(2);
  });

  it('is not lost when another process rotates while the configuration is written', async () => {
    await registry.add(registration, at);
    let other = '';
    const between = async () => {
      other = await clientRegistry(temporary.again()).rotate('portal', 0, at);
    };
    const seeding = clientRegistry(interleaved(temporary.database, between));
    await seeding.seed({ ...registration, language: 'en' }, [], at);
    expect(await registry.authenticate('portal', other, at + 5_000)).toMatchObject({ language: 'en' });
  });

  it('is not lost when two secrets are rotated in a row', async () => {
    const { secret: first } = await registry.add(registration, at);
    const second = await registry.rotate('portal', hour, at);
    const third = await registry.rotate('portal', 0, at + 1);
    for (const gone of [first, second]) {
      await expect(registry.authenticate('portal', gone, at + 2)).rejects.toMatchObject(unauthenticated);
    }
    expect((await registry.authenticate('portal', third, at + 2)).id).toBe('portal');
  });

  it('with an identifier that is taken, or one that is unknown, is refused with argument_invalid', async () => {
    await registry.add(registration, at);
    await expect(registry.add(registration, at)).rejects.toMatchObject({
      code: 'argument_invalid',
      details: { problem: 'id-taken' },
    });
    await expect(registry.rotate('unknown', hour, at)).rejects.toMatchObject({
      code: 'argument_invalid',
    });
    await expect(registry.disable('unknown', true, at)).rejects.toMatchObject({
      code: 'argument_invalid',
    });
  });

  it('from the configuration keeps its secret when the registration changes', async () => {
    const { secret, secretHash } = makeSecret();
    await registry.seed(registration, [secretHash], at);
    await registry.seed({ ...registration, language: 'en' }, [], at);
    expect(await registry.authenticate('portal', secret, at)).toMatchObject({ language: 'en' });
    const [before] = await temporary.database.read({
      sql: 'SELECT count(*) AS n FROM journal',
      parameters: [],
    });
    await registry.seed({ ...registration, language: 'en' }, [secretHash], at + hour);
    const [after] = await temporary.database.read({
      sql: 'SELECT count(*) AS n FROM journal',
      parameters: [],
    });
    expect(after).toEqual(before);
  });

  it('has no secret in the database, only its hash', async () => {
    const { secret } = await registry.add(registration, at);
    const [row] = await temporary.database.read({ sql: 'SELECT * FROM client', parameters: [] });
    expect(JSON.stringify(row)).not.toContain(secret);
    const [{ hash }] = JSON.parse(String(row?.secrets));
    expect(isSecretHash(hash)).toBe(true);
    expect(matchingSecrets(secret, [makeSecret().secretHash, hash])).toEqual([false, true]);
  });
});

describe('a registration', () => {
  const parse = (change: object) => registrationSchema.safeParse({ ...registration, ...change }).success;

  it.each([
    'https://portal.example',
    'https://portal.example:8443',
    'http://localhost:3000',
    'http://127.0.0.1',
    'https://xn--80aa.xn--p1ai',
  ])('takes the origin %s', (origin) => {
    expect(parse({ origins: [origin] })).toBe(true);
  });

  it.each([
    'http://portal.example',
    'https://portal.example/',
    'https://Portal.example',
    'https://портал.рф',
    'https://user@portal.example',
    'https://portal.example:443',
    'javascript:alert(1)',
    'null',
    '*',
    '',
  ])('refuses the origin %s', (origin) => {
    expect(parse({ origins: [origin] })).toBe(false);
  });

  it.each([
    'https://portal.example/back',
    'https://portal.example/',
    'https://portal.example/back?next=%2Fstart',
  ])('takes the return address %s', (returnUri) => {
    expect(parse({ returnUris: [returnUri] })).toBe(true);
  });

  it.each([
    'https://portal.example',
    'https://elsewhere.example/back',
    'http://portal.example/back',
    'https://portal.example/back#part',
    'https://portal.example/a/../back',
    'https://user@portal.example/back',
    'https://portal.example/back?state=1',
    'https://portal.example/back?code=1',
    'javascript:alert(1)',
    '/back',
    '',
  ])('refuses the return address %s', (returnUri) => {
    expect(parse({ returnUris: [returnUri] })).toBe(false);
  });

  it.each([
    ['no origin', { origins: [] }],
    ['an identifier with a colon', { id: 'a:b' }],
    ['a name with a line break', { name: { en: 'A\nTime: never', ru: 'А' } }],
    ['a name that reads backwards', { name: { en: 'A\u202e', ru: 'А' } }],
    ['a setting that does not exist', { polices: {} }],
    ['a concession that does not exist', { policy: { allowEverything: true } }],
    ['a clock skew beyond an hour', { policy: { clockSkewSeconds: 3601 } }],
  ])('refuses %s', (_, change) => {
    expect(parse(change)).toBe(false);
  });
});
