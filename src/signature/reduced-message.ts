import { hash } from 'node:crypto';
import { context, contextConstructed, tag } from '../asn1/tag.ts';
import {
  encode,
  encodeIntegerContent,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from '../asn1/writer.ts';
import { contentOids, revocationInfoOids } from './oids.ts';
import { parseSignedData, type SignerIdentifier, type SignerInfo } from './signed-data.ts';

/** SHA-256 of certificates and revocation values, lower-case hexadecimal. */
export type Needed = ReadonlySet<string>;

/**
 * A CMS message, which was verified before, without what its signature does not cover and nobody needs: unsigned
 * attributes, certificates and revocation values that are not among `needed`, digest algorithms that no signer uses,
 * and the empty pieces of strings that BER allows. What is signed stays octet by octet, so that the signature holds as
 * before; and since signed attributes are bounded, so is what is left. Throws as `parseSignedData` does.
 */
export function reducedMessage(message: Uint8Array, needed: Needed): Uint8Array {
  const parsed = parseSignedData(message);
  const { contentType, content, certificates, crls, ocspResponses, signers } = parsed;
  const isNeeded = (octets: Uint8Array) => needed.has(hash('sha256', octets));
  const answers = ocspResponses.filter(isNeeded).map(otherRevocationInfo);
  const isPlain = contentType === contentOids.data && signers.every(({ version }) => version.right === 1);
  // RFC 5652, section 5.1; certificates of other kinds than X.509 are never needed.
  const right = answers.length > 0 ? 5 : isPlain ? 1 : 3;
  // A number that contradicted its message still does, as the report says.
  const { version } = parsed;
  const written = version.written === version.right ? right : version.written;
  const eContent = content === undefined ? [] : [encode(contextConstructed(0), encodeOctetString(content))];
  const signedData = encodeSequence(
    integer(written),
    encode(tag.set, ...signers.map(({ digestAlgorithm }) => digestAlgorithm.der)),
    encodeSequence(encodeOid(contentType), ...eContent),
    ...optionalSet(0, certificates.filter(isNeeded)),
    ...optionalSet(1, [...crls.filter(isNeeded), ...answers]),
    encode(tag.set, ...signers.map(withoutUnsigned)),
  );
  return encodeSequence(encodeOid(contentOids.signedData), encode(contextConstructed(0), signedData));
}

function optionalSet(number: number, elements: readonly Uint8Array[]): readonly Uint8Array[] {
  return elements.length === 0 ? [] : [encode(contextConstructed(number), ...elements)];
}

/** OtherRevocationInfoFormat (RFC 5652, section 10.2.1) of an OCSPResponse (RFC 5940). */
function otherRevocationInfo(response: Uint8Array): Uint8Array {
  return encode(contextConstructed(1), encodeOid(revocationInfoOids.ocspResponse), response);
}

function withoutUnsigned(signer: SignerInfo): Uint8Array {
  const { version, identifier, digestAlgorithm, signedAttributes, signatureAlgorithm, signature } = signer;
  return encodeSequence(
    integer(version.written),
    sid(identifier),
    digestAlgorithm.der,
    ...(signedAttributes === undefined ? [] : [signedAttributes]),
    signatureAlgorithm.der,
    encodeOctetString(signature),
  );
}

function sid(identifier: SignerIdentifier): Uint8Array {
  if (identifier.kind === 'key-identifier') return encode(context(0), identifier.keyIdentifier);
  return encodeSequence(identifier.issuer.der, encodeIntegerContent(identifier.serialNumber));
}

function integer(value: number): Uint8Array {
  return encode(tag.integer, Uint8Array.of(value));
}
