import type { GostCurve } from './curve.ts';
export const gost = {
  digest(_a: string, _d: Uint8Array): Uint8Array { throw new Error('not built'); },
  verify(_c: GostCurve, _d: Uint8Array, _s: Uint8Array, _k: Uint8Array): boolean { return false; },
  checkPublicKey(_c: GostCurve, _k: Uint8Array): string | undefined { return 'length'; },
};
