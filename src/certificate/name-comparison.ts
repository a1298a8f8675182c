import { isStringTag } from '../asn1/string.ts';
import type { NameAttribute } from './name-attribute.ts';

/**
 * Text in the form in which the values of names are compared: RFC 4518 (LDAP string preparation, which RFC 5280,
 * section 7.1, refers to) with case ignored. Undefined where the text holds a character that RFC 4518 prohibits.
 *
 * Case is folded through upper case, which gives what table B.2 of RFC 3454 has for full folding (ß to ss, final
 * sigma to sigma). Characters unassigned in the Unicode of the running Node are prohibited,
 * not those unassigned in Unicode 3.2.
 */
export function prepareText(text: string): string | undefined {
  if (plainAscii.test(text)) return collapseSpaces(text.toLowerCase());
  const mapped = text.replace(mappedToSpace, ' ').replace(mappedToNothing, '');
  // Normalisation makes no prohibited character and unmakes none, and what it makes may be eighteen times as long.
  if (prohibited.test(mapped)) return undefined;
  return collapseSpaces(fold(fold(mapped).normalize('NFKC')).normalize('NFKC'));
}

const plainAscii = /^[\x20-\x7e]*$/;
/** RFC 4518, section 2.2: white space in its many forms. */
const mappedToSpace = /[\t\n\v\f\r\u0085\p{Zs}\p{Zl}\p{Zp}]/gu;
/** RFC 4518, section 2.2: soft hyphens, joiners, variation selectors, controls and other invisible characters. */
const mappedToNothing = /[\p{Cc}\p{Cf}\u1806\ufffc]|[\u034f\u180b-\u180d\ufe00-\ufe0f]/gu;
/** RFC 4518, section 2.4. */
const prohibited = /[\p{Cn}\p{Co}\p{Cs}\ufffd]/u;

/** As if each character were folded alone, which takes eighteen times as long: only the sigma knows where it stands. */
function fold(text: string): string {
  // The dotless i has no folding, though its upper case is I.
  return text
    .split('ı')
    .map((part) => part.toUpperCase().toLowerCase().replaceAll('ς', 'σ'))
    .join('ı');
}

/** RFC 4518, section 2.6.1: spaces at the ends do not count, and several count as one. */
function collapseSpaces(text: string): string {
  return text.trim().replace(/ {2,}/g, ' ');
}

/**
 * An attribute as text that is equal for attributes that RFC 5280, section 7.1, calls equal: any two character
 * string types compare by their text, everything else octet by octet.
 */
export function canonicalAttribute(attribute: NameAttribute): string {
  const text =
    attribute.text !== undefined && isStringTag(attribute.tag) ? prepareText(attribute.text) : undefined;
  if (text !== undefined) return `${attribute.type}=${text}`;
  return `${attribute.type}#${attribute.tag}:${Buffer.from(attribute.content).toString('hex')}`;
}

/** The attributes of one relative distinguished name, in an order that does not depend on the encoding's. */
export function canonicalRelativeName(attributes: readonly NameAttribute[]): string {
  if (attributes.length === 1) return canonicalAttribute(attributes[0]!);
  return attributes.map(canonicalAttribute).sort().join('\u0001');
}
