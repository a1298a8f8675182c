import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { connectCarrier, findCarrier } from '../../src/carrier/carrier.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { thumbprintOf } from '../../src/certificate/thumbprint.ts';
import { challengeLifetime, issueChallenge, openChallenge } from '../../src/challenge/challenge.ts';
import { takeChallenge } from '../../src/challenge/take.ts';
import { keyring } from '../../src/secret/keyring.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';

const at = Date.now();
const subject = 'ogrn:1259901001018';
const keys = keyring([randomBytes(32)], 'challenge');
const binding = { relyingParty: 'portal', origin: 'https://portal.example', browser: 'browser-1' };

let temporary: TemporaryDatabase;
let certificate: Certificate;
beforeAll(async () => {
  temporary = temporaryDatabase();
  const authority = await createAuthority({});
  const issued = await authority.issue({ subscriber: sampleSubscriber('legal-entity') });
  certificate = parseCertificate(issued.certificate);
  await authority.close();
});
afterAll(() => temporary.dispose());

it('a carrier is connected and its challenge taken in one unit, or neither', async () => {
  const { database } = temporary;
  const input = { ...binding, portal: 'P', language: 'en', lifetime: challengeLifetime } as const;
  const challenge = openChallenge(keys, issueChallenge(keys, input, at).challenge, binding, at);
  const refusing = {
    sql: 'DELETE FROM carrier WHERE subject = ?',
    parameters: ['nobody'],
    refusal: { code: 'organisation_blocked', details: { state: 'blocked' } },
  } as const;
  const connect = (...more: (typeof refusing)[]) =>
    connectCarrier(database, subject, certificate, { name: 'A', holder: 'B' }, at, {
      together: [takeChallenge(challenge), ...more],
    });
  const events = async () => {
    const found: unknown[] = [];
    for await (const { record } of readAudit(database)) found.push(JSON.parse(record).event);
    return found;
  };
  await expect(connect(refusing)).rejects.toMatchObject({ code: 'organisation_blocked' });
  expect(await findCarrier(database, subject, thumbprintOf(certificate))).toBeUndefined();
  expect(await events()).toEqual([]);
  await connect();
  expect(await findCarrier(database, subject, thumbprintOf(certificate))).toMatchObject({ name: 'A' });
  expect(await events()).toEqual(['carrier.connected']);
  await expect(connect()).rejects.toMatchObject({ code: 'challenge_used' });
});
