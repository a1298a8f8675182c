import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verificationCost } from '../../src/algorithm/cost.ts';
import { keyOids } from '../../src/algorithm/oids.ts';
import { parsePublicKeyInfo } from '../../src/algorithm/public-key-info.ts';
import {
  encodeBitString,
  encodedNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from '../../src/asn1/writer.ts';
import { signInLimits } from '../../src/budget/limits.ts';

/** A key of that kind whose BIT STRING has so many octets; cost is told before a key is looked into. */
function cost(oid: string, octets: number, parameters: Uint8Array = encodedNull, data = 0): number {
  const algorithm = encodeSequence(encodeOid(oid), parameters);
  const info = encodeSequence(algorithm, encodeBitString(new Uint8Array(octets)));
  return verificationCost(parsePublicKeyInfo(info), data);
}

function curveCost(namedCurve: string): number {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve });
  return verificationCost(parsePublicKeyInfo(publicKey.export({ format: 'der', type: 'spki' })), 0);
}

describe('what verifying costs', () => {
  it('grows with the square of an RSA modulus, up to the longest that is ever used', () => {
    const [two, four, eight] = [256, 512, 1024].map((octets) => cost(keyOids.rsa, octets));
    expect([two, four, eight]).toEqual([69, 183, 641]);
    expect(cost(keyOids.rsa, 60_000)).toBe(eight);
    expect(cost(keyOids.rsaPss, 512)).toBe(four);
  });

  it('grows with the curve', () => {
    expect(['P-256', 'P-384', 'P-521'].map(curveCost)).toEqual([60, 500, 1100]);
  });

  it('grows with what is hashed', () => {
    const short = cost(keyOids.rsa, 256, encodedNull, 1024);
    expect(cost(keyOids.rsa, 256, encodedNull, 64 * 1024) - short).toBe(63 * 5);
  });

  it('of DSA follows from the longer of key and parameters', () => {
    const long = cost(keyOids.dsa, 4, encodeOctetString(new Uint8Array(3000)));
    expect(long).toBeGreaterThan(cost(keyOids.dsa, 256));
    expect(cost(keyOids.dsa, 1024)).toBeGreaterThan(cost(keyOids.dsa, 256));
  });

  it('of GOST is twice to four times as much for 512 bits', () => {
    const [short, long] = [cost(keyOids.gost2012With256, 66), cost(keyOids.gost2012With512, 131)];
    expect(long).toBeGreaterThan(2 * short);
    expect(cost(keyOids.gost2001, 66)).toBe(short);
  });

  it('is nothing under a key that verifies nothing', () => {
    expect(cost('1.2.3', 1000)).toBe(0);
    expect(cost(keyOids.ec, 65, encodeOid('1.3.132.0.10'))).toBe(0);
    expect(cost(keyOids.ec, 65, encodeSequence())).toBe(0);
  });

  it('leaves room in a login for a path of five under the dearest keys', () => {
    expect(4 * curveCost('P-521')).toBeLessThanOrEqual(signInLimits.poolWork);
    expect(5 * curveCost('P-521')).toBeLessThanOrEqual(signInLimits.work);
    expect(2 * cost(keyOids.gost2012With512, 131)).toBeLessThanOrEqual(signInLimits.poolWork);
  });
});
