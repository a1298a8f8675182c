import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { GostEngine } from '../../src/gost/contract.ts';
import { gostCurves } from '../../src/gost/curve.ts';
import { loadNative } from '../../src/gost/native.ts';
import { typescriptEngine } from '../../src/gost/typescript.ts';

const release = fileURLToPath(new URL('../../native/build/Release/', import.meta.url));

/** Where the program stands that compares the native library with its reference. */
export const selfTestProgram = `${release}gost_selftest`;

/**
 * Why the native engines are not tested here, or undefined. Only a machine without a compiler may do without, and a
 * machine that runs the checks (CI) may not.
 */
export const withoutNative =
  existsSync(`${release}sealgate_gost.node`) || process.env.CI
    ? undefined
    : 'native code is not built: npm run setup, with g++, make and python3';

/** The engines that run here. */
export const engines: readonly GostEngine[] = [
  typescriptEngine,
  ...(withoutNative === undefined ? [loadNative()] : []),
];

/** One parameter set for each distinct curve. */
export const distinctCurves = gostCurves.filter(
  (curve, index) => gostCurves.findIndex((other) => other.parameters === curve.parameters) === index,
);

/** Octets from hexadecimal digits. */
export function octets(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

/** Hexadecimal digits of octets. */
export function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}

/** A number as octets, least significant first. */
export function little(value: bigint, size: number): Uint8Array {
  return big(value, size).reverse();
}

/** A number as octets, most significant first. */
export function big(value: bigint, size: number): Uint8Array {
  return octets(value.toString(16).padStart(2 * size, '0'));
}
