import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { largestBody } from '../../src/service/body.ts';
import { parseJson } from '../../src/service/json.ts';
import { browser, origin, type Portal, startTestService, type TestService } from './portal.ts';

let service: TestService;
let portal: Portal;
beforeAll(async () => {
  service = await startTestService();
  portal = await service.portal();
});
afterAll(() => service.dispose());

const malformed = { status: 400, body: { code: 'request_malformed' } };
const send = (body: string, headers: Record<string, string> = {}) =>
  portal.post('/v1/challenges', body, headers);

describe('a text with a lone surrogate', () => {
  const bodyOf = (mark: string, rest = '') => `{"origin":"${origin}","browser":"aaaaaaaa${mark}"${rest}}`;

  it.each([
    ['high', '\\ud800', 'browser'],
    ['low', '\\udfff', 'browser'],
    ['in capitals', '\\uD83D!', 'browser'],
  ])('(%s) is refused with request_malformed, which names the field', async (_, mark, field) => {
    const { status, body } = await send(bodyOf(mark));
    expect([status, body.code]).toEqual([400, 'request_malformed']);
    expect(body.detail).toContain(field);
  });

  it('deeper inside, and in a name, is refused as well', async () => {
    for (const organisation of ['{"name":"A\\udc00"}', '{"na\\ud800me":"A"}']) {
      expect(await send(bodyOf('', `,"organisation":${organisation}`))).toMatchObject(malformed);
    }
  });

  it('is not what a pair is, escaped or not, nor the text of an escape', async () => {
    for (const mark of ['\\ud83d\\ude00', '😀', '\\\\ud800'])
      expect((await send(bodyOf(mark))).status).toBe(200);
  });

  it('does not make two browsers one: each mark opens its own challenge alone', async () => {
    const marks = ['aaaaaaaa\ufffd', 'aaaaaaaa😀'];
    const { challenge } = await portal.challenge({ browser: marks[0] });
    const login = { challenge, signature: 'AAAA', origin };
    const codes = await Promise.all(
      marks.map(async (mark) => (await portal.post('/v1/logins', { ...login, browser: mark })).body.code),
    );
    expect(codes).toEqual(['signature_invalid', 'challenge_foreign']);
  });
});

