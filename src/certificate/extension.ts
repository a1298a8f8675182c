import type { EncodingQuirk, Reader } from '../asn1/reader.ts';
import { nameOfExtension } from './extension-name.ts';

/** One extension of a certificate, list or answer; its value is read by an ExtensionType. */
export interface Extension {
  readonly oid: string;
  readonly isCritical: boolean;
  /** Content of the OCTET STRING: the encoding of the extension's own type. */
  readonly value: Uint8Array;
}

/** A kind of extension: its identifier, and how its value is read (strictly; throws an EncodingError). */
export interface ExtensionType<T> {
  readonly oid: string;
  readonly name: string;
  decode(value: Uint8Array, quirks?: Set<EncodingQuirk>): T;
}

/** Real certificates have up to fourteen. */
const mostExtensions = 64;

/** Extensions by identifier, in the order of the encoding. */
export type Extensions = ReadonlyMap<string, Extension>;

export const noExtensions: Extensions = new Map();

/**
 * Reads `Extensions` (RFC 5280, section 4.1). One that occurs twice is refused (section 4.2), and so are an
 * empty sequence and more than 64. Throws an EncodingError.
 */
export function readExtensions(reader: Reader): Extensions {
  const sequence = reader.sequence();
  if (sequence.isAtEnd) sequence.refuse('extensions are empty');
  const extensions = new Map<string, Extension>();
  while (!sequence.isAtEnd) {
    const fields = sequence.sequence();
    const oid = fields.oid();
    const isCritical = fields.booleanDefaultFalse();
    const value = fields.octetString();
    fields.finish();
    if (extensions.size >= mostExtensions)
      sequence.refuse(`there are more than ${mostExtensions} extensions`);
    if (extensions.has(oid)) sequence.refuse(`extension ${nameOfExtension(oid)} occurs twice`);
    extensions.set(oid, { oid, isCritical, value });
  }
  return extensions;
}
