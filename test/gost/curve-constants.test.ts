import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { curveParameters } from '../../src/gost/parameters.ts';

const header = readFileSync(new URL('../../native/gost/curve.h', import.meta.url), 'utf8');
const enumeration = readFileSync(new URL('../../native/gost/gost.h', import.meta.url), 'utf8');

/** The struct of native/gost/curve.h for each curve, in the order of `CurveId`. */
const nativeNames = {
  cryptoProA: 'CryptoProA',
  cryptoProB: 'CryptoProB',
  cryptoProC: 'CryptoProC',
  test2001: 'Test2001',
  tc26With256A: 'Tc26A256',
  tc26With512A: 'Tc26A512',
  tc26With512B: 'Tc26B512',
  tc26With512C: 'Tc26C512',
  test512: 'Test512',
} as const satisfies Record<keyof typeof curveParameters, string>;

function structOf(name: string): string {
  const [, body] = header.match(new RegExp(`^struct ${name} \\{\\n([\\s\\S]*?)^\\};`, 'm')) ?? [];
  if (body === undefined) throw new Error(`curve.h has no struct ${name}`);
  return body;
}

/** A constant written as `NAME = from_hex<N>("…" "…")`; undefined where the struct has none of that name. */
function constant(body: string, name: string): bigint | undefined {
  const [, literals] = body.match(new RegExp(`auto ${name} = from_hex<\\d+>\\(([^)]*)\\)`)) ?? [];
  return literals === undefined
    ? undefined
    : BigInt(`0x${[...literals.matchAll(/"([^"]+)"/g)].map(([, hex]) => hex).join('')}`);
}

function prime(body: string): bigint {
  const words = BigInt(body.match(/int words = (\d+);\n {2}template/)?.[1] ?? 0);
  const [, form, difference] = body.match(/using Field = Field(Below|Above)<Kernel, \d+, (\w+)>/) ?? [];
  if (form === 'Below') return 2n ** (64n * words) - BigInt(difference ?? 0);
  if (form === 'Above') return 2n ** (64n * words - 1n) + BigInt(difference ?? 0);
  return constant(body, 'value') ?? 0n;
}

function inverse(value: bigint, p: bigint): bigint {
  let [a, b, x, y] = [((value % p) + p) % p, p, 1n, 0n];
  while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % p) + p) % p;
}

describe.each(Object.entries(nativeNames))('the curve %s', (name, nativeName) => {
  const { p, a, b, q, x, y, bits, number } = curveParameters[name as keyof typeof nativeNames];
  const body = structOf(nativeName);

  it('has the same constants in both engines', () => {
    expect({
      p: prime(body),
      ...Object.fromEntries(['a', 'b', 'q', 'x', 'y'].map((each) => [each, constant(body, each)])),
    }).toEqual({ p, a, b, q, x, y });
    expect(body).toContain(`int words = ${bits / 64};`);
  });

  it('has the same number in both engines', () => {
    const [, members = ''] = enumeration.match(/enum class CurveId : uint8_t \{([^}]*)\}/) ?? [];
    const numbers = [...members.matchAll(/^ {2}(\w+),/gm)].map(([, member]) => member?.replaceAll('_', ''));
    const plain = { Tc26A256: 'tc26256a', Tc26A512: 'tc26512a', Tc26B512: 'tc26512b', Tc26C512: 'tc26512c' };
    const member = plain[nativeName as keyof typeof plain] ?? nativeName.toLowerCase();
    expect(numbers[number]).toBe(member);
  });
});

const edwards = Object.entries(nativeNames).filter(
  ([name]) => curveParameters[name as keyof typeof nativeNames].cofactor === 4n,
);

describe.each(edwards)('the curve %s', (name, nativeName) => {
  const { p, x, y } = curveParameters[name as keyof typeof nativeNames];
  const body = structOf(nativeName);

  // RFC 7836, section 5.2: x = s(1 + v)/(1 − v) + t and y = s(1 + v)/((1 − v)u), with s = (1 − d)/4, t = (1 + d)/6.
  it('has a twisted Edwards form of the same base point', () => {
    const [d, u, v] = ['d', 'u', 'v'].map((each) => constant(body, each) ?? 0n) as [bigint, bigint, bigint];
    const reduced = (value: bigint) => ((value % p) + p) % p;
    const s = reduced((1n - d) * inverse(4n, p));
    const t = reduced((1n + d) * inverse(6n, p));
    const ratio = s * (1n + v) * inverse(1n - v, p);
    expect(reduced(ratio + t)).toBe(x);
    expect(reduced(ratio * inverse(u, p))).toBe(y);
    expect(reduced(u * u + v * v)).toBe(reduced(1n + d * u * u * v * v));
  });
});
