import { createHash } from 'node:crypto';
import { digestOnce } from '../../algorithm/digest.ts';
import { publicKeyOf } from '../../algorithm/public-key.ts';
import { verifySignatureValue } from '../../algorithm/verify.ts';
import type { Certificate } from '../../certificate/certificate.ts';
import type { EsiaTerm } from '../../failure/esia-terms.ts';
import type { SecretVerdict } from './cms.ts';

/** Octets of a signature by a GOST R 34.10-2012 key of 256 bits: s, then r, each big-endian. */
export const rawSecretLength = 64;

/** `client_certificate_hash`: GOST R 34.11-2012 (256) over the certificate's DER, hexadecimal in lower case. */
export function certificateHash({ der }: Certificate): string {
  return Buffer.from(digestOnce('streebog256', der)).toString('hex');
}

/**
 * Whether `signature` is the raw GOST R 34.10-2012 signature of the system over `expected`, by the registered
 * certificate that `certificateHash` names (64 hexadecimal digits, in whatever case).
 */
export function verifyRawSecret(
  signature: Uint8Array,
  expected: Uint8Array,
  namedHash: string | undefined,
  registered: readonly Certificate[],
): SecretVerdict {
  if (namedHash === undefined || namedHash === '') return { problem: 'esia-hash-missing' };
  if (!/^[0-9A-Fa-f]{64}$/.test(namedHash)) return { problem: 'esia-hash-form' };
  const wanted = namedHash.toLowerCase();
  const certificate = registered.find((candidate) => certificateHash(candidate) === wanted);
  if (certificate === undefined) return unknownHash(wanted, registered);
  const key = publicKeyOf(certificate.publicKey);
  if (key.family !== 'gost2012' || key.bits !== 256) return { problem: 'esia-key-kind' };
  if (signature.length !== rawSecretLength)
    return { problem: signature[0] === 0x30 ? 'esia-cms-for-raw' : 'esia-raw-expected' };
  const algorithm = { family: 'gost2012', digest: 'streebog256' } as const;
  return verifySignatureValue(algorithm, key, expected, signature)
    ? { certificate }
    : { problem: 'esia-signature' };
}

/** Says of the two usual mistakes that they are mistakes about a registered certificate, and not another certificate. */
function unknownHash(wanted: string, registered: readonly Certificate[]): SecretVerdict {
  const mistake = registered.map((certificate) => mistakeIn(wanted, certificate)).find(Boolean);
  if (mistake !== undefined) return { problem: mistake };
  return { problem: 'esia-certificate-unregistered', isForeignCertificate: true };
}

function mistakeIn(wanted: string, certificate: Certificate): EsiaTerm | undefined {
  if (certificate.sha256 === wanted) return 'esia-hash-by-sha';
  const texts = pemTexts(certificate.der).map((text) => Buffer.from(text));
  const isOfPem = texts.some(
    (text) =>
      Buffer.from(digestOnce('streebog256', text)).toString('hex') === wanted ||
      createHash('sha256').update(text).digest('hex') === wanted,
  );
  return isOfPem ? 'esia-hash-of-pem' : undefined;
}

/** The texts that a certificate's PEM file can hold, by its ends of lines. */
function pemTexts(der: Uint8Array): readonly string[] {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  const all = ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'];
  return ['\n', '\r\n'].flatMap((end) => [all.join(end), `${all.join(end)}${end}`]);
}
