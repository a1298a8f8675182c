import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { gostCurveByOid, gostCurves } from '../../src/gost/curve.ts';
import { encodedElements } from './certificate.ts';
import { big, distinctCurves, engines, hex, little, octets } from './engines.ts';
import { expectVectors, vectorFile, vectors } from './vectors.ts';

expectVectors();

function curveOf(oid: string) {
  const curve = gostCurveByOid(oid);
  if (curve === undefined) throw new Error(`no parameter set ${oid}`);
  return curve;
}

function publicKeyOf({ x, y }: { readonly x: bigint; readonly y: bigint }, size: number): Uint8Array {
  return Buffer.concat([little(x, size), little(y, size)]);
}

describe('parameter sets', () => {
  it('are the fourteen of the RFCs, on nine distinct curves', () => {
    expect(gostCurves.map(({ oid }) => oid)).toHaveLength(14);
    expect(distinctCurves).toHaveLength(9);
  });

  it.each(vectors.signatures)('have the published values: $id', ({ curve }) => {
    const { p, a, b, q, x, y } = curveOf(curve.oid).parameters;
    expect({ p, a, b, q, x, y }).toEqual({
      p: curve.p,
      a: curve.a,
      b: curve.b,
      q: curve.q,
      x: curve.x,
      y: curve.y,
    });
  });

  it('an unknown identifier is no parameter set', () => {
    expect(gostCurveByOid('1.2.643.2.2.35.4')).toBeUndefined();
  });
});

describe.each(engines)('signatures, $name', (engine) => {
  it.each(vectors.signatures)('$id: the key belongs together and the signature holds', (vector) => {
    const curve = curveOf(vector.curve.oid);
    const { size } = curve;
    const publicKey = publicKeyOf(vector.public_key, size);
    expect(hex(engine.publicKey(curve, little(vector.private_key_d, size)))).toBe(hex(publicKey));
    const signature = Buffer.concat([big(vector.s, size), big(vector.r, size)]);
    expect(engine.verify(curve, little(vector.e, size), signature, publicKey)).toBe(
      vector.result === 'valid',
    );
  });

  it.each(vectors.raw_signatures)('$id: the signature of another maker is $result', (vector) => {
    const curve = curveOf(vector.param_set);
    const signature = Buffer.concat([big(vector.s, curve.size), big(vector.r, curve.size)]);
    const publicKey = publicKeyOf(vector.public_key, curve.size);
    expect(engine.verify(curve, octets(vector.digest_hex), signature, publicKey)).toBe(
      vector.result === 'valid',
    );
  });

  const documents = [
    ...vectors.rfc9215.flatMap(({ id, param_set, private_key_d, ...files }) =>
      [files.request, files.certificate, files.crl].map((file) => ({ id, param_set, private_key_d, file })),
    ),
    ...vectors.tk26_certificates.map(({ certificate, ...vector }) => ({ ...vector, file: certificate })),
  ];
  it.each(documents)('$file: the signature holds under the published key', (vector) => {
    const curve = curveOf(vector.param_set);
    const { signed, signature } = encodedElements(vectorFile(vector.file));
    const publicKey = engine.publicKey(curve, little(vector.private_key_d, curve.size));
    const digest = engine.digest(`streebog${curve.bits}`, signed);
    expect(engine.verify(curve, digest, signature, publicKey)).toBe(true);
  });

  it.each(distinctCurves)('$name: what is signed verifies, and no longer with one bit flipped', (curve) => {
    const privateKey = little(1n + BigInt(`0x${randomBytes(30).toString('hex')}`), curve.size);
    const publicKey = engine.publicKey(curve, privateKey);
    const digest = randomBytes(curve.size);
    const signature = engine.sign(curve, digest, privateKey);
    expect(signature).toHaveLength(2 * curve.size);
    expect(engine.checkPublicKey(curve, publicKey)).toBeUndefined();
    expect(engine.verify(curve, digest, signature, publicKey)).toBe(true);
    const flipped = (from: Uint8Array) => {
      const copy = Uint8Array.from(from);
      copy[Math.floor(Math.random() * copy.length)]! ^= 1 << Math.floor(Math.random() * 8);
      return copy;
    };
    expect(engine.verify(curve, flipped(digest), signature, publicKey)).toBe(false);
    expect(engine.verify(curve, digest, flipped(signature), publicKey)).toBe(false);
    expect(engine.verify(curve, digest, signature, flipped(publicKey))).toBe(false);
  });

  it.each(distinctCurves)('$name: private keys at the ends of the range work', (curve) => {
    const { q, p, x, y } = curve.parameters;
    const publicKey = (d: bigint) => hex(engine.publicKey(curve, little(d, curve.size)));
    expect(publicKey(1n)).toBe(hex(publicKeyOf({ x, y }, curve.size)));
    expect(publicKey(q - 1n)).toBe(hex(publicKeyOf({ x, y: p - y }, curve.size)));
    const digest = randomBytes(curve.size);
    for (const d of [1n, 2n, q - 1n]) {
      const signature = engine.sign(curve, digest, little(d, curve.size));
      expect(engine.verify(curve, digest, signature, octets(publicKey(d)))).toBe(true);
    }
  });

  it.each(distinctCurves)('$name: a digest that is 0 modulo q counts as 1', (curve) => {
    const privateKey = little(12345n, curve.size);
    const publicKey = engine.publicKey(curve, privateKey);
    const one = little(1n, curve.size);
    for (const zero of [little(0n, curve.size), little(curve.parameters.q, curve.size)]) {
      expect(engine.verify(curve, zero, engine.sign(curve, one, privateKey), publicKey)).toBe(true);
      expect(engine.verify(curve, one, engine.sign(curve, zero, privateKey), publicKey)).toBe(true);
    }
  });

  it('an unusable private key or digest is a RangeError', () => {
    const curve = curveOf('1.2.643.2.2.35.1');
    const digest = randomBytes(32);
    const { q } = curve.parameters;
    for (const key of [
      new Uint8Array(32),
      little(q, 32),
      new Uint8Array(32).fill(255),
      new Uint8Array(31).fill(1),
    ]) {
      expect(() => engine.sign(curve, digest, key)).toThrow(RangeError);
      expect(() => engine.publicKey(curve, key)).toThrow(RangeError);
    }
    expect(() => engine.sign(curve, digest.subarray(1), little(5n, 32))).toThrow(RangeError);
  });
});

describe.each(engines)('nonces, $name', (engine) => {
  const curve = curveOf('1.2.643.7.1.2.1.1.1');
  const privateKey = little(0x1234567890n, 32);
  const digest = new Uint8Array(32).fill(7);

  it('are fresh with each signature, so that r never repeats', () => {
    const halves = Array.from({ length: 8 }, () => hex(engine.sign(curve, digest, privateKey).subarray(32)));
    expect(new Set(halves).size).toBe(8);
  });

  it('follow from key, digest and entropy alone', () => {
    const sign = (entropy: Uint8Array, key = privateKey, e = digest) =>
      hex(engine.sign(curve, e, key, entropy));
    const none = new Uint8Array(0);
    expect(sign(none)).toBe(sign(none));
    expect(sign(Uint8Array.of(1))).toBe(sign(Uint8Array.of(1)));
    expect(sign(Uint8Array.of(1))).not.toBe(sign(none));
    expect(sign(none, little(0x1234567891n, 32)).slice(64)).not.toBe(sign(none).slice(64));
    expect(sign(none, privateKey, new Uint8Array(32).fill(8)).slice(64)).not.toBe(sign(none).slice(64));
  });
});
