import { ContentInfo, EncapsulatedContentInfo, Certificate as PkijsCertificate, SignedData } from 'pkijs';
import type { Certificate } from '../../src/certificate/certificate.ts';

/** A CMS message of certificates and nothing else (RFC 2797, section 2.2), made by pkijs. */
export function certificatesOnly(certificates: readonly Certificate[]): Uint8Array {
  const signedData = new SignedData({
    version: 1,
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: '1.2.840.113549.1.7.1' }),
    certificates: certificates.map(({ der }) => PkijsCertificate.fromBER(Uint8Array.from(der))),
  });
  const message = new ContentInfo({
    contentType: '1.2.840.113549.1.7.2',
    content: signedData.toSchema(true),
  });
  return new Uint8Array(message.toSchema().toBER());
}
