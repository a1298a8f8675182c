import type { EncodingTerm } from '../failure/encoding-terms.ts';
import { shapeOf } from './shape.ts';
import { textOf } from './textual.ts';

/** What an encoding is, by its structure; each is a term that people are told. */
export type EncodingKind = Exclude<EncodingTerm, 'one-certificate' | 'several-encodings'>;

/** A value without values inside, and any number of values. */
const flat = 'S\\([^()]*\\)';
const any = `(?:${flat}|[^()])*`;

/** Shapes by the standards that define the types: RFC 5280, 2986, 5755, 5652, 6960, 5958, 8017, 5915, 7292, 3161; OpenSSL. */
const shapes = (
  [
    ['cms-message', '\\(M'],
    ['other-cms-message', '\\((?:P|O0)'],
    ['ocsp-answer', '\\(E'],
    ['certificate-file', '\\(S\\(0\\(I\\)I'],
    ['certificate-file', `\\(S\\(I${flat}${flat}S\\(T`],
    ['revocation-list', `\\(S\\(I?${flat}${flat}T`],
    ['certificate-request-file', `\\(S\\(I${flat}S\\(SB`],
    ['attribute-certificate', `\\(S\\(I${flat}0`],
    ['ocsp-request', '\\(S\\((?:0\\(I\\))?(?:1\\([^()]*\\))?S\\(S'],
    ['time-stamp', `\\(S\\(I${any}\\)S\\(M`],
    ['encrypted-private-key', `\\(S\\(O${any}\\)X`],
    ['public-key', `\\(S\\(O${any}\\)B`],
    ['public-key', '\\(II\\)$'],
    ['private-key', '\\(I(?:X|III)'],
    ['private-key', `\\(IS\\(O${any}\\)X`],
    ['key-container', '\\(IS\\([MP]'],
    // The files of a container of CryptoPro: primary.key and masks.key, then header.key.
    ['key-container', '\\(X(?:XX)?\\)$'],
    ['key-container', `\\(S\\(B${any}\\)X`],
    ['openssl-trust-settings', '\\((?:S\\(O*\\))?(?:0\\(O*\\))?U?X?(?:1\\(.*\\))?\\)$'],
  ] as const
).map(([kind, shape]) => [kind, new RegExp(`^S${shape}`)] as const);

/** First octets of what is no ASN.1 and no mere text: PDF, ZIP, keystores of Java, a store that Windows has exported. */
const beginnings = (
  [
    ['pdf-document', '%PDF-'],
    ['zip-archive', 'PK\u0003\u0004'],
    ['key-container', '\u00fe\u00ed\u00fe\u00ed'],
    ['key-container', '\u00ce\u00ce\u00ce\u00ce'],
    ['certificate-store', '\u0000\u0000\u0000\u0000CERT'],
  ] as const
).map(([kind, text]) => [kind, Buffer.from(text, 'latin1')] as const);

/**
 * What octets are, told by the first few values of their structure, so that broken ones are told as well. Says nothing
 * of whether they can be read as that.
 */
export function kindOf(octets: Uint8Array): EncodingKind {
  if (octets.length === 0) return 'nothing';
  const shape = shapeOf(octets);
  // The header of something that was cut off behind it; an empty SEQUENCE is two octets long.
  if (shape === 'S()' && octets.length > 2) return 'unknown-encoding';
  const found = shapes.find(([, expression]) => expression.test(shape));
  if (found !== undefined) return found[0];
  const start = Buffer.from(octets.subarray(0, 8));
  const file = beginnings.find(([, beginning]) => start.subarray(0, beginning.length).equals(beginning));
  if (file !== undefined) return file[0];
  return kindOfText(textOf(octets)?.trimStart() ?? '');
}

const mailHeader = /^(?:MIME-Version|Content-Type|Received|Return-Path|Message-ID|From|To|Subject|Date):/i;

function kindOfText(text: string): EncodingKind {
  if (text.startsWith('<')) return 'xml-document';
  return mailHeader.test(text) ? 'mail-message' : 'unknown-encoding';
}
