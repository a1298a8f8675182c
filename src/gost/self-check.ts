import type { GostEngine } from './contract.ts';
import { gostCurveByOid } from './curve.ts';

const octets = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

// RFC 6986, section 10.1; RFC 9215, appendices D.1.2 and D.2.2: digest, public key and signature of the certificates.
const message = Buffer.from('012345678901234567890123456789012345678901234567890123456789012');
const digestOfMessage = '9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500';
const certificates = [
  {
    curve: '1.2.643.2.2.35.0',
    digest: 'afecc67f740bfc461f87bfa2f5e4185e68dde304efe6a98b777cdc031ffd8743',
    publicKey:
      '0bd86fe5d8db89668f789b4e1dba8585c5508b45ec5b59d8906ddb70e2492b7fda77ff871a10fbdf2766d293c5d164afbb3c7b973a41c885d11d70d689b4f126',
    signature:
      '4d53f012fe081776507d4d9bb81f00efdb4eefd4ab83bac4bacf735173cfa81c41aa28d2f1ab148280cd9ed56feda41974053554a42767b83ad043fd39dc0493',
  },
  {
    curve: '1.2.643.7.1.2.1.1.1',
    digest: '037453f08925e1a37a1a5d030dfc8f4ffb1a8985692145b54fc77c071e65eb34',
    publicKey:
      '742795d4bee884ddf2850fec03ea3faf1844e01d9da60b645093a55e26dfc39978f596cf4d4d0c6cf1d18943d94493d16b9ec0a16d512d2e127cc4691a6318e2',
    signature:
      '140b4da9124b09cb0d5ce928ee874273a310129492ec0e29369e3b791248578c1d0e1da5be347c6f1b5256c7aeac200ad64ac77a6f5b3a0e097318e7ae6ee769',
  },
];

/**
 * Puts questions with published answers to an engine, so that a library that was compiled wrongly or for other
 * hardware is never used. Takes a millisecond or two. Throws an Error that names what failed.
 */
export function selfCheck(engine: GostEngine): void {
  if (!Buffer.from(digestOfMessage, 'hex').equals(engine.digest('streebog256', message))) {
    throw new Error('self-check failed: Streebog');
  }
  for (const certificate of certificates) {
    const curve = gostCurveByOid(certificate.curve);
    const digest = octets(certificate.digest);
    const publicKey = octets(certificate.publicKey);
    const signature = octets(certificate.signature);
    const accepts = curve !== undefined && engine.verify(curve, digest, signature, publicKey);
    digest[0]! ^= 1;
    const refuses = curve !== undefined && !engine.verify(curve, digest, signature, publicKey);
    if (!accepts || !refuses) throw new Error(`self-check failed: verification on ${certificate.curve}`);
  }
}
