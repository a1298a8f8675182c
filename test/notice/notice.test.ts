import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { disconnectCarrier } from '../../src/carrier/carrier.ts';
import { connectCarrier } from '../../src/carrier/connection.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { thumbprintOf } from '../../src/certificate/thumbprint.ts';
import { setContact } from '../../src/notice/contact.ts';
import { sendDueNotices } from '../../src/notice/notifier.ts';
import { channelsOf } from '../../src/notice/rounds.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';
import { Host } from '../revocation/host.ts';
import { startTestService } from '../service/portal.ts';

const proof = { relyingParty: 'portal', basis: 'head', acr: 'urn:sealgate:acr:certificate' } as const;
const day = 86_400_000;
const start = Date.UTC(2026, 0, 1);
const secret = Buffer.alloc(32, 7);
const subject = 'ogrn:1259901001018';

let mails: { to: string; text: string }[] = [];
let isRefusing = false;
const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  logger: false,
  onRcptTo: (_address, _session, done) => done(isRefusing ? new Error('not now') : null),
  onData(stream, session, done) {
    let text = '';
    stream.on('data', (piece: Buffer) => {
      text += piece;
    });
    stream.on('end', () => {
      mails.push({ to: session.envelope.rcptTo.map(({ address }) => address).join(), text });
      done();
    });
  },
});

let host: Host;
let hooks: { headers: Record<string, unknown>; body: string }[] = [];
let hookStatus = 200;
let certificate: Certificate;
let smtpUrl = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    smtp.listen(0, '127.0.0.1', resolve);
  });
  smtpUrl = `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`;
  host = await Host.start();
  host.on('/hook', (request, response, body) => {
    hooks.push({ headers: request.headers, body: body.toString() });
    response.writeHead(hookStatus).end();
  });
  const authority = await createAuthority({ at: start, now: () => start });
  const issued = await authority.issue({
    subscriber: sampleSubscriber('legal-entity'),
    notBefore: start,
    notAfter: start + 100 * day,
  });
  certificate = parseCertificate(issued.certificate);
});
afterAll(async () => {
  await host.stop();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
});

let temporary: TemporaryDatabase;
beforeEach(async () => {
  temporary = temporaryDatabase();
  mails = [];
  hooks = [];
  isRefusing = false;
  hookStatus = 200;
  const carrier = { name: 'Рутокен\r\nBcc: x@example.org', holder: 'Ветрова Анна' };
  await connectCarrier(temporary.database, subject, certificate, carrier, proof, start);
});
afterEach(() => temporary.dispose());

const mail = () => ({ url: smtpUrl, from: 'sealgate@example.org' });
const failures: unknown[] = [];

/** One round of a service that has just started, so that nothing is remembered but what the database has. */
async function round(daysBefore: number, database = temporary.database): Promise<number> {
  const channels = channelsOf({ mail: mail(), webhook: { url: host.url('/hook'), secret } });
  try {
    return await sendDueNotices(database, channels, start + (100 - daysBefore) * day, (error) => {
      failures.push(error);
    });
  } finally {
    for (const channel of channels) channel.close();
  }
}

describe('notices of expiry', () => {
  it('go out 30, 14, 7 and 1 days before, once each, across restarts', async () => {
    for (const days of [40, 31, 30, 29, 20, 14, 13, 7, 6.5, 2, 1, 0.5, 0, -1]) {
      await round(days);
      await round(days);
    }
    expect(hooks.map(({ body }) => JSON.parse(body).data.days)).toEqual([30, 14, 7, 1]);
    expect(mails.map(({ to }) => to)).toEqual(Array(4).fill('vetrova@example.org'));
  });

  it('are sent once although several replicas send at the same time', async () => {
    const databases = [temporary.database, temporary.again(), temporary.again()];
    await Promise.all(databases.map((database) => round(7, database)));
    expect([mails.length, hooks.length]).toEqual([1, 1]);
  });

  it('that went unseen for long are not made up for: only the most pressing goes out', async () => {
    await round(5);
    expect(hooks.map(({ body }) => JSON.parse(body).data.days)).toEqual([7]);
  });

  it('that could not be sent are tried again in the next round, and only those', async () => {
    isRefusing = true;
    await round(30);
    expect([mails.length, hooks.length, failures.length]).toEqual([0, 1, 1]);
    isRefusing = false;
    hookStatus = 500;
    await round(29);
    expect([mails.length, hooks.length]).toEqual([1, 1]);
  });

  it('are signed, and bear one identifier however often they are tried', async () => {
    hookStatus = 503;
    await round(14);
    hookStatus = 204;
    await round(14);
    expect(hooks).toHaveLength(2);
    expect(new Set(hooks.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const [{ headers, body } = { headers: {}, body: '' }] = hooks;
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const expected = createHmac('sha256', secret).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
    expect(JSON.parse(body)).toMatchObject({
      type: 'certificate.expires',
      data: { subject, certificate: thumbprintOf(certificate), days: 14 },
    });
    expect(body).not.toContain('Ветрова');
  });

  it('go to the organisation’s contact in its language, and a name cannot add headers', async () => {
    const contact = { email: 'office@example.org', language: 'en' } as const;
    await setContact(temporary.database, subject, contact, start);
    await round(1);
    expect(mails[0]?.to).toBe('office@example.org');
    expect(mails[0]?.text).toContain('Certificate_ends_in_a_day');
    expect(mails[0]?.text).not.toMatch(/^Bcc:/m);
    expect(mails[0]?.text).toMatch(/^Message-ID: <[\w-]+@example\.org>/m);
  });

  it('do not go out for a carrier that was disconnected', async () => {
    await disconnectCarrier(temporary.database, subject, thumbprintOf(certificate), 'head', start);
    expect(await round(7)).toBe(0);
  });

  it('go out of a service that has started with such a configuration', async () => {
    const service = await startTestService(
      { now: () => start + 95 * day },
      { SEALGATE_SMTP: smtpUrl, SEALGATE_NOTICE_FROM: 'sealgate@example.org' },
    );
    await connectCarrier(
      service.service.database,
      subject,
      certificate,
      { name: 'A', holder: 'B' },
      proof,
      start,
    );
    await service.stop();
    expect(mails).toHaveLength(0);
    const again = await startTestService(
      { now: () => start + 95 * day },
      {
        SEALGATE_DATA: service.folder,
        SEALGATE_SMTP: smtpUrl,
        SEALGATE_NOTICE_FROM: 'sealgate@example.org',
      },
    );
    await again.dispose();
    expect(mails).toHaveLength(1);
  });

  it('cannot be configured without a secret for the webhook', async () => {
    await expect(startTestService({}, { SEALGATE_NOTICE_WEBHOOK: host.url('/hook') })).rejects.toMatchObject({
      code: 'configuration_invalid',
    });
  });
});
