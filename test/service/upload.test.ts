import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentReport } from '../../src/document/report.ts';
import type { Problem } from '../../src/service/problem.ts';
import { makeMessage } from '../../src/signing/message.ts';
import { signPdf } from '../../src/signing/pdf.ts';
import { signXmlBeside } from '../../src/signing/xml.ts';
import type { Signer } from '../../src/token/signer.ts';
import { samplePdf } from '../document/samples.ts';
import { measureHold } from '../hostile/hold.ts';
import { signerOf } from '../signing/issued.ts';
import type { Portal, TestService } from './portal.ts';
import { type ValidatingService, validatingService } from './validating.ts';

const mebibyte = 1024 * 1024;
const patience = { headers: 500, body: 400 };
/** Longer than what is kept in memory of a detached signature's document. */
const content = Buffer.alloc(9 * mebibyte, 'A contract of many pages. ');
const folder = mkdtempSync(join(tmpdir(), 'sealgate-uploads-'));
const usualFolder = process.env.TMPDIR;

let validating: ValidatingService;
let service: TestService;
let portal: Portal;
let signer: Signer;
beforeAll(async () => {
  process.env.TMPDIR = folder;
  validating = await validatingService({ SEALGATE_UPLOAD_MEGABYTES: '32' }, { patience });
  ({ service } = validating);
  portal = await service.portal();
  signer = await signerOf(validating.signer);
});
afterAll(async () => {
  await validating.close();
  if (usualFolder === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usualFolder;
  rmSync(folder, { recursive: true, force: true });
});

/** Names of uploaded files in the folder of temporary ones, where the service keeps its own folder as well. */
const uploadsLeft = () => readdirSync(folder).filter((name) => name.includes('upload'));

type Part = readonly [field: string, value: string | Uint8Array, name?: string];

function formOf(parts: readonly Part[]): FormData {
  const form = new FormData();
  for (const [field, value, name] of parts) {
    if (typeof value === 'string') form.append(field, value);
    else form.append(field, new Blob([new Uint8Array(value)]), name);
  }
  return form;
}

async function send(path: string, parts: readonly Part[], accept = 'application/json') {
  const response = await fetch(`${service.url}${path}`, {
    method: 'POST',
    headers: { authorization: portal.authorization, accept },
    body: formOf(parts),
  });
  // Whatever came of it, no file is left.
  expect(uploadsLeft()).toEqual([]);
  return response;
}

const report = async (parts: readonly Part[], path = '/v1/signatures/validate') =>
  (await (await send(path, parts)).json()) as DocumentReport & Problem;

describe('POST /v1/signatures/validate with files', () => {
  it('judges a detached signature over a document that is read in pieces, and holds nobody up', async () => {
    const message = await makeMessage(content, signer, { signingTime: Date.now(), isDetached: true });
    const parts: Part[] = [
      ['message', message, 'contract.iso.sig'],
      ['content', content, 'contract.iso'],
    ];
    // What judges documents is loaded with the first of them.
    await report(parts);
    const { results, milliseconds } = await measureHold(() => report(parts), 1);
    expect(results[0]).toMatchObject({ indication: 'TOTAL-PASSED', form: 'detached' });
    // The client of this test builds its form in the same process.
    expect(milliseconds).toBeLessThan(50);
    const other = content.subarray(1);
    expect(await report([parts[0]!, ['content', other, 'contract.iso']])).toMatchObject({
      failure: { code: 'document_changed' },
    });
  });

  it('takes a PDF of megabytes, evidence beside it, and answers with a page too', async () => {
    const signed = await signPdf(await samplePdf(), signer, { signingTime: Date.now() });
    const list = await validating.authority.accredited.currentCrl();
    const parts: Part[] = [
      ['message', signed, 'contract.pdf'],
      ['lists', list, 'list.crl'],
      ['profile', 'rfc5280'],
    ];
    expect(await report(parts)).toMatchObject({ indication: 'TOTAL-PASSED', format: 'PDF' });
    const page = await send('/v1/signatures/validate', parts, 'text/html');
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('TOTAL-PASSED');
  });

  it('finds several documents by the names that a signature uses', async () => {
    const files = ['a.txt', 'b.txt'].map((name) => ({ name, octets: Buffer.from(`Text of ${name}`) }));
    const message = await signXmlBeside(files, signer, { signingTime: Date.now() });
    const beside = files.map(({ name, octets }): Part => ['content', octets, name]);
    expect(await report([['message', Buffer.from(message), 'signature.xml'], ...beside])).toMatchObject({
      indication: 'TOTAL-PASSED',
      signatures: [{ coverage: { extent: 'whole', covered: ['a.txt', 'b.txt'] } }],
    });
  });

  it.each<readonly [string, readonly Part[], string]>([
    ['no signature', [['content', Buffer.from('a'), 'a']], 'message'],
    [
      'two signatures',
      [
        ['message', Buffer.from('a'), 'a'],
        ['message', Buffer.from('b'), 'b'],
      ],
      'message',
    ],
    [
      'a file that nobody asks for',
      [
        ['message', Buffer.from('a'), 'a'],
        ['key', Buffer.from('b'), 'b'],
      ],
      'key',
    ],
    [
      'a text given twice',
      [
        ['message', Buffer.from('a'), 'a'],
        ['at', '1'],
        ['at', '2'],
      ],
      'at',
    ],
    [
      'a level',
      [
        ['message', Buffer.from('a'), 'a'],
        ['level', 'T'],
      ],
      'level',
    ],
  ])('refuses a form with %s', async (_, parts, field) => {
    const response = await send('/v1/signatures/validate', parts);
    const problem = (await response.json()) as Problem;
    expect([response.status, problem.code]).toEqual([400, 'request_malformed']);
    expect(problem.detail).toContain(field);
  });

  it('refuses more than is allowed, announced or not, and a caller with no secret before a file is read', async () => {
    const large = Buffer.alloc(33 * mebibyte);
    const announced = await send('/v1/signatures/validate', [['message', large, 'a']]);
    expect([announced.status, ((await announced.json()) as Problem).code]).toEqual([
      413,
      'request_too_large',
    ]);
    const chunked = await stream(portal.authorization, [large.subarray(0, 32 * mebibyte), large], true);
    expect(chunked).toMatchObject({ status: 413, body: { code: 'request_too_large' } });
    expect(await stream('Basic eDp5', [Buffer.from('a')], true)).toMatchObject({ status: 401 });
    expect(uploadsLeft()).toEqual([]);
  });

  it('leaves nothing of a form that stands still or breaks off, and takes one that is merely slow', async () => {
    const piece = Buffer.from('A piece of a document. ');
    expect(await stream(portal.authorization, [piece], false)).toMatchObject({
      status: 408,
      body: { code: 'request_too_slow' },
    });
    const slow = await stream(portal.authorization, Array(8).fill(piece), true, 250);
    expect(slow).toMatchObject({ status: 200, body: { failure: { code: 'document_unrecognised' } } });
    await expect(stream(portal.authorization, [piece], false, 0, true)).rejects.toThrow();
    await expect.poll(() => uploadsLeft()).toEqual([]);
  }, 15_000);

  it('is refused where a caller has too much under way', async () => {
    const half = (close: boolean) =>
      stream(portal.authorization, [randomBytes(1024)], close, 0, false, 24 * mebibyte);
    const [, , third] = await Promise.all([half(false), half(false), half(false)]);
    expect(third).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  });
});

/** Sends a form of one file piece by piece, with a pause between them; `ends`: to its end. */
function stream(
  authorization: string,
  pieces: readonly Uint8Array[],
  ends: boolean,
  pause = 0,
  breaksOff = false,
  length?: number,
): Promise<{ readonly status: number; readonly body: Problem }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${service.url}/v1/signatures/validate`, {
      method: 'POST',
      headers: {
        authorization,
        'content-type': 'multipart/form-data; boundary=abc',
        ...(length === undefined ? {} : { 'content-length': length }),
      },
    });
    request.on('error', reject);
    request.on('response', async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({
        status: response.statusCode ?? 0,
        body: JSON.parse(Buffer.concat(chunks).toString()) as Problem,
      });
      request.destroy();
    });
    request.write('--abc\r\nContent-Disposition: form-data; name="message"; filename="a"\r\n\r\n');
    void (async () => {
      for (const piece of pieces) {
        request.write(piece);
        if (pause > 0) await new Promise((done) => setTimeout(done, pause));
      }
      if (breaksOff) setTimeout(() => request.destroy(new Error('broken off')), 50);
      if (ends) request.end('\r\n--abc--\r\n');
    })();
  });
}

describe('POST /v1/signatures/extend with files', () => {
  it('gives the extended document back as a file', async () => {
    const signed = await signPdf(await samplePdf(), signer, { signingTime: Date.now() });
    const response = await send('/v1/signatures/extend', [
      ['message', signed, 'contract.pdf'],
      ['level', 'LT'],
    ]);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/octet-stream',
    ]);
    const extended = Buffer.from(await response.arrayBuffer());
    expect(extended.subarray(0, signed.length)).toEqual(Buffer.from(signed));
    expect(await report([['message', extended, 'contract.pdf']])).toMatchObject({
      indication: 'TOTAL-PASSED',
      signatures: [{ level: 'LT' }],
    });
  });
});

describe('POST /v1/timestamps/validate with files', () => {
  it('refuses what is no time-stamp', async () => {
    const message = await makeMessage(content.subarray(0, 9), signer, { signingTime: Date.now() });
    expect(await report([['message', message, 'a.tst']], '/v1/timestamps/validate')).toMatchObject({
      code: 'request_malformed',
    });
  });
});
