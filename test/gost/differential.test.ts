import { execFileSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { GostCurve } from '../../src/gost/curve.ts';
import { distinctCurves, engines, hex, little, selfTestProgram, withoutNative } from './engines.ts';

/** Cases of each kind on each curve; more with GOST_ROUNDS in the environment. */
const rounds = Number(process.env.GOST_ROUNDS ?? 6);
/** Verifications that the native library compares with its reference; a million take about a quarter of an hour. */
const selfTests = Number(process.env.GOST_SELF_TESTS ?? 2000);

const title = (text: string) => (withoutNative === undefined ? text : `${text} (skipped: ${withoutNative})`);

interface Input {
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** Flips a bit, fills a half with random or special octets, or cuts one octet off. */
function damage(octets: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(octets);
  const half = copy.subarray((copy.length / 2) * randomInt(2)).subarray(0, copy.length / 2);
  switch (randomInt(6)) {
    case 0:
      half.set(randomBytes(half.length));
      return copy;
    case 1:
      half.fill(randomInt(2) === 0 ? 0 : 255);
      return copy;
    case 2:
      return copy.subarray(1);
    default:
      copy[randomInt(copy.length)]! ^= 1 << randomInt(8);
      return copy;
  }
}

function damaged(input: Input): Input {
  switch (randomInt(3)) {
    case 0:
      return { ...input, digest: damage(input.digest) };
    case 1:
      return { ...input, signature: damage(input.signature) };
    default:
      return { ...input, publicKey: damage(input.publicKey) };
  }
}

function privateKeyOf(curve: GostCurve): Uint8Array {
  const { q } = curve.parameters;
  const near = BigInt(randomInt(1, 40));
  const special = [near, q - near][randomInt(4)];
  return little(
    special ?? (BigInt(`0x${randomBytes(curve.size).toString('hex')}`) % (q - 1n)) + 1n,
    curve.size,
  );
}

describe('both engines', () => {
  it.skipIf(withoutNative)(title('run here'), () => {
    expect(engines.map(({ name }) => name).sort()).toEqual(['native', 'typescript']);
  });

  it.skipIf(withoutNative).each(distinctCurves)(
    title('agree on random and hostile input, $name'),
    (curve) => {
      const same = <T>(results: readonly T[]): T => {
        expect(results).toEqual(results.map(() => results[0]));
        return results[0] as T;
      };
      for (let round = 0; round < rounds; round++) {
        const privateKey = privateKeyOf(curve);
        const digest = randomBytes(curve.size);
        const entropy = randomBytes(randomInt(40));
        const signed = same(engines.map((engine) => hex(engine.sign(curve, digest, privateKey, entropy))));
        const key = same(engines.map((engine) => hex(engine.publicKey(curve, privateKey))));
        const input = { digest, signature: Buffer.from(signed, 'hex'), publicKey: Buffer.from(key, 'hex') };
        const verified = (from: Input) =>
          same(engines.map((engine) => engine.verify(curve, from.digest, from.signature, from.publicKey)));
        expect(verified(input)).toBe(true);
        for (let time = 0; time < 3; time++) {
          const bad = damaged(input);
          verified(bad);
          same(engines.map((engine) => engine.checkPublicKey(curve, bad.publicKey)));
        }
      }
    },
  );

  it.skipIf(withoutNative)(
    title('native arithmetic agrees with its slow reference'),
    () => {
      const output = execFileSync(selfTestProgram, [String(selfTests)], {
        encoding: 'utf8',
        timeout: 3_600_000,
      });
      expect(output).toContain(`${selfTests} verifications agree with the reference`);
    },
    3_600_000,
  );
});
