import { describe, expect, it } from 'vitest';
import { encode, encodeOid, encodeSequence } from '../../src/asn1/writer.ts';
import { Budget } from '../../src/budget/budget.ts';
import { parseCertificate as parse } from '../../src/certificate/certificate.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { isFailure, type SealgateError } from '../../src/error.ts';
import { findPath, validPaths } from '../../src/path/find.ts';
import type { PathInput } from '../../src/path/input.ts';
import { profiles } from '../../src/path/profile.ts';
import { caught, failureOf } from '../failure-code.ts';
import { authority, commonName, issue, newKeys, type Order, simpleChain, usualTime } from './certificates.ts';

const { root, middle, signer, keys } = simpleChain();
const anchors = [anchorOf(root)];

function input(changes: Partial<PathInput> = {}): PathInput {
  return {
    target: signer,
    pool: [middle],
    anchors,
    at: usualTime,
    profile: profiles['qualified-gost'],
    budget: new Budget(),
    ...changes,
  };
}

function refusalOf(changes: Partial<PathInput>): SealgateError {
  return failureOf(() => findPath(input(changes)));
}

function middleWith(changes: Partial<Order>) {
  return issue({
    subject: commonName('Authority'),
    issuer: commonName('Root'),
    keys: keys.middle,
    signer: keys.root,
    extensions: authority(0),
    ...changes,
  });
}

describe('paths', () => {
  const otherRootKeys = newKeys();
  const otherRoot = issue({
    subject: commonName('Other Root'),
    issuer: commonName('Other Root'),
    keys: otherRootKeys,
    signer: otherRootKeys,
    extensions: authority(),
  });
  const crossed = middleWith({ issuer: commonName('Other Root'), signer: otherRootKeys });
  const both = [anchorOf(root), anchorOf(otherRoot)];

  it('are there where an authority has two certificates, and end with a failure', () => {
    const paths = validPaths(input({ pool: [middle, crossed], anchors: both }));
    const anchorsFound = [paths.next(), paths.next()].map((step) =>
      step.done ? step.value.code : step.value.anchor.name.toString(),
    );
    expect(anchorsFound.sort()).toEqual(['CN=Other Root', 'CN=Root']);
    const end = paths.next();
    expect(end.done && isFailure(end.value)).toBe(true);
  });

  it('spend from the same budget', () => {
    const budget = new Budget({ signatures: 3 });
    const paths = validPaths(input({ pool: [middle, crossed], anchors: both, budget }));
    expect(paths.next().done).toBe(false);
    const end = paths.next();
    expect(end.done && end.value.code).toBe('path_budget_exhausted');
    expect(end.done && caught(end.value).details.limit).toBe('signatures');
  });

  it('do not close loops', () => {
    const rootByOther = issue({
      subject: commonName('Root'),
      issuer: commonName('Other Root'),
      keys: keys.root,
      signer: otherRootKeys,
      extensions: authority(),
    });
    const otherByRoot = issue({
      subject: commonName('Other Root'),
      issuer: commonName('Root'),
      keys: otherRootKeys,
      signer: keys.root,
      extensions: authority(),
    });
    const budget = new Budget();
    const { code } = refusalOf({ pool: [middle, rootByOther, otherByRoot], anchors: [], budget });
    expect(code).toBe('chain_incomplete');
    expect(budget.spent.signatures).toBeLessThanOrEqual(4);
  });

  it('go over a certificate of the anchor’s own key where the anchor itself no longer holds', () => {
    const rootByOther = issue({
      subject: commonName('Root'),
      issuer: commonName('Other Root'),
      keys: keys.root,
      signer: otherRootKeys,
      extensions: authority(),
    });
    const expired = issue({
      subject: commonName('Root'),
      issuer: commonName('Root'),
      keys: keys.root,
      signer: keys.root,
      notAfter: new Date('2026-02-01T00:00:00Z'),
      extensions: authority(),
    });
    const anchors = [anchorOf(expired), anchorOf(otherRoot)];
    const path = findPath(input({ pool: [middle, rootByOther], anchors }));
    expect(path.certificates).toEqual([signer, middle, rootByOther]);
  });

  it('follow a key rollover: old key, new key, both orders', () => {
    const newRootKeys = newKeys();
    const newWithOld = issue({
      subject: commonName('Root'),
      issuer: commonName('Root'),
      keys: newRootKeys,
      signer: keys.root,
      extensions: authority(),
    });
    const underNew = middleWith({ signer: newRootKeys });
    const path = findPath(input({ pool: [underNew, newWithOld] }));
    expect(path.certificates).toEqual([signer, underNew, newWithOld]);
  });
});

describe('the pool', () => {
  it('may hold many copies of a certificate, each of which costs nothing', () => {
    const wrong = middleWith({ signer: keys.signer });
    const budget = new Budget();
    const copies = Array.from({ length: 50 }, () => issueAgain(wrong.der));
    expect(findPath(input({ pool: [...copies, middle], budget })).certificates[1]).toBe(middle);
    expect(budget.spent.signatures).toBeLessThanOrEqual(4);
  });

  it('may hold names that break their own encoding', () => {
    const broken = middleWith({
      subject: encodeSequence(encode(0x31, encodeSequence(encodeOid('2.5.4.3')))),
    });
    expect(findPath(input({ pool: [broken, middle] })).certificates).toHaveLength(2);
  });
});

function issueAgain(der: Uint8Array) {
  return parse(Uint8Array.from(der));
}
