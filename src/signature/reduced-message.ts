import { hash } from 'node:crypto';
import { Reader } from '../asn1/reader.ts';
import { contextConstructed, tag } from '../asn1/tag.ts';
import { encode, encodeSequence } from '../asn1/writer.ts';
import { contentOids } from './oids.ts';

/** SHA-256 of certificates and revocation values, lower-case hexadecimal. */
export type Needed = ReadonlySet<string>;

/**
 * A CMS SignedData, which has been parsed before, without what its signature does not cover and nobody needs: unsigned
 * attributes, and certificates and revocation values that are not among `needed`. What is signed stays octet by octet,
 * so that the signature holds as before.
 */
export function reducedMessage(message: Uint8Array, needed: Needed): Uint8Array {
  const contentInfo = Reader.ber(message).sequence();
  const type = contentInfo.raw();
  const fields = contentInfo.constructed(contextConstructed(0)).sequence();
  fields.raw();
  const digestAlgorithms = fields.raw();
  const content = fields.raw();
  const certificates = those(fields.optionalConstructed(contextConstructed(0)), needed);
  const values = those(fields.optionalConstructed(contextConstructed(1)), needed);
  const signers = all(fields.set()).map(withoutUnsigned);
  const isPlain = Reader.ber(content).sequence().oid() === contentOids.data && signers.every(isOfVersion1);
  const hasOther = values.some((value) => value[0] === contextConstructed(1));
  // RFC 5652, section 5.1; certificates of other kinds than X.509 are never needed.
  const version = hasOther ? 5 : isPlain ? 1 : 3;
  const signedData = encodeSequence(
    encode(tag.integer, Uint8Array.of(version)),
    digestAlgorithms,
    content,
    ...(certificates.length > 0 ? [encode(contextConstructed(0), ...certificates)] : []),
    ...(values.length > 0 ? [encode(contextConstructed(1), ...values)] : []),
    encode(tag.set, ...signers),
  );
  return encodeSequence(type, encode(contextConstructed(0), signedData));
}

function all(set: Reader | undefined): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  while (set !== undefined && !set.isAtEnd) found.push(set.raw());
  return found;
}

/** Elements that are needed, and OtherRevocationInfoFormat ones (section 10.2.1) whose value is. */
function those(set: Reader | undefined, needed: Needed): readonly Uint8Array[] {
  return all(set).filter((element) => {
    if (element[0] !== contextConstructed(1)) return needed.has(hash('sha256', element));
    const other = Reader.ber(element).constructed(contextConstructed(1));
    other.oid();
    return needed.has(hash('sha256', other.raw()));
  });
}

function withoutUnsigned(signer: Uint8Array): Uint8Array {
  const fields = all(Reader.ber(signer).sequence());
  return encodeSequence(...fields.filter((field) => field[0] !== contextConstructed(1)));
}

function isOfVersion1(signer: Uint8Array): boolean {
  return Reader.ber(signer).sequence().smallInteger() === 1;
}
