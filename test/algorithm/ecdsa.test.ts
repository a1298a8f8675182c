import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type EcCurve,
  type EcdsaEngine,
  type EcKey,
  ecdsa,
  handleOf,
  loadNativeEcdsa,
  nodeEcdsa,
} from '../../src/algorithm/ecdsa.ts';
import { publicKeyOf } from '../../src/algorithm/public-key.ts';
import { parsePublicKeyInfo } from '../../src/algorithm/public-key-info.ts';
import { encodeBitString, encodeSequence } from '../../src/asn1/writer.ts';
import { withoutNative } from '../gost/engines.ts';

const curves: readonly EcCurve[] = ['P-256', 'P-384', 'P-521'];
const digests = [
  'sha1',
  'sha224',
  'sha256',
  'sha384',
  'sha512',
  'sha3-224',
  'sha3-256',
  'sha3-384',
  'sha3-512',
] as const;
const data = Buffer.from('what a person signs');

function keyOn(curve: EcCurve) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: curve });
  const info = parsePublicKeyInfo(publicKey.export({ format: 'der', type: 'spki' }));
  const key: EcKey = { family: 'ec', curve, point: info.key, der: info.der };
  return { key, info, privateKey };
}

/** The same key with other octets for its point. */
function withPoint(key: EcKey, point: Uint8Array): EcKey {
  const { algorithm } = parsePublicKeyInfo(key.der);
  return { ...key, point, der: encodeSequence(algorithm.der, encodeBitString(point)) };
}

function compressed(point: Uint8Array): Uint8Array {
  const size = (point.length - 1) / 2;
  return Buffer.concat([Buffer.of(2 + ((point.at(-1) ?? 0) & 1)), point.subarray(1, 1 + size)]);
}

const engines: readonly EcdsaEngine[] = [
  nodeEcdsa,
  ...(withoutNative === undefined ? [loadNativeEcdsa()] : []),
];

it.skipIf(withoutNative)(
  `the native way is in use${withoutNative ? ` (skipped: ${withoutNative})` : ''}`,
  () => {
    expect(ecdsa.name).toBe('native');
  },
);

describe.each(engines)('ECDSA, $name', (engine) => {
  it.each(curves)('%s: signatures hold with every hash function, and none with another', (curve) => {
    const { key, privateKey } = keyOn(curve);
    for (const digest of digests) {
      const signature = sign(digest, data, privateKey);
      expect(engine.verify(key, digest, data, signature), digest).toBe(true);
      const other = digest === 'sha256' ? 'sha512' : 'sha256';
      expect(engine.verify(key, other, data, signature), digest).toBe(false);
    }
  });

  it('a signature with any one bit changed does not hold, nor one cut short or prolonged', () => {
    const { key, privateKey } = keyOn('P-256');
    const signature = sign('sha256', data, privateKey);
    expect(engine.verify(key, 'sha256', data, signature)).toBe(true);
    for (let bit = 0; bit < signature.length * 8; bit++) {
      const changed = Buffer.from(signature);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(engine.verify(key, 'sha256', data, changed), `bit ${bit}`).toBe(false);
    }
    for (let length = 0; length < signature.length; length++)
      expect(engine.verify(key, 'sha256', data, signature.subarray(0, length))).toBe(false);
    expect(engine.verify(key, 'sha256', data, Buffer.concat([signature, Buffer.of(0)]))).toBe(false);
    expect(engine.verify(key, 'sha256', data, Buffer.alloc(100_000, signature))).toBe(false);
  });

  it.each(curves)(
    '%s: a compressed point is the same key; hybrid, infinite, short and off the curve are none',
    (curve) => {
      const { key, privateKey } = keyOn(curve);
      const signature = sign('sha256', data, privateKey);
      const short = withPoint(key, compressed(key.point));
      expect(engine.isPublicKey(key)).toBe(true);
      expect(engine.isPublicKey(short)).toBe(true);
      expect(engine.verify(short, 'sha256', data, signature)).toBe(true);
      const hybrid = Buffer.from(key.point);
      hybrid[0] = 6 + ((key.point.at(-1) ?? 0) & 1);
      const beside = Buffer.from(key.point);
      beside[beside.length - 1] = (beside.at(-1) ?? 0) ^ 1;
      const refused = [hybrid, Buffer.of(0), Buffer.alloc(0), key.point.subarray(0, -1), beside];
      for (const point of refused)
        expect(engine.isPublicKey(withPoint(key, point)), `${point.length}`).toBe(false);
    },
  );

  it('leaves no error behind that node:crypto would take for its own', () => {
    const { key } = keyOn('P-256');
    engine.verify(key, 'sha256', data, Buffer.from('no signature'));
    engine.isPublicKey(withPoint(key, Buffer.alloc(65, 4)));
    const { publicKey } = generateKeyPairSync('ed25519');
    expect(createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })).asymmetricKeyType).toBe(
      'ed25519',
    );
  });
});

it('a key that lies beside its curve is malformed, and the key it was made from is not', () => {
  const { key, info } = keyOn('P-256');
  const beside = Buffer.from(key.point);
  beside[64] = (beside[64] ?? 0) ^ 1;
  expect(publicKeyOf(info)).toMatchObject({ family: 'ec', curve: 'P-256' });
  expect(publicKeyOf(parsePublicKeyInfo(withPoint(key, beside).der))).toEqual({
    family: 'unusable',
    reason: 'malformed',
    kind: 'EC P-256',
  });
  expect(handleOf(key)?.asymmetricKeyType).toBe('ec');
});
