import { createPrivateKey, sign } from 'node:crypto';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { exportPrivateKey } from '../../src/authority/key.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { makeMessage } from '../../src/signing/message.ts';

/** An attached CAdES-BES message with the P-256 key of a certificate that the authority issued, DER. */
export async function signAttached(
  content: Uint8Array,
  issued: IssuedCertificate,
  at: number,
): Promise<Uint8Array> {
  if (issued.key === undefined) throw new Error('the authority does not have the key');
  const pkcs8 = await exportPrivateKey(issued.key);
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  const signer = {
    publicKey: parseCertificate(issued.certificate).publicKey.der,
    certificate: issued.certificate,
    chain: issued.chain,
    schemes: ['ecdsa-sha256'],
    sign: async (data: Uint8Array) => sign('sha256', data, key),
    close: async () => {},
  } as const;
  return makeMessage(content, signer, { signingTime: at });
}
