import { fromBER, Sequence } from 'asn1js';

/** What was signed and the signature of a certificate, a request or a CRL; parsed by a library that is not ours. */
export function encodedElements(der: Uint8Array): {
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
} {
  const { result } = fromBER(der);
  if (!(result instanceof Sequence)) throw new Error('not a SEQUENCE');
  const [signed, , signature] = result.valueBlock.value;
  if (signed === undefined || signature === undefined) throw new Error('too few elements');
  // The content of a BIT STRING begins with the number of unused bits.
  const bits = new Uint8Array(signature.valueBeforeDecodeView).subarray(signature.idBlock.blockLength);
  const content = bits.subarray(signature.lenBlock.blockLength + 1);
  return { signed: new Uint8Array(signed.valueBeforeDecodeView), signature: content };
}
