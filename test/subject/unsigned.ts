import { tag } from '../../src/asn1/tag.ts';
import {
  encode,
  encodeBitString,
  encodedNull,
  encodeOid,
  encodeSequence,
  encodeSetOf,
  encodeUnsigned,
} from '../../src/asn1/writer.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { attributeOids, Name } from '../../src/certificate/name.ts';

/** An attribute: its name, its text, and the identifier octet of its string type. */
export type Attribute = readonly [name: keyof typeof attributeOids, text: string, type?: number];

const numeric = new Set<keyof typeof attributeOids>(['inn', 'innLegalEntity', 'ogrn', 'ogrnip', 'snils']);

/** A name of these attributes, in this order, each in an RDN of its own unless the first two are to be joined. */
export function nameOf(attributes: readonly Attribute[], joinsFirst = false): Name {
  const parts = attributes.map(([name, text, type]) => {
    const identifier = type ?? (numeric.has(name) ? tag.numericString : tag.utf8String);
    const content = identifier === tag.bmpString ? Buffer.from(text, 'utf16le').swap16() : Buffer.from(text);
    return encodeSequence(encodeOid(attributeOids[name]), encode(identifier, content));
  });
  const sets = joinsFirst
    ? [parts.slice(0, 2), ...parts.slice(2).map((part) => [part])]
    : parts.map((part) => [part]);
  return new Name(encodeSequence(...sets.map((set) => encodeSetOf(set))));
}

/** One extension: identifier, encoding of its value, whether it is critical. */
export type ExtensionParts = readonly [oid: string, value: Uint8Array, isCritical?: boolean];

/** A certificate that parses and whose signature is nonsense: for rules that read fields. Times in ms. */
export function unsigned(input: {
  readonly subject: readonly Attribute[];
  readonly issuer?: readonly Attribute[];
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly extensions?: readonly ExtensionParts[];
  /** Puts the first two attributes of the subject into one relative name. */
  readonly joinsNames?: boolean;
  readonly keyAlgorithm?: string;
}): Certificate {
  const algorithm = encodeSequence(encodeOid('1.2.643.7.1.1.3.2'));
  const key = encodeSequence(
    encodeSequence(encodeOid(input.keyAlgorithm ?? '1.2.840.113549.1.1.1'), encodedNull),
    encodeBitString(Uint8Array.of(0)),
  );
  const extensions = (input.extensions ?? []).map(([oid, value, isCritical]) =>
    encodeSequence(
      encodeOid(oid),
      isCritical ? encode(tag.boolean, Uint8Array.of(0xff)) : new Uint8Array(),
      encode(tag.octetString, value),
    ),
  );
  const parts = [
    encode(0xa0, encodeUnsigned(Uint8Array.of(2))),
    encodeUnsigned(Uint8Array.of(1)),
    algorithm,
    nameOf(input.issuer ?? [['commonName', 'Issuer']]).der,
    encodeSequence(
      timeOf(input.notBefore ?? Date.UTC(2026, 0, 1)),
      timeOf(input.notAfter ?? Date.UTC(2027, 2, 1)),
    ),
    nameOf(input.subject, input.joinsNames).der,
    key,
  ];
  if (extensions.length > 0) parts.push(encode(0xa3, encodeSequence(...extensions)));
  const tbs = encodeSequence(...parts);
  return parseCertificate(encodeSequence(tbs, algorithm, encodeBitString(Uint8Array.of(0))));
}

function timeOf(at: number): Uint8Array {
  const text = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '');
  return encode(tag.utcTime, Buffer.from(text.slice(2)));
}