describe('a body', () => {
  it.each([
    ['nothing', ''],
    ['no JSON', 'origin=x'],
    ['an array', '[]'],
    ['null', 'null'],
    ['a number', '1e999'],
    ['a name given twice', `{"origin":"${origin}","browser":"${browser}","browser":"${browser}"}`],
    ['a name given twice, once escaped', `{"origin":"${origin}","browser":"${browser}","bro\\u0077ser":"x"}`],
    ['an unknown name', `{"origin":"${origin}","browser":"${browser}","admin":true}`],
    ['a prototype', `{"origin":"${origin}","browser":"${browser}","__proto__":{"x":1}}`],
    ['a constructor', `{"origin":"${origin}","browser":"${browser}","constructor":{"prototype":{}}}`],
    ['a number for a text', `{"origin":1,"browser":"${browser}"}`],
    ['an absent field', `{"origin":"${origin}"}`],
    ['a text too long', `{"origin":"${origin}","browser":"${'x'.repeat(257)}"}`],
    [
      'an organisation that breaks the line',
      `{"origin":"${origin}","browser":"${browser}","organisation":{"name":"A\\nB"}}`,
    ],
    [
      'an organisation that reads backwards',
      `{"origin":"${origin}","browser":"${browser}","organisation":{"name":"A\\u202eB"}}`,
    ],
    [
      'an INN of eleven digits',
      `{"origin":"${origin}","browser":"${browser}","organisation":{"inn":"12345678901"}}`,
    ],
    ['a nesting of a hundred thousand arrays', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['a nesting of fifty thousand objects', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
    ['a nesting that is not closed', '['.repeat(200_000)],
    ['a hundred thousand numbers', `[${'0,'.repeat(100_000)}0]`],
  ])('that is %s is refused with request_malformed', async (_, body) => {
    expect(await send(body)).toMatchObject(malformed);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=windows-1251',
    'application/json; charset=utf-16',
    'application/jsonp',
  ])('of type %s is refused with request_malformed', async (type) => {
    const body = JSON.stringify({ origin, browser });
    expect(await send(body, { 'content-type': type })).toMatchObject(malformed);
  });

  it.each(['application/json; charset=utf-8', 'application/json;charset="UTF-8"', 'Application/JSON'])(
    'of type %s is read',
    async (type) => {
      const body = JSON.stringify({ origin, browser });
      expect((await send(body, { 'content-type': type })).status).toBe(200);
    },
  );

  it('that is compressed is refused, however small', async () => {
    const response = await fetch(`${service.url}/v1/challenges`, {
      method: 'POST',
      headers: {
        authorization: portal.authorization,
        'content-type': 'application/json',
        'content-encoding': 'gzip',
      },
      body: gzipSync(' '.repeat(50_000_000)),
    });
    expect(await response.json()).toMatchObject({ code: 'request_malformed' });
  });

  it('that is not UTF-8 is refused with request_malformed', async () => {
    const response = await fetch(`${service.url}/v1/challenges`, {
      method: 'POST',
      headers: { authorization: portal.authorization, 'content-type': 'application/json' },
      body: Buffer.from(`{"origin":"${origin}","browser":"\xff\xff\xff\xff\xff\xff\xff\xff"}`, 'latin1'),
    });
    expect(await response.json()).toMatchObject({ code: 'request_malformed' });
  });

  it('at the limit is read, and one octet more is refused with request_too_large', async () => {
    const body = (length: number) => `{"origin":"${origin}","browser":"${browser}"}`.padEnd(length);
    expect((await send(body(largestBody))).status).toBe(200);
    expect(await send(body(largestBody + 1))).toMatchObject({
      status: 413,
      body: { code: 'request_too_large' },
    });
  });

  it('of 100 MB is refused with request_too_large, and the answer arrives', async () => {
    const response = await fetch(`${service.url}/v1/logins`, {
      method: 'POST',
      headers: { authorization: portal.authorization, 'content-type': 'application/json' },
      body: Buffer.alloc(100_000_000, 0x20),
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'request_too_large' });
  });

  it('of 100 MB without a length is refused with request_too_large, and the answer arrives', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(`${service.url}/v1/logins`, {
        method: 'POST',
        headers: { authorization: portal.authorization, 'content-type': 'application/json' },
      });
      request.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
      const block = Buffer.alloc(1_000_000, 0x20);
      for (let sent = 0; sent < 100; sent += 1) request.write(block);
      request.end();
    });
    expect(status).toBe(413);
  });

  it('that is cut off leaves the service answering', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(service.url).port), '127.0.0.1', () => {
        socket.write(
          `POST /v1/challenges HTTP/1.1\r\nHost: x\r\nAuthorization: ${portal.authorization}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"ori`,
        );
        setTimeout(() => {
          socket.destroy();
          resolve();
        }, 50);
      });
    });
    expect((await portal.challenge()).text).toContain('Адрес');
  });
});

describe('credentials', () => {
  const attempt = async (authorization?: string) => {
    const response = await fetch(`${service.url}/v1/challenges`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: JSON.stringify({ origin, browser }),
    });
    return {
      status: response.status,
      body: await response.json(),
      asks: response.headers.get('www-authenticate'),
    };
  };
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    ['absent', undefined],
    ['of another scheme', 'Bearer abc'],
    ['without a colon', basic('portal')],
    ['of an unknown relying party', basic('nobody:secret')],
    ['with a wrong secret', basic('portal:secret')],
    ['with an empty secret', basic('portal:')],
    ['not base64', 'Basic @@@'],
    ['too long', basic(`portal:${'x'.repeat(5000)}`)],
  ])('that are %s are refused with client_unauthenticated', async (_, authorization) => {
    expect(await attempt(authorization)).toMatchObject({
      status: 401,
      body: { code: 'client_unauthenticated' },
      asks: 'Basic realm="sealgate", charset="UTF-8"',
    });
  });

  it('are taken with the scheme in any case', async () => {
    expect((await attempt(portal.authorization.replace('Basic', 'bAsIc'))).status).toBe(200);
  });
});

