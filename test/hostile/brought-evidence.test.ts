import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signInLimits } from '../../src/budget/limits.ts';
import type { Certificate } from '../../src/certificate/certificate.ts';
import type { Problem } from '../../src/service/problem.ts';
import { median } from '../bench/measure.ts';
import { issue, purposes, usage } from '../path/certificates.ts';
import { day, hour, makeAnswer, makeList, type Signer } from '../revocation/maker.ts';
import { browser, type LoginBody, origin, type Reply } from '../service/portal.ts';
import { expectBriefHold } from './hold.ts';
import { type MessageOrder, makeCms } from './message.ts';
import { type AttackedService, type HonestSigner, startAttacked } from './service.ts';
import { strangersKey } from './stranger.ts';

const ocspSigning = '1.3.6.1.5.5.7.3.9';
const now = Date.now();

let attacked: AttackedService;
let signer: HonestSigner;
beforeAll(async () => {
  attacked = await startAttacked();
  signer = await attacked.signer();
});
afterAll(() => attacked.dispose());

type Brought = Pick<MessageOrder, 'lists' | 'answers'>;

async function signIn(brought: Brought, by = signer): Promise<Reply<LoginBody & Problem>> {
  const { challenge, content } = await attacked.portal.challenge();
  const message = makeCms({
    ...{ content: Buffer.from(content, 'base64'), signers: [by], at: Date.now(), ...brought },
    certificates: [by.certificate.der],
  });
  const signature = Buffer.from(message).toString('base64');
  return attacked.portal.post('/v1/logins', { challenge, signature, origin, browser });
}

/** Somebody who calls himself the authority and signs with a key of his own. */
function pretender(): Signer {
  const { privateKey: key, spki } = strangersKey('P-256');
  return { name: attacked.issuer.subject.der, key, spki };
}

/** The authority as whom an answer is about. */
function authorityAsIssuer(): Signer {
  return { ...pretender(), spki: attacked.issuer.publicKey.der };
}

function serialOf({ fields }: Certificate): number | bigint {
  return BigInt(`0x${Buffer.from(fields.serialNumber).toString('hex')}`);
}

/** Lists that the authority's name stands under, each naming the signer as revoked, and none of them the authority's. */
function falseLists(count: number): Uint8Array[] {
  const entry = { serial: serialOf(signer.certificate) as number, revokedAt: now - hour };
  return Array.from({ length: count }, (_, at) =>
    makeList({
      issuer: pretender(),
      thisUpdate: now - hour + at * 1000,
      nextUpdate: now + day,
      entries: [entry],
    }),
  );
}

/** Certificates that say of themselves that the authority appointed them, with the dearest keys. */
function falseDelegates(name: Uint8Array, count: number): Certificate[] {
  const by = strangersKey('P-256');
  return Array.from({ length: count }, () =>
    issue({
      ...{ subject: name, issuer: attacked.issuer.subject.der, keys: strangersKey('P-521'), signer: by },
      extensions: [usage(0x80), purposes(ocspSigning)],
    }),
  );
}

/** Answers that call the signer revoked, by responders whom nobody appointed. */
function falseAnswers(count: number, status: 'good' | { readonly revokedAt: number }): Uint8Array[] {
  return Array.from({ length: count }, () => {
    const responder = pretender();
    const certificates = falseDelegates(responder.name, 2);
    return makeAnswer({
      ...{ responder, byName: true, issuer: authorityAsIssuer(), status, certificates },
      ...{ serial: serialOf(signer.certificate) as number, thisUpdate: now - hour, nextUpdate: now + day },
    });
  });
}

/** How many times as much processor time of this thread a sign-in takes as a plain one: medians, in turn. */
async function costOf(brought: Brought): Promise<number> {
  const [plain, loaded]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 15; turn++) {
    plain.push(await timeOf({}));
    loaded.push(await timeOf(brought));
  }
  return median(loaded) / median(plain);
}

async function timeOf(brought: Brought): Promise<number> {
  const before = process.threadCpuUsage();
  await signIn(brought);
  const { user, system } = process.threadCpuUsage(before);
  return user + system;
}

/** About twice a plain one, and what a noisy machine adds. */
const mostCost = 3;

describe('sixteen lists and sixteen answers in the message of a valid signer', () => {
  it('are no more than read where they speak for the signer: the sign-in costs about twice a plain one', async () => {
    const list = await attacked.authority.accredited.currentCrl();
    const brought = { lists: Array.from({ length: 16 }, () => list), answers: falseAnswers(16, 'good') };
    expect(await signIn({})).toMatchObject({ status: 200 });
    expect(await signIn(brought)).toMatchObject({ status: 200 });
    expect(await costOf(brought)).toBeLessThan(mostCost);
  });

  it('are refused by what ran out where they speak against the signer and nobody entitled signed them', async () => {
    const brought = { lists: falseLists(16), answers: falseAnswers(16, { revokedAt: now - hour }) };
    const replies = await expectBriefHold(() => signIn(brought));
    for (const { status, body } of replies) {
      expect([status, body.code]).toEqual([422, 'budget_exhausted']);
      expect(body.detail).toContain(`Allowed: ${signInLimits.claimWork}`);
    }
    expect(await costOf(brought)).toBeLessThan(mostCost);
  });
});

it('what two lists and an answer say falsely of the signer refuses nobody', async () => {
  const brought = { lists: falseLists(2), answers: falseAnswers(1, { revokedAt: now - hour }) };
  expect(await signIn(brought)).toMatchObject({ status: 200 });
});

it('a list of the authority itself that names the signer as revoked refuses them, and nobody else', async () => {
  const other = await attacked.signer();
  attacked.authority.accredited.revoke(other.certificate.serialNumberHex);
  const list = await attacked.authority.accredited.currentCrl();
  expect((await signIn({ lists: [list] }, other)).body.code).toBe('certificate_revoked');
  expect(await signIn({ lists: [list] })).toMatchObject({ status: 200 });
});
