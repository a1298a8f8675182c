import { tag } from '../../asn1/tag.ts';
import { encode, encodeOid, encodeSequence, encodeSetOf } from '../../asn1/writer.ts';
import { attributeOids } from '../name.ts';

/** Short names of the attributes that certificates of organisations carry. */
export const attributeTypes = {
  CN: attributeOids.commonName,
  SN: attributeOids.surname,
  G: attributeOids.givenName,
  T: attributeOids.title,
  C: attributeOids.country,
  ST: attributeOids.state,
  L: attributeOids.locality,
  street: attributeOids.street,
  O: attributeOids.organisation,
  OU: attributeOids.organisationalUnit,
  E: attributeOids.email,
  OGRN: attributeOids.ogrn,
  OGRNIP: attributeOids.ogrnip,
  SNILS: attributeOids.snils,
  INN: attributeOids.inn,
  INNLE: attributeOids.innLegalEntity,
} as const;

/** Short name of an attribute. */
export type AttributeName = keyof typeof attributeTypes;

/** String types of attribute values. */
export type StringType = 'utf8' | 'printable' | 'numeric' | 'ia5' | 'bmp';

/** One attribute; `type` is a short name or an identifier, `as` the string type where it departs from the rule. */
export interface Attribute {
  readonly type: AttributeName | string;
  readonly value: string;
  readonly as?: StringType;
}

/** String types that are not UTF8String (RFC 5280, appendix A; RFC 9215, section 5.1). */
const customaryTypes = new Map<string, StringType>([
  [attributeOids.country, 'printable'],
  [attributeOids.email, 'ia5'],
  [attributeOids.ogrn, 'numeric'],
  [attributeOids.ogrnip, 'numeric'],
  [attributeOids.snils, 'numeric'],
  [attributeOids.inn, 'numeric'],
  [attributeOids.innLegalEntity, 'numeric'],
]);

const tags = {
  utf8: tag.utf8String,
  printable: tag.printableString,
  numeric: tag.numericString,
  ia5: tag.ia5String,
  bmp: tag.bmpString,
} as const;

/** DER Name with one attribute in each relative name, in the order given. */
export function encodeName(attributes: readonly Attribute[]): Uint8Array {
  return encodeSequence(...attributes.map((attribute) => encodeSetOf([encodeAttribute(attribute)])));
}

function encodeAttribute({ type, value, as }: Attribute): Uint8Array {
  const oid = Object.hasOwn(attributeTypes, type) ? attributeTypes[type as AttributeName] : type;
  const stringType = as ?? customaryTypes.get(oid) ?? 'utf8';
  const content = stringType === 'bmp' ? Buffer.from(value, 'utf16le').swap16() : Buffer.from(value, 'utf8');
  return encodeSequence(encodeOid(oid), encode(tags[stringType], content));
}
