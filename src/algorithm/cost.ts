import { Reader } from '../asn1/reader.ts';
import { gost } from '../gost/engine.ts';
import { curveOids, keyOids } from './oids.ts';
import { longestRsa } from './public-key.ts';
import type { PublicKeyInfo } from './public-key-info.ts';

/** Importing a key into OpenSSL. */
const importing = 30;

/** Hashing, for each KiB: Streebog by the native engine; SHA-2 costs a fifth. */
const hashingKibibyte = 5;

/** The TypeScript engine takes thirty to fifty times as long; more than this would refuse honest paths. */
const withoutNativeGost = 8;

const curveCosts = new Map<string, number>([
  [curveOids['P-256'], 60],
  [curveOids['P-384'], 500],
  [curveOids['P-521'], 1100],
]);

/**
 * What verifying one signature over `octets` octets under a key may cost at most, importing the key included, before
 * anything of the key is believed or computed. The unit is a microsecond of the machine on which it was measured: one
 * core of a server of 2023, OpenSSL 3.5 within Node 24, native GOST. Good for comparing and adding up, not for telling
 * time. A key of unknown kind costs nothing, because nothing verifies with it.
 */
export function verificationCost(info: PublicKeyInfo, octets: number): number {
  return Math.ceil(keyCost(info) + (octets / 1024) * hashingKibibyte);
}

function keyCost({ algorithm, key }: PublicKeyInfo): number {
  const gostFactor = gost.name === 'native' ? 1 : withoutNativeGost;
  switch (algorithm.oid) {
    case keyOids.rsa:
    case keyOids.rsaPss:
      // The encoding is a little longer than the modulus in it; an exponent of 32 bits is allowed for.
      return importing + Math.min(key.length * 8, longestRsa) ** 2 / 110_000;
    case keyOids.dsa:
      // Prime and generator, of the same length, stand in the parameters.
      return importing + (Math.max(key.length, (algorithm.parameters?.length ?? 0) / 2) * 8) ** 2 / 15_000;
    case keyOids.ec:
      return curveCosts.get(curveOf(algorithm.parameters)) ?? 0;
    case keyOids.ed25519:
      return importing + 70;
    case keyOids.gost2001:
    case keyOids.gost2012With256:
      return 80 * gostFactor;
    case keyOids.gost2012With512:
      return 250 * gostFactor;
    default:
      return 0;
  }
}

function curveOf(parameters: Uint8Array | undefined): string {
  try {
    return parameters === undefined ? '' : Reader.der(parameters).oid();
  } catch {
    return '';
  }
}
