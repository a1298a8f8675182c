import { zipSync } from 'fflate';
import { exportJWK, type JWK } from 'jose';
import { publicKeyOf } from '../../algorithm/public-key.ts';
import type { Certificate } from '../../certificate/certificate.ts';
import { pem } from './pem.ts';
import type { TokenKey } from './signer.ts';

/**
 * The certificates of the keys as a zip, as ЕСИА publishes its own: each in a file of PEM, named after its algorithm
 * and the day from which it signs.
 */
export function certificateBundle(keys: readonly TokenKey[]): Uint8Array {
  const files = keys.map(({ algorithm, certificate }) => {
    const from = new Date(certificate.notBefore).toISOString().slice(0, 10);
    const name = `${algorithm}-${from}-${certificate.serialNumberHex.slice(0, 8)}.cer`;
    return [name, Buffer.from(pem('CERTIFICATE', certificate.der))] as const;
  });
  return zipSync(Object.fromEntries(files), { mtime: new Date(1980, 0, 1) });
}

/**
 * The keys as a JWKS (RFC 7517), each with its certificate in `x5c`. JOSE has no registered names for GOST: of such a
 * key `x` and `y` are the coordinates, big-endian, and the certificate is what counts.
 */
export async function tokenKeySet(keys: readonly TokenKey[]): Promise<{ readonly keys: readonly JWK[] }> {
  return { keys: await Promise.all(keys.map(jwkOf)) };
}

async function jwkOf({ algorithm, certificate }: TokenKey): Promise<JWK> {
  return {
    ...(await coordinates(certificate)),
    alg: algorithm,
    use: 'sig',
    kid: certificate.sha256.slice(0, 32),
    x5c: [Buffer.from(certificate.der).toString('base64')],
  };
}

async function coordinates({ publicKey }: Certificate): Promise<JWK> {
  const key = publicKeyOf(publicKey);
  if (key.family === 'rsa') return exportJWK(key.handle);
  if (key.family !== 'gost2012') throw new Error('unreachable');
  const half = (from: number) =>
    Buffer.from(key.octets.subarray(from, from + key.curve.size))
      .reverse()
      .toString('base64url');
  return { kty: 'EC', crv: key.curve.name, x: half(0), y: half(key.curve.size) };
}
