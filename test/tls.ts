import { encode, encodeSequence } from '../src/asn1/writer.ts';
import { makeCertificate } from '../src/authority/certificate.ts';
import { exportPrivateKey, generateKeyPair } from '../src/authority/key.ts';
import { commonName } from './path/certificates.ts';

const day = 86_400_000;

/** Key and certificate of a TLS server on `localhost`, both PEM; self-signed, and over in so many days. */
export async function localhostCertificate(
  days: number,
): Promise<{ readonly key: string; readonly cert: string }> {
  const key = await generateKeyPair('ecdsa-p256');
  const subject = commonName('localhost');
  const names = encodeSequence(encode(0x82, Buffer.from('localhost')));
  const plan = {
    serialNumber: Uint8Array.of(1),
    issuer: subject,
    subject,
    notBefore: Date.now() - 30 * day,
    notAfter: Date.now() + days * day,
    publicKey: key.publicKey,
    extensions: [{ oid: '2.5.29.17', isCritical: false, value: names }],
  };
  return {
    key: pem('PRIVATE KEY', await exportPrivateKey(key)),
    cert: pem('CERTIFICATE', await makeCertificate(plan, key)),
  };
}

/** DER in PEM armour. */
export function pem(label: string, der: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`;
}
