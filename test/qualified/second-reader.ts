import * as asn1js from 'asn1js';

/** A certificate as asn1js reads it: an opinion of its own beside src/certificate. */
export interface SecondReading {
  readonly notBefore: number;
  readonly notAfter: number;
  readonly subject: readonly { readonly oid: string; readonly type: string; readonly text: string }[];
  readonly extensions: ReadonlyMap<
    string,
    { readonly isCritical: boolean; readonly value: asn1js.BaseBlock }
  >;
}

type Sequence = { readonly valueBlock: { readonly value: readonly asn1js.BaseBlock[] } };

/** Elements of a SEQUENCE, SET or explicit tag. */
export function elements(block: asn1js.BaseBlock): readonly asn1js.BaseBlock[] {
  return (block as unknown as Sequence).valueBlock.value;
}

/** Reads one certificate; throws where it is none. */
export function readAgain(der: Uint8Array): SecondReading {
  const tbs = elements(elements(parse(der))[0]!);
  const validity = elements(tbs[4]!) as readonly asn1js.UTCTime[];
  const extensions = elements(tbs.at(-1)!).flatMap(elements).map(readExtension);
  return {
    notBefore: validity[0]!.toDate().getTime(),
    notAfter: validity[1]!.toDate().getTime(),
    subject: elements(tbs[5]!).flatMap(elements).map(readAttribute),
    extensions: new Map(extensions),
  };
}

function parse(der: Uint8Array): asn1js.BaseBlock {
  const { offset, result } = asn1js.fromBER(der);
  if (offset === -1) throw new Error(result.error);
  return result;
}

function readAttribute(block: asn1js.BaseBlock) {
  const [oid, value] = elements(block);
  const text = 'getValue' in value! ? (value as asn1js.Utf8String).getValue() : '';
  return {
    oid: (oid as asn1js.ObjectIdentifier).getValue(),
    type: (value!.constructor as typeof asn1js.BaseBlock).NAME,
    text,
  };
}

function readExtension(block: asn1js.BaseBlock): [string, { isCritical: boolean; value: asn1js.BaseBlock }] {
  const parts = elements(block);
  const octets = (parts.at(-1) as asn1js.OctetString).valueBlock.valueHexView;
  return [
    (parts[0] as asn1js.ObjectIdentifier).getValue(),
    { isCritical: parts.length === 3, value: parse(octets) },
  ];
}
