import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { httpRegister } from '../../src/register/http.ts';
import { findSession, newSessionId, openSession, sessionLifetime } from '../../src/session/session.ts';
import { recheckOrganisations } from '../../src/watch/organisations.ts';
import { temporaryDatabase } from '../database/temporary.ts';
import { Host } from '../revocation/host.ts';

const key = { ogrn: '1259901001018', inn: '9901001013' };
const row = { ...key, name: 'ООО «Северный ветер»', kpp: ['770101001'], heads: ['990100101149'] };

let host: Host;
let now = 0;
beforeAll(async () => {
  host = await Host.start();
});
afterAll(() => host.stop());
afterEach(() => {
  host.asked.length = 0;
  now += 3_600_000;
});

const pathOf = (path: string) => `${path}/${key.ogrn}/${key.inn}`;
const registerAt = (path: string) =>
  httpRegister({
    url: host.url(`${path}/{ogrn}/{inn}`),
    token: 'secret',
    now: () => now,
    timeout: 500,
  });

describe('a register over HTTP', () => {
  it('is asked once for many at a time, and again when its answer has aged', async () => {
    const authorizations: unknown[] = [];
    host.on(pathOf('/good'), (request, response) => {
      authorizations.push(request.headers.authorization);
      response.end(JSON.stringify(row));
    });
    const register = registerAt('/good');
    const found = await Promise.all(Array.from({ length: 20 }, () => register.find(key)));
    expect(found.every((each) => each?.name === row.name && each.state === 'active')).toBe(true);
    await register.find(key);
    expect(authorizations).toEqual(['Bearer secret']);
    now += 60_001;
    await register.find(key);
    expect(authorizations).toHaveLength(2);
  });

  it('that answers 404 does not know the organisation', async () => {
    host.on(pathOf('/none'), (_, response) => response.writeHead(404).end());
    expect(await registerAt('/none').find(key)).toBeUndefined();
  });

  it.each([
    ['an error', (_: unknown, response: Reply) => response.writeHead(500).end()],
    ['a redirect', (_: unknown, response: Reply) => response.writeHead(302, { location: '/good' }).end()],
    ['no JSON', (_: unknown, response: Reply) => response.end('<html>')],
    [
      'a row with a wrong INN',
      (_: unknown, response: Reply) => response.end(JSON.stringify({ ...row, inn: '1' })),
    ],
    ['too much', (_: unknown, response: Reply) => response.end(Buffer.alloc(1_000_000, 0x20))],
    ['nothing at all', () => undefined],
  ])('that answers with %s is register_unavailable, and is asked again', async (_, behave) => {
    host.on(pathOf('/bad'), behave as Parameters<Host['on']>[1]);
    const register = registerAt('/bad');
    await expect(register.find(key)).rejects.toMatchObject({ code: 'register_unavailable' });
    host.on(pathOf('/bad'), (_request, response) => response.end(JSON.stringify(row)));
    expect(await register.find(key)).toMatchObject(key);
  });
});

interface Reply {
  writeHead(status: number, headers?: Record<string, string>): Reply;
  end(content?: string | Uint8Array): unknown;
}

it('a register whose address asks for an INN is not asked without one: register_unavailable', async () => {
  host.on(`/plain/${key.ogrn}`, (_, response) => response.end(JSON.stringify(row)));
  const unknown = { ...key, inn: '' };
  await expect(registerAt('/good').find(unknown)).rejects.toMatchObject({ code: 'register_unavailable' });
  const plain = httpRegister({ url: host.url('/plain/{ogrn}'), now: () => now });
  expect(await plain.find(unknown)).toMatchObject(key);
});

describe('organisations with open sessions', () => {
  it('lose them when the register blocks the organisation, and keep them while it does not answer', async () => {
    const temporary = temporaryDatabase();
    const at = Date.now();
    const session = {
      id: newSessionId(at),
      client: 'portal',
      subject: `ogrn:${key.ogrn}`,
      inn: key.inn,
      certificate: 'x',
      startedAt: at,
      expiresAt: at + sessionLifetime,
    };
    await temporary.database.ready();
    temporary.tamper(
      "INSERT INTO client (id, registration, secrets, created_at) VALUES ('portal', '{}', '[]', 0)",
    );
    await temporary.database.write({ statements: [openSession(session)] });
    const url = host.url('/live/{ogrn}?inn={inn}');
    const recheck = async () => {
      const failures: unknown[] = [];
      const register = httpRegister({ url, now: () => now });
      const ended = await recheckOrganisations(temporary.database, register, at, (error) =>
        failures.push(error),
      );
      return { ended, failures: failures.length };
    };
    const answer = (status: number, state: string) =>
      host.on(`/live/${key.ogrn}?inn=${key.inn}`, (_, response) =>
        response.writeHead(status).end(JSON.stringify({ ...row, state })),
      );
    answer(200, 'active');
    expect(await recheck()).toEqual({ ended: 0, failures: 0 });
    answer(500, 'blocked');
    expect(await recheck()).toEqual({ ended: 0, failures: 1 });
    answer(200, 'blocked');
    expect(await recheck()).toEqual({ ended: 1, failures: 0 });
    expect((await findSession(temporary.database, session.id))?.endReason).toBe('organisation-blocked');
    now += 3_600_000;
    expect(await recheck()).toEqual({ ended: 0, failures: 0 });
    const records: unknown[] = [];
    for await (const { record } of readAudit(temporary.database)) records.push(JSON.parse(record));
    expect(records).toEqual([
      {
        event: 'session.ended',
        subject: session.subject,
        details: { reason: 'organisation-blocked', state: 'blocked' },
      },
    ]);
    await temporary.dispose();
  });
});
