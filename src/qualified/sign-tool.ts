import { EncodingError } from '../asn1/error.ts';
import { Reader } from '../asn1/reader.ts';
import { decodeString, isStringTag } from '../asn1/string.ts';
import type { ExtensionType } from '../certificate/extension.ts';

/** A text with the identifier octet of the string type it came in, which the profile fixes. */
export interface TypedText {
  readonly tag: number;
  readonly text: string;
}

/** The tool that the owner signs with (RFC 9215, section 5.3). Lengths and string type are the profile's matter. */
export const subjectSignTool: ExtensionType<TypedText> = {
  oid: '1.2.643.100.111',
  name: 'subjectSignTool',
  decode(value) {
    const reader = Reader.der(value);
    const tool = readText(reader);
    reader.finish();
    return tool;
  },
};

/** The tools that the certificate was made with, and the documents that attest them (RFC 9215, section 5.4). */
export interface IssuerSignTool {
  readonly signTool: TypedText;
  readonly authorityTool: TypedText;
  readonly signToolAttestation: TypedText;
  readonly authorityToolAttestation: TypedText;
}

export const issuerSignTool: ExtensionType<IssuerSignTool> = {
  oid: '1.2.643.100.112',
  name: 'issuerSignTool',
  decode(value) {
    const reader = Reader.der(value);
    const fields = reader.sequence();
    const signTool = readText(fields);
    const authorityTool = readText(fields);
    const signToolAttestation = readText(fields);
    const authorityToolAttestation = readText(fields);
    fields.finish();
    reader.finish();
    return { signTool, authorityTool, signToolAttestation, authorityToolAttestation };
  },
};

/**
 * How the owner was identified when the certificate was issued (RFC 9215, section 5.1; order 795 with the changes of
 * order 31): 0 in person, 1 remotely by a valid certificate, 2 by a document with biometric data, 3 through the
 * state's identification system.
 */
export const identificationKind: ExtensionType<number> = {
  oid: '1.2.643.100.114',
  name: 'identificationKind',
  decode(value) {
    const reader = Reader.der(value);
    const kind = reader.smallInteger();
    reader.finish();
    return kind;
  },
};

function readText(reader: Reader): TypedText {
  const { tag, content } = reader.element();
  if (!isStringTag(tag)) throw new EncodingError('not a character string', 0);
  return { tag, text: decodeString(tag, content) };
}
