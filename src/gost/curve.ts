import { declareOids } from '../asn1/oid.ts';
import { type CurveParameters, curveParameters } from './parameters.ts';

/** A parameter set as keys name it. Several sets can share one curve, and then one's keys are good under the other. */
export interface GostCurve {
  readonly oid: string;
  readonly name: string;
  readonly bits: 256 | 512;
  /** Octets of a coordinate, of a private key, of the digest, and of half a signature: 32 or 64. */
  readonly size: number;
  /** Whether the set is one for examples, whose keys no policy should accept. */
  readonly isTest: boolean;
  readonly parameters: CurveParameters;
}

/** Identifiers of the parameter sets (RFC 4357, section 11.4; RFC 7836, section 5; RFC 9215, appendix C). */
const oids = declareOids({
  'GOST 2001 test': '1.2.643.2.2.35.0',
  'CryptoPro-A': '1.2.643.2.2.35.1',
  'CryptoPro-B': '1.2.643.2.2.35.2',
  'CryptoPro-C': '1.2.643.2.2.35.3',
  'CryptoPro-XchA': '1.2.643.2.2.36.0',
  'CryptoPro-XchB': '1.2.643.2.2.36.1',
  'TC26-256-A': '1.2.643.7.1.2.1.1.1',
  'TC26-256-B': '1.2.643.7.1.2.1.1.2',
  'TC26-256-C': '1.2.643.7.1.2.1.1.3',
  'TC26-256-D': '1.2.643.7.1.2.1.1.4',
  'TC26-512 test': '1.2.643.7.1.2.1.2.0',
  'TC26-512-A': '1.2.643.7.1.2.1.2.1',
  'TC26-512-B': '1.2.643.7.1.2.1.2.2',
  'TC26-512-C': '1.2.643.7.1.2.1.2.3',
});

const parametersByName: Readonly<Record<keyof typeof oids, CurveParameters>> = {
  'GOST 2001 test': curveParameters.test2001,
  'CryptoPro-A': curveParameters.cryptoProA,
  'CryptoPro-B': curveParameters.cryptoProB,
  'CryptoPro-C': curveParameters.cryptoProC,
  'CryptoPro-XchA': curveParameters.cryptoProA,
  'CryptoPro-XchB': curveParameters.cryptoProC,
  'TC26-256-A': curveParameters.tc26With256A,
  'TC26-256-B': curveParameters.cryptoProA,
  'TC26-256-C': curveParameters.cryptoProB,
  'TC26-256-D': curveParameters.cryptoProC,
  'TC26-512 test': curveParameters.test512,
  'TC26-512-A': curveParameters.tc26With512A,
  'TC26-512-B': curveParameters.tc26With512B,
  'TC26-512-C': curveParameters.tc26With512C,
};

/** Every parameter set. */
export const gostCurves: readonly GostCurve[] = Object.entries(parametersByName).map(
  ([name, parameters]) => ({
    oid: oids[name as keyof typeof oids],
    name,
    bits: parameters.bits,
    size: parameters.bits / 8,
    isTest: name.endsWith('test'),
    parameters,
  }),
);

const byOid = new Map(gostCurves.map((curve) => [curve.oid, curve]));

/** The parameter set with this identifier, or undefined. */
export function gostCurveByOid(oid: string): GostCurve | undefined {
  return byOid.get(oid);
}
