import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EncodingError } from '../../src/asn1/error.ts';
import { ecdsaToDer, ecdsaToRaw } from '../../src/token/ecdsa.ts';

describe.each([
  ['P-256', 32],
  ['P-384', 48],
  ['P-521', 66],
] as const)('an ECDSA signature on %s', (namedCurve, size) => {
  it('is the same after a way from DER to r‖s and back, with node as the judge of both forms', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve });
    for (let count = 0; count < 50; count++) {
      const der = sign('sha256', Buffer.from(`${count}`), privateKey);
      const raw = ecdsaToRaw(der, size);
      expect(raw).toHaveLength(2 * size);
      expect(Buffer.compare(ecdsaToDer(raw), der)).toBe(0);
    }
  });
});

describe('an ECDSA signature', () => {
  it('with numbers that begin with zeros keeps its value', () => {
    const raw = new Uint8Array(64);
    raw[31] = 0x7f;
    raw[32] = 0x80;
    expect(Buffer.from(ecdsaToDer(raw)).toString('hex')).toBe(`302602017f022100${'80'.padEnd(64, '0')}`);
    expect(ecdsaToRaw(ecdsaToDer(raw), 32)).toEqual(raw);
  });

  it('that is no DER, or too long for the curve, is refused', () => {
    expect(() => ecdsaToRaw(Uint8Array.of(0x30, 0x80), 32)).toThrow(EncodingError);
    expect(() => ecdsaToRaw(ecdsaToDer(new Uint8Array(96).fill(1)), 32)).toThrow(RangeError);
  });
});
