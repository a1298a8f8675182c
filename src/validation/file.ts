import { readFileSync, statSync } from 'node:fs';

/** Larger files are not read, in octets; the largest real lists stay below. */
const largestFile = 256 * 1024 * 1024;

/** A file that cannot be used, in words for whoever named it. */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile';
}

const block = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g;

/**
 * The DER encodings in a file: the PEM blocks with one of `labels`, or the whole file where it is no PEM.
 * Throws an UnusableFile where it cannot be read, is too large, or holds none.
 */
export function readEncodings(path: string, labels: readonly string[]): Uint8Array[] {
  const octets = readWhole(path);
  if (octets[0] === 0x30) return [octets];
  const found: Uint8Array[] = [];
  for (const [, label, body] of octets.toString('latin1').matchAll(block)) {
    if (label !== undefined && labels.includes(label)) found.push(Buffer.from(body ?? '', 'base64'));
  }
  if (found.length === 0) throw new UnusableFile(`${path}: neither DER nor PEM with ${labels.join(' or ')}`);
  return found;
}

/** The message in a file that is PEM, or the whole file, of whatever format. Throws an UnusableFile. */
export function wholeOrArmoured(path: string): Uint8Array {
  const octets = readWhole(path);
  if (!octets.subarray(0, 5).equals(Buffer.from('-----'))) return octets;
  const [message, another] = readEncodings(path, messageLabels);
  if (message === undefined || another !== undefined)
    throw new UnusableFile(`${path}: not exactly one message`);
  return message;
}

/** A whole file. Throws an UnusableFile where it cannot be read or is too large. */
export function readWhole(path: string): Buffer {
  try {
    const { size } = statSync(path);
    if (size > largestFile) throw new UnusableFile(`${path}: larger than ${largestFile} octets`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UnusableFile) throw error;
    throw new UnusableFile(`${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Labels of PEM blocks (RFC 7468, sections 5 and 6; OpenSSL for the older one). */
export const certificateLabels = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'];
/** As `certificateLabels`, for revocation lists. */
export const messageLabels = ['CMS', 'PKCS7', 'PKCS #7 SIGNED DATA'];
export const listLabels = ['X509 CRL', 'CRL'];
/** As `certificateLabels`, for OCSP answers; there is no standard label. */
export const answerLabels = ['OCSP RESPONSE'];