describe('an address', () => {
  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${service.url}${path}`, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };

  it('that is unknown is refused with resource_unknown', async () => {
    const { status, text } = await get('/v2/logins');
    expect([status, JSON.parse(text).code]).toEqual([404, 'resource_unknown']);
  });

  it('asked by a wrong method is refused with method_not_allowed, which names the right one', async () => {
    const { status, text, headers } = await get('/v1/logins', { method: 'PUT' });
    expect([status, JSON.parse(text).code, headers.get('allow')]).toEqual([
      405,
      'method_not_allowed',
      'POST',
    ]);
  });

  it('that is not valid percent-encoding is refused, and the service goes on', async () => {
    const { status } = await get('/%E0%A4%A');
    expect([400, 404]).toContain(status);
    expect((await get('/healthz')).status).toBe(200);
  });

  it('of health and readiness answers without credentials', async () => {
    expect(JSON.parse((await get('/healthz')).text)).toEqual({ status: 'ok' });
    expect(JSON.parse((await get('/readyz')).text)).toEqual({ status: 'ok' });
  });

  it('of the keys may be kept for five minutes; nothing else may', async () => {
    expect((await get('/.well-known/jwks.json')).headers.get('cache-control')).toBe('public, max-age=300');
    expect((await get('/healthz')).headers.get('cache-control')).toBe('no-store');
  });

  it('of the measurements counts requests by route and refusals by code', async () => {
    await portal.challenge();
    await portal.post('/v1/logins', {});
    const { text, headers } = await get('/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toMatch(
      /sealgate_request_duration_seconds_count\{route="\/v1\/challenges",status="200"\} \d+/,
    );
    expect(text).toMatch(/sealgate_refusals_total\{code="request_malformed"\} \d+/);
  });

  it('has the security headers', async () => {
    const { headers } = await get('/healthz');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('strict-transport-security')).toContain('max-age=');
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

describe('the language of a problem', () => {
  it.each([
    ['ru', 'ru'],
    ['ru-RU,ru;q=0.9,en;q=0.8', 'ru'],
    ['en-GB,ru;q=0.5', 'en'],
    ['de,ru;q=0.5', 'ru'],
    ['de', 'en'],
    ['*', 'en'],
    ['', 'en'],
    ['\\0;q=;;', 'en'],
  ])('for Accept-Language: %s is %s', async (accepted, language) => {
    const { headers } = await portal.post('/v1/challenges', {}, { 'accept-language': accepted });
    expect(headers.get('content-language')).toBe(language);
  });
});

describe('a trace id', () => {
  const trace = async (traceparent: string) => {
    const response = await fetch(`${service.url}/healthz`, { headers: { traceparent } });
    return response.headers.get('x-trace-id');
  };

  it('is the caller’s where it has sent one', async () => {
    expect(await trace(`00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`)).toBe('ab'.repeat(16));
  });

  it.each([
    `00-${'0'.repeat(32)}-${'cd'.repeat(8)}-01`,
    'nonsense',
    `00-${'AB'.repeat(16)}-${'cd'.repeat(8)}-01`,
  ])('is a new one instead of %s', async (traceparent) => {
    expect(await trace(traceparent)).toMatch(/^[0-9a-f]{32}$/);
    expect(traceparent).not.toContain(String(await trace(traceparent)));
  });
});

describe('parseJson', () => {
  it.each([
    '{"a":"\\"b\\":1,","c":[{"a":1},{"a":2}]}',
    '{"a\\\\":1,"a":2}',
    ' { "x" : { "x" : "x" } , "y" : [ "x" , "x" ] } ',
    '"{\\"a\\":1,\\"a\\":2}"',
  ])('reads %s as JSON.parse does', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it.each(['{"a":1,"a":2}', '{"b":{"a":1, "\\u0061" : 2}}', '[{"":1,"":2}]'])('refuses %s', (text) => {
    expect(() => parseJson(text)).toThrow(expect.objectContaining({ code: 'request_malformed' }));
  });
});
