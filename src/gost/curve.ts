/** A parameter set. */
export interface GostCurve { readonly name: string; readonly bits: 256 | 512; readonly isTest: boolean }
export function gostCurveByOid(_oid: string): GostCurve | undefined { return undefined; }
