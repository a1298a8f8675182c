import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import type { NoticeChannel, Recipient } from '../../src/notice/channel.ts';
import { setContact } from '../../src/notice/contact.ts';
import { forgetKnown, noteUnusual } from '../../src/notice/known.ts';
import type { Notice } from '../../src/notice/notice.ts';
import { sendUnusual, unusualNotice } from '../../src/notice/unusual.ts';
import { registrationSchema } from '../../src/relying-party/registration.ts';
import { clientRegistry } from '../../src/relying-party/registry.ts';
import { newSessionId, openSession } from '../../src/session/session.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';

const start = 1_800_000_000_000;
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const subject = 'ogrn:1027700132195';
const contact = { email: 'director@romashka.example', language: 'en' } as const;

let temporary: TemporaryDatabase;
let at: number;
let sent: { readonly notice: Notice; readonly recipient: Recipient; readonly name: string }[];
let isDown = false;

/** A channel that notes what it is given: what carries a notice is tested beside the notices of expiry. */
const channel = (name: 'mail' | 'webhook'): NoticeChannel => ({
  name,
  reaches: ({ email }) => name === 'webhook' || email !== '',
  async send(notice, recipient) {
    if (isDown) throw new Error('it is down');
    sent.push({ notice, recipient, name });
  },
  close: () => {},
});
const channels = [channel('mail'), channel('webhook')];

beforeEach(async () => {
  temporary = temporaryDatabase();
  [at, sent, isDown] = [start, [], false];
  const name = { en: 'Trading Floor', ru: 'Торговая площадка' };
  const portal = registrationSchema.parse({ id: 'portal', name, origins: ['https://portal.example'] });
  await clientRegistry(temporary.database).add(portal, start);
  await setContact(temporary.database, subject, contact, start);
  await noteUnusual(temporary.database, channels, at);
});
afterEach(() => temporary.dispose());

/** Somebody signs in a moment later. */
async function signIn(certificate: string, place?: string, of = subject): Promise<string> {
  at += 1_000;
  const session = {
    ...{ id: newSessionId(at), client: 'portal', subject: of, certificate },
    ...{ startedAt: at, expiresAt: at + 12 * hour, ...(place === undefined ? {} : { place }) },
  };
  await temporary.database.write({ statements: [openSession(session)] });
  return session.id;
}

/** Looks, and tells; gives what was told of by the webhook. */
async function told(database = temporary.database): Promise<unknown[]> {
  sent = [];
  await noteUnusual(database, channels, at);
  const clients = clientRegistry(database);
  await sendUnusual(
    { database, clients, channels, account: 'https://sealgate.example/account', failed: () => {} },
    at,
  );
  return sent.filter(({ name }) => name === 'webhook').map(({ notice }) => notice.data.kinds);
}

async function noted(): Promise<string[]> {
  const records: string[] = [];
  for await (const { record } of readAudit(temporary.database))
    if (record.includes('sign_in.unusual')) records.push(record);
  return records;
}

