import { hash, randomBytes } from 'node:crypto';
import * as asn1js from 'asn1js';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Reader } from '../../src/asn1/reader.ts';
import { contextConstructed, tag } from '../../src/asn1/tag.ts';
import { encode, encodeOctetString, encodeOid, encodeSequence, encodeSetOf } from '../../src/asn1/writer.ts';
import { readAudit } from '../../src/audit/read.ts';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { attribute, signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { exportEvidence } from '../../src/evidence/export.ts';
import { replayReport } from '../../src/operator/evidence.ts';
import {
  head,
  memberOf,
  organisation,
  otherOrganisation,
  type Setting,
  startSetting,
} from '../authorisation/setting.ts';
import { browser, type LoginBody, origin, type Portal } from '../service/portal.ts';

/**
 * An organisation signs in with messages full of what nobody asked for. Before, each was kept whole for a year: a
 * hundred of 240 KB filled 24 MiB. Now an allowance of a mebibyte an hour bounds what is kept of them beyond what the
 * verdicts rest on; nobody is refused for it, and the audit says what is kept.
 */

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const day = 86_400_000;
const ownOid = '1.2.643.99.1';

let authority: Authority;
let setting: Setting;
let portal: Portal;
let signer: IssuedCertificate;
beforeAll(async () => {
  authority = await createAuthority({ algorithm: 'ecdsa-p256', serve: {}, at: Date.now() - 400 * day });
  return () => authority.close();
});
beforeEach(async () => {
  setting = await startSetting({ authority });
  portal = await setting.client('portal');
  signer = await setting.issue(memberOf(organisation, head));
});
afterEach(() => setting.dispose());

type Change = (message: Uint8Array) => Uint8Array;

/** Signs in with the message that `change` makes of the honest one. */
async function enter(change: Change = (message) => message, by = signer, signed = new Uint8Array()) {
  const { challenge, content } = await portal.challenge();
  const more =
    signed.length === 0
      ? []
      : [attribute(ownOid, new asn1js.OctetString({ valueHex: Uint8Array.from(signed).buffer }))];
  const message = change(await signDetached(Buffer.from(content, 'base64'), by, setting.now(), more));
  const signature = Buffer.from(message).toString('base64');
  const body = { challenge, signature, origin, browser };
  const reply = await portal.post<LoginBody & { code?: string; traceId: string }>('/v1/logins', body);
  return { ...reply, message };
}

/** The parts of a DER SignedData: its fields, of which the last is the set of signers. */
function taken(message: Uint8Array): { type: Uint8Array; fields: Uint8Array[] } {
  const contentInfo = Reader.der(message).sequence();
  const type = contentInfo.any();
  const signedData = contentInfo.constructed(contextConstructed(0)).sequence();
  const fields: Uint8Array[] = [];
  while (!signedData.isAtEnd) fields.push(signedData.any());
  return { type, fields };
}
const joined = ({ type, fields }: ReturnType<typeof taken>) =>
  encodeSequence(type, encode(contextConstructed(0), encodeSequence(...fields)));

/** With an unsigned attribute of so many octets. */
const padded =
  (octets: Uint8Array): Change =>
  (message) => {
    const parts = taken(message);
    const info = Reader.der(parts.fields.at(-1) ?? new Uint8Array())
      .set()
      .sequence();
    const fields: Uint8Array[] = [];
    while (!info.isAtEnd) fields.push(info.any());
    const own = encodeSequence(encodeOid(ownOid), encodeSetOf([encodeOctetString(octets)]));
    const signerInfo = encodeSequence(...fields, encode(contextConstructed(1), own));
    parts.fields.splice(-1, 1, encode(tag.set, signerInfo));
    return joined(parts);
  };

/** With certificates that have no part in the path. */
const crowded =
  (certificates: readonly Uint8Array[]): Change =>
  (message) => {
    const parts = taken(message);
    const at = parts.fields.findIndex((field) => field[0] === contextConstructed(0));
    const set = Reader.der(parts.fields[at] ?? new Uint8Array()).constructed(contextConstructed(0));
    const own: Uint8Array[] = [];
    while (!set.isAtEnd) own.push(set.any());
    parts.fields.splice(at, 1, encodeSetOf([...own, ...certificates], contextConstructed(0)));
    return joined(parts);
  };

/** Uses up what the organisation may leave beyond what its verdicts rest on, but for less than 20 KiB. */
async function exhaust(): Promise<void> {
  for (const size of [180, 180, 180, 180, 180, 100]) await enter(padded(randomBytes(size * kibibyte)));
  expect(await newestRecord()).not.toHaveProperty('message');
}

/** Octets that evidence takes in the database. */
async function kept(): Promise<number> {
  const sql = `SELECT (SELECT coalesce(sum(length(record) + length(message)), 0) FROM evidence)
    + (SELECT coalesce(sum(length(octets)), 0) FROM evidence_object) AS octets`;
  const [row] = await setting.database.read({ sql, parameters: [] });
  return Number(row?.octets);
}

async function newestRecord(): Promise<Record<string, unknown>> {
  let newest = '{}';
  for await (const { record } of readAudit(setting.database)) newest = record;
  return JSON.parse(newest);
}

async function replayed(id: string) {
  const { exitCode, json } = await replayReport(await exportEvidence(setting.database, id), 'unsealed');
  return [exitCode, (json as { differences: unknown }).differences];
}

const digestOf = (message: Uint8Array) => hash('sha256', message, 'base64url');

describe('a hundred messages padded by 240 KB each', () => {
  it('pass, keep a mebibyte of padding, and replay with the verdicts that they had', async () => {
    const sessions: string[] = [];
    const before = await kept();
    for (let done = 0; done < 100; done++) {
      const { status, body, message } = await enter(padded(randomBytes(180 * kibibyte)));
      expect([status, body.code]).toEqual([200, undefined]);
      sessions.push(body.sessionId);
      if (done === 0) expect(await newestRecord()).not.toHaveProperty('message');
      if (done === 99) {
        expect(await newestRecord()).toMatchObject({
          event: 'login.passed',
          message: digestOf(message),
          evidence: expect.any(String),
          details: { message: 'reduced' },
        });
      }
    }
    const added = (await kept()) - before;
    // Before: a hundred times 180 KiB.
    expect(added).toBeLessThan(mebibyte + 100 * 8 * kibibyte);
    expect(added).toBeGreaterThan(mebibyte / 2);
    for (const id of [sessions[0] ?? '', sessions[99] ?? '']) expect(await replayed(id)).toEqual([0, []]);
  });

  it('of one organisation take nothing from another, nor from its own plain messages', async () => {
    for (let done = 0; done < 8; done++) await enter(padded(randomBytes(180 * kibibyte)));
    expect(await newestRecord()).toMatchObject({ details: { message: 'reduced' } });
    await enter();
    expect(await newestRecord()).not.toHaveProperty('message');
    const neighbour = await setting.issue(memberOf(otherOrganisation, head));
    await enter(padded(randomBytes(180 * kibibyte)), neighbour);
    expect(await newestRecord()).not.toHaveProperty('message');
    setting.pass(3_600_000);
    await enter(padded(randomBytes(180 * kibibyte)));
    expect(await newestRecord()).not.toHaveProperty('message');
  });

  it('with the same padding leave it once', async () => {
    const padding = padded(randomBytes(180 * kibibyte));
    await enter(padding);
    const before = await kept();
    for (let done = 0; done < 10; done++) await enter(padding);
    // Before: ten times 180 KiB.
    expect((await kept()) - before).toBeLessThan(10 * 8 * kibibyte);
    expect(await newestRecord()).not.toHaveProperty('message');
  });
});

it('plain messages leave their certificates once', async () => {
  const { body } = await enter();
  const before = await kept();
  const certificates = [signer.certificate, ...signer.chain];
  const size = certificates.reduce((sum, { length }) => sum + length, 0);
  await enter();
  const added = (await kept()) - before;
  expect(added).toBeLessThan(6 * kibibyte);
  const rows = await setting.database.read({ sql: 'SELECT message FROM evidence', parameters: [] });
  for (const row of rows) expect((row.message as Uint8Array).length).toBeLessThan(size);
  expect(await replayed(body.sessionId)).toEqual([0, []]);
});

it('messages full of other certificates leave excerpts of what is trusted within the allowance as well', async () => {
  const others = await Promise.all(
    Array.from({ length: 30 }, () => setting.issue(memberOf(otherOrganisation, head))),
  );
  const crowd = others.map(({ certificate }) => certificate);
  expect(parseCertificate(crowd[0] ?? new Uint8Array()).der.length).toBeGreaterThan(1000);
  await exhaust();
  const before = await kept();
  const { status, body } = await enter(crowded(crowd));
  expect(status).toBe(200);
  expect(await newestRecord()).toMatchObject({ details: { message: 'reduced' } });
  expect((await kept()) - before).toBeLessThan(10 * kibibyte);
  expect(await replayed(body.sessionId)).toEqual([0, []]);
});

it('what the signature covers is kept, which is bounded, and nothing that BER adds to it', async () => {
  await exhaust();
  const before = await kept();
  const signed = randomBytes(15 * kibibyte);
  const { status, body, message } = await enter(padded(randomBytes(20 * kibibyte)), signer, signed);
  expect([status, body.code]).toEqual([200, undefined]);
  expect((await kept()) - before).toBeLessThan(24 * kibibyte);
  expect(await newestRecord()).toMatchObject({ message: digestOf(message), details: { message: 'reduced' } });
  expect(await replayed(body.sessionId)).toEqual([0, []]);
  const metrics = await setting.service.metrics.registry.metrics();
  expect(metrics).toContain('sealgate_evidence_reduced_total{kept="reduced"} 1');
  const larger = await enter(undefined, signer, randomBytes(17 * kibibyte));
  expect([larger.status, larger.body.code]).toEqual([400, 'signature_malformed']);
});
