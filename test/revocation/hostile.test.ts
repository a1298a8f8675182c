import { expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { EncodingError } from '../../src/asn1/error.ts';
import { parseCertificateList } from '../../src/revocation/crl/list.ts';
import { strictFreshness } from '../../src/revocation/freshness.ts';
import { parseOcspResponse } from '../../src/revocation/ocsp/response.ts';
import { answerOfLists, verdictOfAnswer } from './judge.ts';
import { day, hour, makeAnswer, makeCertificate, makeHouse, makeList, makeSigner } from './maker.ts';

const at = Date.UTC(2026, 5, 1);
const house = makeHouse(at, 'http://lists.example/root.crl');
const serial = 7;
const person = makeCertificate({
  subject: makeSigner('Person'),
  issuer: house.authority,
  serial,
  notBefore: at - day,
  notAfter: at + day,
});
const issuer = {
  name: house.authorityCertificate.subject,
  publicKey: house.authorityCertificate.publicKey,
  certificate: house.authorityCertificate,
};

const list = makeList({
  issuer: house.authority,
  thisUpdate: at - hour,
  nextUpdate: at + day,
  number: 1,
  entries: [{ serial: 99, revokedAt: at - hour, reason: 1 }],
});
const answer = makeAnswer({
  responder: house.authority,
  issuer: house.authority,
  serial,
  thisUpdate: at - hour,
  nextUpdate: at + day,
});

function byList(der: Uint8Array): string {
  return answerOfLists({
    certificate: person,
    authorities: [issuer],
    candidates: [],
    lists: [parseCertificateList(der)],
    at,
    algorithms: currentAlgorithms,
    freshness: strictFreshness,
    isIssuerValid: false,
  }).status;
}

function byAnswer(der: Uint8Array): string {
  const response = parseOcspResponse(der);
  if (response.kind === 'refusal') return response.refusal;
  return verdictOfAnswer({
    certificate: person,
    issuer,
    candidates: [],
    answer: response.answer,
    at,
    algorithms: currentAlgorithms,
    freshness: strictFreshness,
    isResponderCurrent: () => false,
  }).status;
}

/** What judging says, or that the encoding was refused; any other error fails the test. */
function outcome(judge: (der: Uint8Array) => string, der: Uint8Array): string {
  try {
    return judge(der);
  } catch (error) {
    if (error instanceof EncodingError) return 'refused';
    throw error;
  }
}

const kinds = [
  ['list', list, byList],
  ['answer', answer, byAnswer],
] as const;

it.each(kinds)('a %s with any one bit changed never says good', (_, der, judge) => {
  expect(outcome(judge, der)).toBe('good');
  for (let bit = 0; bit < der.length * 8; bit++) {
    const changed = Uint8Array.from(der);
    changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7));
    if (outcome(judge, changed) === 'good') throw new Error(`good with bit ${bit} changed`);
  }
});

it.each(kinds)('a %s that is cut off or has something behind it is refused', (_, der, judge) => {
  for (let length = 0; length < der.length; length++) {
    expect(outcome(judge, der.subarray(0, length))).toBe('refused');
  }
  expect(outcome(judge, Buffer.concat([der, Uint8Array.of(0)]))).toBe('refused');
});

it.each(kinds)('a %s of random octets inside never throws anything but a refusal', (_, der, judge) => {
  // A generator of its own, so that a failure comes back.
  let state = 12_345;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state % below;
  };
  for (let round = 0; round < 5000; round++) {
    const changed = Uint8Array.from(der);
    for (let count = 1 + random(6); count > 0; count--) changed[random(changed.length)] = random(256);
    expect(outcome(judge, changed)).not.toBe(undefined);
  }
});
