import { EncodingError } from '../../asn1/error.ts';
import { Reader } from '../../asn1/reader.ts';
import { compareOctets } from '../../asn1/writer.ts';
import type { Certificate } from '../../certificate/certificate.ts';
import { readGeneralNames } from '../../certificate/general-name.ts';
import { isSameName } from '../../certificate/same-name.ts';
import { type TreeElement, textIn } from '../../xml/tree.ts';
import { childNamed, signatureUri, xadesUri } from './names.ts';
import { octetsIn } from './structure.ts';

/**
 * Whether issuer and serial number beside the hash of a certificate, where they stand there, are its own. The issuer's
 * name as text has no form of its own that makers keep to, so that only the number of the older form is compared.
 */
export function readIssuerSerial(mark: TreeElement, certificate: Certificate): boolean {
  const older = childNamed(mark, xadesUri, 'IssuerSerial');
  const number = childNamed(older, signatureUri, 'X509SerialNumber');
  if (number !== undefined && !isSameNumber(textIn(number), certificate)) return false;
  const newer = childNamed(mark, xadesUri, 'IssuerSerialV2');
  return newer === undefined || isOwn(octetsIn(newer), certificate);
}

function isSameNumber(text: string, { fields }: Certificate): boolean {
  const digits = text.trim();
  if (!/^-?\d{1,80}$/.test(digits)) return false;
  const { serialNumber } = fields;
  const magnitude = BigInt(`0x${Buffer.from(serialNumber).toString('hex')}`);
  // Some authorities have written negative numbers.
  return BigInt(digits) === BigInt.asIntN(serialNumber.length * 8, magnitude);
}

/** IssuerSerial of RFC 5035 in DER. */
function isOwn(octets: Uint8Array, certificate: Certificate): boolean {
  try {
    const fields = Reader.ber(octets).sequence();
    const names = readGeneralNames(fields);
    const serialNumber = fields.integer();
    return (
      compareOctets(serialNumber, certificate.fields.serialNumber) === 0 &&
      names.some((name) => name.kind === 'directory' && isSameName(name.value, certificate.issuer))
    );
  } catch (error) {
    if (error instanceof EncodingError) return false;
    throw error;
  }
}
