/** Identifier octets of the universal types in use (X.680, section 8.4), with the constructed bit where it belongs. */
export const tag = {
  endOfContents: 0x00,
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The constructed bit of an identifier octet. */
export const constructedBit = 0x20;

/** Identifier octet of context-specific tag `number` (0 to 30), primitive: IMPLICIT over a primitive type. */
export function context(number: number): number {
  return 0x80 | number;
}

/** Identifier octet of context-specific tag `number` (0 to 30), constructed: EXPLICIT, or IMPLICIT over a constructed type. */
export function contextConstructed(number: number): number {
  return 0xa0 | number;
}
