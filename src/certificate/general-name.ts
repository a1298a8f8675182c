import { isAscii } from 'node:buffer';
import { readList } from '../asn1/list.ts';
import { declareOids } from '../asn1/oid.ts';
import { Reader } from '../asn1/reader.ts';
import { decodeString } from '../asn1/string.ts';
import { context, contextConstructed, tag } from '../asn1/tag.ts';
import type { ExtensionType } from './extension.ts';
import { type Name, readName } from './name.ts';

/** Servers have up to a thousand names; suites of hostile certificates have 2,048 that are to be judged. */
const mostNames = 4096;

/** GeneralName (RFC 5280, section 4.2.1.6); kinds that nothing here interprets keep their encoding. */
export type GeneralName =
  | { readonly kind: 'email' | 'dns' | 'uri'; readonly value: string }
  | { readonly kind: 'directory'; readonly value: Name }
  /** 4 or 16 octets; in name constraints the mask follows, 8 or 32. */
  | { readonly kind: 'ip'; readonly value: Uint8Array }
  | { readonly kind: 'other' | 'x400' | 'ediParty' | 'registeredId'; readonly value: Uint8Array };

/** Where something may be had: a name, or an address that is no ASCII, as it stands. */
export type Place = GeneralName | { readonly kind: 'unreadable'; readonly value: Uint8Array };

/** Reads one GeneralName. Throws an EncodingError. */
export function readGeneralName(reader: Reader): GeneralName {
  switch (reader.peek()) {
    case context(1):
      return { kind: 'email', value: readAscii(reader, 1) };
    case context(2):
      return { kind: 'dns', value: readAscii(reader, 2) };
    case context(6):
      return { kind: 'uri', value: readAscii(reader, 6) };
    case context(7):
      return { kind: 'ip', value: reader.content(context(7)) };
    case contextConstructed(4):
      return readDirectoryName(reader);
    case contextConstructed(0):
      return { kind: 'other', value: reader.any() };
    case contextConstructed(3):
      return { kind: 'x400', value: reader.any() };
    case contextConstructed(5):
      return { kind: 'ediParty', value: reader.any() };
    case context(8):
      return { kind: 'registeredId', value: reader.any() };
    default:
      return reader.refuse('kind of general name is unknown');
  }
}

/**
 * Reads one GeneralName that says where something may be had: an address that is no ASCII leads nowhere, and the others
 * beside it are as good as they were. Throws an EncodingError.
 */
export function readPlace(reader: Reader): Place {
  if (reader.peek() !== context(6)) return readGeneralName(reader);
  const value = reader.content(context(6));
  return isAscii(value)
    ? { kind: 'uri', value: decodeString(tag.ia5String, value) }
    : { kind: 'unreadable', value };
}

/** Reads places, at least one, under identifier octet `expected`. Throws an EncodingError. */
export function readPlaces(reader: Reader, expected: number): readonly Place[] {
  return readList(reader.constructed(expected), 'names', mostNames, readPlace);
}

function readAscii(reader: Reader, number: number): string {
  return decodeString(tag.ia5String, reader.content(context(number)));
}

function readDirectoryName(reader: Reader): GeneralName {
  const wrapper = reader.constructed(contextConstructed(4));
  const value = readName(wrapper);
  wrapper.finish();
  return { kind: 'directory', value };
}

const { smtpUtf8Mailbox } = declareOids({ smtpUtf8Mailbox: '1.3.6.1.5.5.7.8.9' });

/**
 * The mail address in an `other` name that is a SmtpUTF8Mailbox (RFC 9598, section 3), undefined in one of another
 * type. Throws an EncodingError.
 */
export function readUtf8Mailbox(otherName: Uint8Array): string | undefined {
  const reader = Reader.der(otherName);
  const fields = reader.constructed(contextConstructed(0));
  if (fields.oid() !== smtpUtf8Mailbox) return undefined;
  const wrapper = fields.constructed(contextConstructed(0));
  const text = decodeString(tag.utf8String, wrapper.content(tag.utf8String));
  wrapper.finish();
  fields.finish();
  reader.finish();
  return text;
}

/** Reads GeneralNames, at least one, under identifier octet `expected`. Throws an EncodingError. */
export function readGeneralNames(reader: Reader, expected: number = tag.sequence): readonly GeneralName[] {
  return readList(reader.constructed(expected), 'names', mostNames, readGeneralName);
}

function alternativeName(oid: string, name: string): ExtensionType<readonly GeneralName[]> {
  return {
    oid,
    name,
    decode(value) {
      const reader = Reader.der(value);
      const names = readGeneralNames(reader);
      reader.finish();
      return names;
    },
  };
}

export const subjectAltName = alternativeName('2.5.29.17', 'subjectAltName');
export const issuerAltName = alternativeName('2.5.29.18', 'issuerAltName');
/** RFC 5280, section 5.3.3: the authority that an entry of an indirect list belongs to. */
export const certificateIssuer = alternativeName('2.5.29.29', 'certificateIssuer');
