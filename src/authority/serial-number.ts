import { randomBytes } from 'node:crypto';
import { parseCertificate } from '../certificate/certificate.ts';

const length = 16;

/** Positive and of constant length, so that it reads the same everywhere. */
export function newSerialNumber(): Uint8Array {
  const octets = randomBytes(length);
  octets[0] = ((octets[0] ?? 0) & 0x3f) | 0x40;
  return octets;
}

/** Serial number in lower-case hexadecimal: of a certificate (DER), or as it was given. */
export function serialNumberOf(certificate: string | Uint8Array): string {
  return typeof certificate === 'string'
    ? certificate.toLowerCase()
    : hexOf(parseCertificate(certificate).fields.serialNumber);
}

/** Hexadecimal of an INTEGER's content without the octet that only keeps it positive. */
export function hexOf(content: Uint8Array): string {
  const magnitude = content.length > 1 && content[0] === 0 ? content.subarray(1) : content;
  return Buffer.from(magnitude).toString('hex');
}
