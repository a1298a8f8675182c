import { EncodingError } from './error.ts';
import { tag } from './tag.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Whether `identifier` names one of the character string types that names and policies use. */
export function isStringTag(identifier: number): boolean {
  return (
    identifier === tag.utf8String ||
    identifier === tag.printableString ||
    identifier === tag.numericString ||
    identifier === tag.ia5String ||
    identifier === tag.bmpString ||
    identifier === tag.teletexString ||
    identifier === tag.visibleString ||
    identifier === tag.universalString
  );
}

/**
 * Text of a character string (X.680, section 41). TeletexString is read as Latin-1, which is what
 * certificates put into it. PrintableString and NumericString are not held to their alphabets here:
 * real certificates break them, and the qualified profile judges that.
 * Throws an EncodingError on UTF-8 that is none, half characters, surrogates and characters above U+10FFFF.
 */
export function decodeString(identifier: number, content: Uint8Array): string {
  switch (identifier) {
    case tag.utf8String:
      return decodeUtf8(content);
    case tag.printableString:
    case tag.numericString:
    case tag.ia5String:
    case tag.visibleString:
      if (content.some((octet) => octet >= 0x80)) throw new EncodingError('string is not ASCII', 0);
      return latin1(content);
    case tag.teletexString:
      return latin1(content);
    case tag.bmpString:
      return decodeBmp(content);
    case tag.universalString:
      return decodeUniversal(content);
    default:
      throw new EncodingError('not a character string', 0);
  }
}

/** Octet by octet and without Node's Buffer, because pages of browsers read certificates as well. */
function latin1(content: Uint8Array): string {
  let text = '';
  for (const octet of content) text += String.fromCharCode(octet);
  return text;
}

function decodeUtf8(content: Uint8Array): string {
  try {
    return utf8.decode(content);
  } catch {
    throw new EncodingError('string is not UTF-8', 0);
  }
}

function decodeBmp(content: Uint8Array): string {
  if (content.length % 2 !== 0) throw new EncodingError('BMPString ends in half a character', content.length);
  let text = '';
  for (let at = 0; at < content.length; at += 2) {
    const unit = content[at]! * 256 + content[at + 1]!;
    if (unit >= 0xd800 && unit <= 0xdfff) throw new EncodingError('BMPString holds a surrogate', at);
    text += String.fromCharCode(unit);
  }
  return text;
}

function decodeUniversal(content: Uint8Array): string {
  if (content.length % 4 !== 0)
    throw new EncodingError('UniversalString ends in part of a character', content.length);
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  let text = '';
  for (let at = 0; at < content.length; at += 4) {
    const point = view.getUint32(at);
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
      throw new EncodingError('UniversalString holds no character', at);
    }
    text += String.fromCodePoint(point);
  }
  return text;
}
