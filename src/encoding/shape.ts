import { outlinesIn } from '../asn1/outline.ts';
import { constructedBit, contextConstructed, tag } from '../asn1/tag.ts';

/** Letters of the values that tell encodings apart; everything else is a dot. */
const letters: Readonly<Record<number, string>> = {
  [tag.sequence]: 'S',
  [tag.integer]: 'I',
  [tag.oid]: 'O',
  [tag.bitString]: 'B',
  [tag.octetString]: 'X',
  [tag.utf8String]: 'U',
  [tag.enumerated]: 'E',
  [tag.utcTime]: 'T',
  [tag.generalizedTime]: 'T',
  [contextConstructed(0)]: '0',
  [contextConstructed(1)]: '1',
};

/** Content octets of 1.2.840.113549.1.7.2 (signedData) and of the arc of its siblings, the other types of PKCS #7. */
const pkcs7 = Buffer.from('2a864886f70d0107', 'hex');
const signedDataNumber = 2;

const mostValues = 6;
const deepest = 4;

/**
 * The first few values of an encoding as letters, constructed ones with their own in parentheses: `S(S(0(I)IS(O` begins
 * a certificate. M is the OID of SignedData, P another type of PKCS #7. Lengths that do not fit are cut, so that broken
 * encodings have a shape too.
 */
export function shapeOf(octets: Uint8Array): string {
  return shapeIn(octets, 1, 1);
}

function shapeIn(octets: Uint8Array, most: number, depth: number): string {
  return outlinesIn(octets, most)
    .map(({ tag: identifier, content }) => {
      const isOpen = (identifier & constructedBit) !== 0 && depth < deepest;
      return letterOf(identifier, content) + (isOpen ? `(${shapeIn(content, mostValues, depth + 1)})` : '');
    })
    .join('');
}

function letterOf(identifier: number, content: Uint8Array): string {
  const letter = letters[identifier] ?? '.';
  const isPkcs7 =
    letter === 'O' && content.length === pkcs7.length + 1 && pkcs7.compare(content, 0, pkcs7.length) === 0;
  if (!isPkcs7) return letter;
  return content[pkcs7.length] === signedDataNumber ? 'M' : 'P';
}