describe('a sign-in', () => {
  it('by a new certificate or from a new address is told once; the first ones are learnt, and the known are not told', async () => {
    await signIn('one', 'k:home');
    expect(await told()).toEqual([]);
    await signIn('one', 'k:home');
    expect(await told()).toEqual([]);
    await signIn('two', 'k:home');
    expect(await told()).toEqual([['new-carrier']]);
    await signIn('two', 'k:away');
    expect(await told()).toEqual([['new-address']]);
    await signIn('three', 'k:abroad');
    await signIn('two', 'k:away');
    expect(await told()).toEqual([['new-carrier', 'new-address']]);
    expect(await told()).toEqual([]);
    expect(await noted()).toHaveLength(3);
  });

  it('of another organisation is judged by what is known of that one', async () => {
    await signIn('one', 'k:home');
    await signIn('two', 'k:away', 'ogrn:1037700000001');
    expect(await told()).toEqual([]);
  });

  it('without an address, or under a secret that is new, is not told for its address', async () => {
    await signIn('one', 'k:home');
    await signIn('one');
    await signIn('one', 'next:home');
    expect(await told()).toEqual([]);
    await signIn('one', 'next:away');
    expect(await told()).toEqual([['new-address']]);
  });

  it('is told in the language of the organisation, to the address that it has set, without a person in it', async () => {
    await signIn('one', 'k:home');
    await signIn('two', 'k:home');
    await told();
    const mail = sent.find(({ name }) => name === 'mail');
    expect(mail?.recipient).toEqual(contact);
    const { subject: title, text } = mail?.notice.text('en') ?? {};
    expect(title).toBe('Unusual sign-in: Trading Floor');
    expect(text).toContain('by a certificate that has not signed in for the organisation before');
    expect(text).toContain('https://sealgate.example/account');
    expect(mail?.notice.text('ru').text).toContain('раньше не входили');
    expect(JSON.stringify(await noted())).not.toContain('k:home');
  });

  it('one of very many within an hour is told once an hour; as many as usual are not', async () => {
    for (let count = 0; count < 19; count += 1) await signIn('one');
    expect(await told()).toEqual([]);
    await signIn('one');
    await signIn('one');
    expect(await told()).toEqual([['odd-rate']]);
    at += hour + minute;
    for (let count = 0; count < 21; count += 1) await signIn('one');
    expect(await told()).toEqual([['odd-rate']]);
    for (let hours = 0; hours < 24; hours += 1) {
      at += hour;
      for (let count = 0; count < 20; count += 1) await signIn('one');
      await noteUnusual(temporary.database, [], at);
    }
    expect((await noted()).length).toBeLessThan(9);
  });

  it('is noted once although several replicas look at the same time', async () => {
    await signIn('one', 'k:home');
    await told();
    await signIn('two', 'k:home');
    const replicas = [temporary.database, temporary.again(), temporary.again()];
    await Promise.all(replicas.map((database) => noteUnusual(database, channels, at)));
    expect(await noted()).toHaveLength(1);
  });
});

it('what did not go out is tried again over restarts, for a day', async () => {
  await signIn('one', 'k:home');
  await signIn('two', 'k:home');
  isDown = true;
  expect(await told()).toEqual([]);
  isDown = false;
  expect(await told()).toEqual([]);
  at += minute;
  expect(await told(temporary.again())).toEqual([['new-carrier']]);
  await signIn('three', 'k:home');
  isDown = true;
  await told();
  at += day;
  isDown = false;
  expect(await told()).toEqual([]);
});

it('a flood of them is told twenty times a day, and is in the audit whole', async () => {
  await signIn('first', 'k:home');
  let count = 0;
  for (let index = 0; index < 30; index += 1) {
    await signIn(`certificate ${index}`, 'k:home');
    count += (await told()).length;
  }
  expect(count).toBe(20);
  expect((await noted()).length).toBeGreaterThanOrEqual(30);
});

it('what is known of an organisation is bounded, and forgotten half a year after it was seen', async () => {
  for (let index = 0; index < 230; index += 1) await signIn('one', `k:${index}`);
  await told();
  const known = async () =>
    (
      await temporary.database.read({
        sql: "SELECT name FROM known_sign_in WHERE kind = 'place'",
        parameters: [],
      })
    ).length;
  expect(await known()).toBe(200);
  await temporary.database.write({ statements: [...forgetKnown(at + 181 * day)] });
  expect(await known()).toBe(0);
});

it('the notice has the same identifier however often it is made', () => {
  const due = {
    ...{ id: 'session', subject, client: 'portal', certificate: 'c', at: start },
    kinds: ['odd-rate'] as const,
  };
  const make = () => unusualNotice(due, { en: 'Portal', ru: 'Портал' }, '').id;
  expect(make()).toBe(make());
});
