import { readList } from '../asn1/list.ts';
import { declareOids } from '../asn1/oid.ts';
import { Reader } from '../asn1/reader.ts';
import type { ExtensionType } from './extension.ts';

const oids = declareOids({
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
});

/** RFC 5280, section 4.2.1.9. */
export interface BasicConstraints {
  readonly isAuthority: boolean;
  /** How many intermediate certificates may follow; undefined where it is not limited. */
  readonly pathLength: number | undefined;
}

export const basicConstraints: ExtensionType<BasicConstraints> = {
  oid: oids.basicConstraints,
  name: 'basicConstraints',
  decode(value, quirks) {
    const reader = Reader.der(value, quirks);
    const fields = reader.sequence();
    const isAuthority = fields.booleanDefaultFalse();
    const pathLength = fields.isAtEnd ? undefined : fields.smallInteger();
    fields.finish();
    reader.finish();
    return { isAuthority, pathLength };
  },
};

/** Bits of KeyUsage by position (RFC 5280, section 4.2.1.3). */
export const keyUsageBits = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

export type KeyUsage = (typeof keyUsageBits)[number];

/** Set bits by name. Zero bits at the end, which DER forbids in a named bit list, are refused. */
export const keyUsage: ExtensionType<ReadonlySet<KeyUsage>> = {
  oid: oids.keyUsage,
  name: 'keyUsage',
  decode(value, quirks) {
    const reader = Reader.der(value, quirks);
    const set = readNamedBits(reader, keyUsageBits);
    reader.finish();
    return set;
  },
};

/** Reads a named bit list (X.690, section 11.2.2). Throws an EncodingError. */
export function readNamedBits<T extends string>(
  reader: Reader,
  names: readonly T[],
  expected?: number,
): ReadonlySet<T> {
  const octets = reader.namedBits(expected);
  return new Set(names.filter((_, bit) => ((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0));
}

/** Purposes of RFC 5280, section 4.2.1.12, that the code asks for. */
export const purposeOids = declareOids({
  any: '2.5.29.37.0',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
});

/** Real certificates state fewer than ten. */
const mostPurposes = 64;

/** Purposes by identifier. */
export const extendedKeyUsage: ExtensionType<ReadonlySet<string>> = {
  oid: oids.extendedKeyUsage,
  name: 'extendedKeyUsage',
  decode(value) {
    const reader = Reader.der(value);
    const purposes = readList(reader.sequence(), 'purposes', mostPurposes, (sequence) => sequence.oid());
    reader.finish();
    return new Set(purposes);
  },
};
