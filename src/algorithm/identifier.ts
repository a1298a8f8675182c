import type { Reader } from '../asn1/reader.ts';
import { tag } from '../asn1/tag.ts';
import { compareOctets, encodedNull } from '../asn1/writer.ts';

/** Longest parameters, in octets; those of a DSA key of 3,072 bits take less than a thousand. */
const longestParameters = 4096;

/** AlgorithmIdentifier (RFC 5280, section 4.1.1.2); all octets are views of the input. */
export interface AlgorithmIdentifier {
  readonly oid: string;
  /** Encoding of the parameters; undefined where they are absent, `05 00` where they are NULL. */
  readonly parameters: Uint8Array | undefined;
  readonly der: Uint8Array;
}

/** Reads an AlgorithmIdentifier; `expected` is its identifier octet where it is implicitly tagged. Throws an EncodingError. */
export function readAlgorithmIdentifier(
  reader: Reader,
  expected: number = tag.sequence,
): AlgorithmIdentifier {
  const start = reader.mark();
  const fields = reader.constructed(expected);
  const oid = fields.oid();
  const parameters = fields.isAtEnd ? undefined : fields.any();
  fields.finish();
  if (parameters !== undefined && parameters.length > longestParameters)
    reader.refuse(`parameters of an algorithm are longer than ${longestParameters} octets`);
  return { oid, parameters, der: reader.since(start) };
}

/** Whether the parameters are absent or NULL, the two forms in which algorithms without parameters occur. */
export function hasNoParameters(identifier: AlgorithmIdentifier): boolean {
  const { parameters } = identifier;
  return parameters === undefined || (parameters.length === 2 && parameters[0] === tag.null);
}

/** Whether both name the same, parameters included; NULL and absent ones are equal, which makers mix within one message. */
export function isSameAlgorithm(one: AlgorithmIdentifier, other: AlgorithmIdentifier): boolean {
  const [first, second] = [one.parameters ?? encodedNull, other.parameters ?? encodedNull];
  return one.oid === other.oid && compareOctets(first, second) === 0;
}
