import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { FailureCode } from '../../src/failure/catalogue.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import { browser, origin, type Portal, type TestService } from '../service/portal.ts';
import { signInWith, startWhole } from '../service/whole.ts';

// Everybody outside puts a marker wherever he can: registers, authorities, portals, strangers. No log may hold it.

const marker = 'MARK3R';

let outside: Server;
let answer: { status: number; body: string; headers?: Record<string, string> };
let authority: Authority;
let service: TestService;
let portal: Portal;

/** Either the authority's own addresses are hostile, or the registers behind an honest one. */
async function start(hostile: 'authority' | 'registers'): Promise<void> {
  const url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  authority = await createAuthority(hostile === 'authority' ? { url } : { serve: {} });
  const secret = `whsec_${Buffer.alloc(24).toString('base64')}`;
  service = await startWhole({
    authority,
    environment: {
      SEALGATE_REGISTER_URL: `${url}/register/{ogrn}`,
      SEALGATE_POWER_STATUS: `${url}/power/{number}`,
      SEALGATE_NOTICE_WEBHOOK: `${url}/notice`,
      SEALGATE_NOTICE_SECRET: secret,
      SEALGATE_AUDIT_ANCHOR: `${url}/anchor`,
      SEALGATE_AUDIT_ANCHOR_SECRET: secret,
      SEALGATE_AUDIT_ANCHOR_SECONDS: '1',
      SEALGATE_LOG_LEVEL: 'trace',
    },
  });
  portal = await service.portal({ policy: policySchema.parse({ requireRegistered: true }) });
}

beforeEach(async () => {
  answer = { status: 200, body: `${marker} is no JSON` };
  outside = createServer((request, response) => {
    request.resume();
    response.writeHead(answer.status, marker, answer.headers).end(answer.body);
  });
  outside.listen(0, '127.0.0.1');
  await once(outside, 'listening');
});
afterEach(async () => {
  outside.closeAllConnections();
  outside.close();
  await service.dispose();
  await authority.close();
});

const logged = () => service.log.join('');

/** Nothing of the marker, and yet something that tells of it. */
function expectSilent(about: RegExp) {
  expect(logged()).not.toContain(marker);
  expect(logged()).toMatch(about);
}

const attempt = async () =>
  signInWith(portal, await authority.issue({ subscriber: sampleSubscriber('legal-entity') }));

describe('a hostile server behind the service', () => {
  /** Each with what a sign-in is refused with where the authority answers so; later may bring what a fault hides. */
  const answers: readonly (readonly [NonNullable<typeof answer>, FailureCode])[] = [
    [{ status: 200, body: marker }, 'revocation_undetermined'],
    [{ status: 200, body: JSON.stringify({ ogrn: marker, [marker]: marker }) }, 'revocation_undetermined'],
    [{ status: 200, body: `{"${marker}":"${marker}` }, 'revocation_undetermined'],
    [{ status: 500, body: marker }, 'revocation_unavailable'],
    [
      { status: 302, body: marker, headers: { location: `http://${marker}.example/` } },
      'revocation_unavailable',
    ],
    [{ status: 200, body: marker, headers: { 'content-encoding': 'gzip' } }, 'revocation_unavailable'],
  ];

  it.each(['authority', 'registers'] as const)(
    '(%s) leaves nothing of what it says in the log, and the refusal is told by its code',
    async (hostile) => {
      await start(hostile);
      for (const [each, ofAuthority] of answers) {
        answer = each;
        const code = hostile === 'authority' ? ofAuthority : 'register_unavailable';
        expect((await attempt()).body.code).toBe(code);
        expectSilent(new RegExp(`"code":"${code}"`));
      }
      expect(logged()).toContain('"msg":"broken"');
    },
  );

  it('that does not take heads of the audit is told of by the kind of error alone', async () => {
    answer = { status: 500, body: marker };
    await start('registers');
    await expect.poll(logged, { timeout: 10_000 }).toContain('anchoring the audit');
    expectSilent(/"kind":"Fault","problem":"the webhook answered","number":500/);
  });
});

describe('hostile requests', () => {
  const send = (path: string, init: RequestInit) =>
    fetch(`${service.url}${path}`, init).then((each) => each.text());
  const json = { 'content-type': 'application/json' };

  it('leave nothing of their addresses, headers, credentials and bodies in the log', async () => {
    await start('registers');
    const { authorization } = portal;
    const { challenge } = await portal.challenge();
    await send(`/${marker}?${marker}=${marker}`, {});
    await send(`/v1/organisations/${marker}/carriers`, { headers: { authorization: `Bearer ${marker}` } });
    await send('/v1/challenges', {
      method: 'POST',
      headers: { ...json, authorization: `Basic ${btoa(`${marker}:${marker}`)}` },
    });
    await send('/healthz', {
      headers: { traceparent: `00-${marker}`, 'accept-language': marker, 'user-agent': marker },
    });
    for (const body of [
      marker,
      `{"${marker}":`,
      `{"origin":"${marker}","browser":"${marker}"}`,
      JSON.stringify({ origin, browser, [marker]: marker }),
      JSON.stringify({ origin, browser, organisation: { inn: marker } }),
    ]) {
      await send('/v1/challenges', { method: 'POST', headers: { ...json, authorization }, body });
    }
    for (const change of [
      { challenge: marker },
      { signature: marker },
      { signature: Buffer.from(marker).toString('base64') },
      { browser: `${marker}${marker}` },
      { audience: marker },
      { powerOfAttorney: { document: btoa(`<${marker}>`), signature: 'AAAA' } },
    ]) {
      const body = JSON.stringify({ challenge, signature: 'AAAA', origin, browser, ...change });
      await send('/v1/logins', { method: 'POST', headers: { ...json, authorization }, body });
    }
    for (const path of ['introspect', 'revoke']) {
      await portal.post(`/v1/assertions/${path}`, { token: `${marker}.${marker}.${marker}` });
    }
    expectSilent(/"msg":"answered"/);
    expect(logged()).toContain('"code":"request_malformed"');
  });

  it('that are not even HTTP leave nothing', async () => {
    await start('registers');
    for (const text of [
      `${marker}\r\n\r\n`,
      `GET /${marker} HTTP/9.9\r\n\r\n`,
      `${marker} / HTTP/1.1\r\n\r\n`,
    ]) {
      const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
      socket.on('error', () => {});
      socket.end(text);
      socket.resume();
      await once(socket, 'close');
    }
    expectSilent(/"msg":"listening"/);
  });
});
