import { declareOids } from '../asn1/oid.ts';
import { Reader } from '../asn1/reader.ts';
import { type GostCurve, gostCurveByOid } from '../gost/curve.ts';
import { gost } from '../gost/engine.ts';
import { digestLengths, digestOids } from './digest.ts';
import { keyOids } from './oids.ts';
import type { PublicKeyInfo, UnusableKey } from './public-key-info.ts';

/** A GOST R 34.10 key; `octets` is X ‖ Y, both little-endian, checked to be a point of the curve's prime-order group. */
export interface GostKey {
  readonly family: 'gost2012' | 'gost2001';
  readonly bits: 256 | 512;
  readonly curve: GostCurve;
  readonly octets: Uint8Array;
}

/** RFC 4357, section 11.2: the S-boxes of GOST R 34.11-94 that are in use; the other set is for tests. */
const gost94CryptoPro = declareOids({ cryptoPro: '1.2.643.2.2.30.1' }).cryptoPro;

const digestOfKey = new Map<string, string>([
  [keyOids.gost2001, gost94CryptoPro],
  [keyOids.gost2012With256, digestOids.streebog256],
  [keyOids.gost2012With512, digestOids.streebog512],
]);

/**
 * Reads a GOST key (RFC 9215, section 4; RFC 4491, section 2.3.2). The parameters name the curve; a digest set may
 * be absent or present and, in real certificates, be followed by a third identifier: it has to fit the key's size
 * and is otherwise of no consequence.
 */
export function readGostKey(info: PublicKeyInfo): GostKey | UnusableKey {
  const family = info.algorithm.oid === keyOids.gost2001 ? 'gost2001' : 'gost2012';
  const bits = info.algorithm.oid === keyOids.gost2012With512 ? 512 : 256;
  const name = family === 'gost2001' ? 'GOST R 34.10-2001' : `GOST R 34.10-2012 (${bits})`;
  if (info.algorithm.parameters === undefined) return unusable('malformed', `${name} without parameters`);
  const parameters = Reader.der(info.algorithm.parameters).sequence();
  const curveOid = parameters.oid();
  const digestOid = parameters.isAtEnd ? undefined : parameters.oid();
  if (!parameters.isAtEnd) parameters.oid();
  parameters.finish();
  const curve = gostCurveByOid(curveOid);
  if (curve === undefined) return unusable('unknown', `${name}, parameter set ${curveOid}`);
  if (curve.bits !== bits) return unusable('malformed', `${name} with parameters of ${curve.bits} bits`);
  if (digestOid !== undefined && digestOid !== digestOfKey.get(info.algorithm.oid)) {
    return unusable('malformed', `${name} with digest ${digestOid}`);
  }
  const octets = keyOctets(info.key);
  if (octets.length !== digestLengths.streebog256 * (bits / 128))
    return unusable('malformed', `${name} of false length`);
  const flaw = gost.checkPublicKey(curve, octets);
  if (flaw !== undefined) return unusable('malformed', `${name}: ${flaw}`);
  return { family, bits, curve, octets };
}

function keyOctets(bitString: Uint8Array): Uint8Array {
  const reader = Reader.der(bitString);
  const octets = reader.octetString();
  reader.finish();
  return octets;
}

function unusable(reason: UnusableKey['reason'], kind: string): UnusableKey {
  return { family: 'unusable', reason, kind };
}
