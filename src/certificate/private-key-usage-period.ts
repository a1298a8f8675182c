import { Reader } from '../asn1/reader.ts';
import { context } from '../asn1/tag.ts';
import type { ExtensionType } from './extension.ts';

/** Term of the private key (RFC 3280, section 4.2.1.4), milliseconds since the epoch; may be shorter than the certificate's. */
export interface PrivateKeyUsagePeriod {
  readonly notBefore: number | undefined;
  readonly notAfter: number | undefined;
}

/** Fractions of a second are accepted: a root of the Russian state has them here, though RFC 3280 forbids them. */
export const privateKeyUsagePeriod: ExtensionType<PrivateKeyUsagePeriod> = {
  oid: '2.5.29.16',
  name: 'privateKeyUsagePeriod',
  decode(value) {
    const reader = Reader.der(value);
    const fields = reader.sequence();
    if (fields.isAtEnd) fields.refuse('private key usage period is empty');
    const notBefore =
      fields.peek() === context(0) ? fields.generalizedTime(context(0), 'allowed') : undefined;
    const notAfter = fields.peek() === context(1) ? fields.generalizedTime(context(1), 'allowed') : undefined;
    fields.finish();
    reader.finish();
    return { notBefore, notAfter };
  },
};
