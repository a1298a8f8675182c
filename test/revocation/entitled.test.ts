import { describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { atOnce } from '../../src/budget/slices.ts';
import type { Certificate } from '../../src/certificate/certificate.ts';
import { evaluateCrl } from '../../src/revocation/crl/evaluate.ts';
import { parseCertificateList } from '../../src/revocation/crl/list.ts';
import { strictFreshness } from '../../src/revocation/freshness.ts';
import { evaluateOcsp } from '../../src/revocation/ocsp/evaluate.ts';
import { parseOcspResponse } from '../../src/revocation/ocsp/response.ts';
import {
  type CertificateOrder,
  day,
  hour,
  makeAnswer,
  makeCertificate,
  makeHouse,
  makeList,
  makeSigner,
  type Signer,
  usages,
} from './maker.ts';

const at = Date.UTC(2026, 5, 1);
const ocspSigning = '1.3.6.1.5.5.7.3.9';
const house = makeHouse(at, 'http://lists.example/root.crl');
const term = { notBefore: at - day, notAfter: at + day };
const fresh = { thisUpdate: at - hour, nextUpdate: at + day };
const serial = 7;
const person = makeCertificate({ subject: makeSigner('Person'), issuer: house.authority, serial, ...term });
const issuer = {
  name: house.authorityCertificate.subject,
  publicKey: house.authorityCertificate.publicKey,
  certificate: house.authorityCertificate,
};
const common = { certificate: person, at, algorithms: currentAlgorithms, freshness: strictFreshness };

/** The verdict on an answer by a delegate, and how many signatures were verified for it. */
function byAnswer(delegate: Signer, certificate: Certificate): readonly [string, number] {
  const der = makeAnswer({
    ...fresh,
    ...{ responder: delegate, issuer: house.authority, serial, certificates: [certificate] },
  });
  const response = parseOcspResponse(der);
  if (response.kind === 'refusal') throw new Error(response.refusal);
  const budget = new Budget();
  const verdict = atOnce(
    evaluateOcsp({
      ...common,
      ...{ issuer, candidates: [], answer: response.answer, isResponderCurrent: () => true },
      payment: { budget, origin: 'operator' },
    }),
  );
  return [verdict.status, budget.spent.signatures];
}

function delegateOf(order: Partial<CertificateOrder>): readonly [string, number] {
  const subject = makeSigner('Responder');
  const usual = { subject, issuer: house.authority, serial: 50, purposes: [ocspSigning], ...term };
  return byAnswer(subject, makeCertificate({ ...usual, ...order }));
}

describe('an answer by a delegate', () => {
  it('is verified once its certificate is known to be the authority’s', () => {
    expect(delegateOf({})).toEqual(['good', 2]);
  });

  it('is not even looked at where somebody else signed that in the authority’s name', () => {
    const pretender = { ...makeSigner('Pretender'), name: house.authority.name };
    expect(delegateOf({ issuer: pretender })).toEqual(['undetermined', 1]);
  });

  it('nor is anything verified where it is another authority’s, or not for answers', () => {
    expect(delegateOf({ issuer: makeSigner('Another') })).toEqual(['undetermined', 0]);
    expect(delegateOf({ purposes: [] })).toEqual(['undetermined', 0]);
  });
});

/** The answer of a list by somebody of the authority's name, and how many signatures were verified for it. */
function byList(order: Partial<CertificateOrder>, isValid: boolean): readonly [string, number] {
  const lists = { ...makeSigner('Lists'), name: house.authority.name };
  const candidate = makeCertificate({
    ...{ subject: lists, issuer: house.authority, serial: 51, keyUsage: usages.listsOnly, ...term },
    ...order,
  });
  const told = function* (answer: boolean) {
    yield undefined;
    return answer;
  };
  const budget = new Budget();
  const answer = atOnce(
    evaluateCrl({
      ...common,
      authorities: [{ ...issuer, name: house.rootCertificate.subject }],
      candidates: [candidate],
      lists: [parseCertificateList(makeList({ ...fresh, issuer: lists }))],
      isIssuerValid: () => told(isValid),
      isIssuerCurrent: () => told(true),
      payment: { budget, origin: 'operator' },
    }),
  );
  return [answer.status, budget.spent.signatures];
}

describe('a list by another key of the authority’s name', () => {
  it('is verified once its issuer is known to have a valid path', () => {
    expect(byList({}, true)).toEqual(['good', 1]);
  });

  it('is not verified where its issuer has none, or may not sign lists', () => {
    expect(byList({}, false)).toEqual(['undetermined', 0]);
    expect(byList({ keyUsage: usages.signature }, true)).toEqual(['undetermined', 0]);
  });
});

it('of several delta lists only the newest is verified, where it holds', () => {
  const list = (number: number, base?: number) =>
    parseCertificateList(
      makeList({
        ...{ ...fresh, issuer: house.authority, number, ...(base === undefined ? {} : { base }) },
        thisUpdate: at - hour + number,
      }),
    );
  const budget = new Budget();
  const never = function* () {
    yield undefined;
    return false;
  };
  const answer = atOnce(
    evaluateCrl({
      ...common,
      ...{ authorities: [issuer], candidates: [], isIssuerValid: never, isIssuerCurrent: never },
      lists: [list(10), ...Array.from({ length: 12 }, (_, more) => list(11 + more, 10))],
      payment: { budget, origin: 'operator' },
    }),
  );
  expect([answer.status, budget.spent.signatures]).toEqual(['good', 2]);
});
