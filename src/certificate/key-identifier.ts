import { Reader } from '../asn1/reader.ts';
import { context, contextConstructed } from '../asn1/tag.ts';
import type { ExtensionType } from './extension.ts';
import { type GeneralName, readGeneralNames } from './general-name.ts';

/** RFC 5280, section 4.2.1.2. Compared as octets and never recomputed: authorities derive it in their own ways. */
export const subjectKeyIdentifier: ExtensionType<Uint8Array> = {
  oid: '2.5.29.14',
  name: 'subjectKeyIdentifier',
  decode(value) {
    const reader = Reader.der(value);
    const identifier = reader.octetString();
    reader.finish();
    return identifier;
  },
};

/** RFC 5280, section 4.2.1.1; issuer and serial number point at one of several certificates of the same key. */
export interface AuthorityKeyIdentifier {
  readonly keyIdentifier: Uint8Array | undefined;
  readonly issuer: readonly GeneralName[] | undefined;
  /** Content octets of the INTEGER. */
  readonly serialNumber: Uint8Array | undefined;
}

export const authorityKeyIdentifier: ExtensionType<AuthorityKeyIdentifier> = {
  oid: '2.5.29.35',
  name: 'authorityKeyIdentifier',
  decode(value) {
    const reader = Reader.der(value);
    const fields = reader.sequence();
    const keyIdentifier = fields.peek() === context(0) ? fields.octetString(context(0)) : undefined;
    const issuer =
      fields.peek() === contextConstructed(1) ? readGeneralNames(fields, contextConstructed(1)) : undefined;
    const serialNumber = fields.peek() === context(2) ? fields.integer(context(2)) : undefined;
    if ((issuer === undefined) !== (serialNumber === undefined)) {
      fields.refuse('issuer and serial number of the authority key come only together');
    }
    fields.finish();
    reader.finish();
    return { keyIdentifier, issuer, serialNumber };
  },
};
