import { randomBytes } from 'node:crypto';
import { keyUsageBits } from '../certificate/constraints.ts';
import { keyUsage } from '../certificate/writer/extension.ts';
import { encodeName } from '../certificate/writer/name.ts';
import { makeCertificate } from './certificate.ts';
import type { KeyPair } from './key.ts';

/**
 * A certificate that a key signs itself, for digital signatures: it carries the key and vouches for nothing. The term in
 * ms since the epoch, to the second.
 */
export function selfSigned(
  pair: KeyPair,
  commonName: string,
  term: { readonly notBefore: number; readonly notAfter: number },
): Promise<Uint8Array> {
  const name = encodeName([{ type: 'CN', value: commonName }]);
  const whole = (at: number) => Math.floor(at / 1000) * 1000;
  return makeCertificate(
    {
      // Positive, and of sixteen octets whatever they are.
      serialNumber: Uint8Array.of(0x40, ...randomBytes(15)),
      ...{ issuer: name, subject: name, publicKey: pair.publicKey },
      ...{ notBefore: whole(term.notBefore), notAfter: whole(term.notAfter) },
      extensions: [keyUsage([keyUsageBits.indexOf('digitalSignature')])],
    },
    pair,
  );
}
