import { declareOids } from '../asn1/oid.ts';
import { contextConstructed } from '../asn1/tag.ts';
import {
  encode,
  encodeBitString,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSetOf,
  encodeUnsigned,
} from '../asn1/writer.ts';
import { type KeyUsage, keyUsageBits } from '../certificate/constraints.ts';
import type { Extension } from '../certificate/extension.ts';
import { extendedKeyUsage, keyUsage } from '../certificate/writer/extension.ts';
import { type Attribute, encodeName } from '../certificate/writer/name.ts';
import { encodeBoolean } from '../certificate/writer/value.ts';
import { signatureIdentifier } from './scheme.ts';
import type { SignatureScheme, Signer } from './signer.ts';

const { extensionRequest } = declareOids({ extensionRequest: '1.2.840.113549.1.9.14' });

/** What is asked of the authority. */
export interface RequestContents {
  /** Attributes of the subject in the order in which the certificate is to have them, or a Name in DER as it is. */
  readonly subject: readonly Attribute[] | Uint8Array;
  /** Extensions that are asked for, see `usageExtensions`; the authority decides. */
  readonly extensions?: readonly Extension[];
}

/**
 * A PKCS#10 certification request (RFC 2986), DER, signed with the signer's key; the key stands in it with the very
 * octets of `signer.publicKey`. Throws the failures of `signer.sign`, and a RangeError for a false identifier.
 */
export async function makeRequest(
  contents: RequestContents,
  signer: Signer,
  scheme: SignatureScheme = customaryScheme(signer),
): Promise<Uint8Array> {
  const info = encodeSequence(
    encodeUnsigned(Uint8Array.of(0)),
    contents.subject instanceof Uint8Array ? contents.subject : encodeName(contents.subject),
    signer.publicKey,
    encodeAttributes(contents.extensions ?? []),
  );
  const signature = await signer.sign(info, scheme);
  return encodeSequence(info, signatureIdentifier(scheme), encodeBitString(signature));
}

/** The first of the signer's schemes. */
export function customaryScheme(signer: Signer): SignatureScheme {
  const [scheme] = signer.schemes;
  if (scheme === undefined) throw new Error('a signer has at least one scheme');
  return scheme;
}

/** What a qualified certificate's key is for, as authorities issue it. */
export const qualifiedUsages: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
];

/** keyUsage (critical) and, where purposes are given by their OIDs, extendedKeyUsage. */
export function usageExtensions(usages: readonly KeyUsage[], purposes: readonly string[] = []): Extension[] {
  const bits = usages.map((usage) => keyUsageBits.indexOf(usage));
  return [keyUsage(bits), ...(purposes.length > 0 ? [extendedKeyUsage(purposes)] : [])];
}

/** [0] IMPLICIT SET OF Attribute, empty where no extension is asked for (RFC 2986, section 4.1; RFC 2985, section 5.4.2). */
function encodeAttributes(extensions: readonly Extension[]): Uint8Array {
  if (extensions.length === 0) return encode(contextConstructed(0));
  const list = encodeSequence(
    ...extensions.map(({ oid, isCritical, value }) =>
      encodeSequence(encodeOid(oid), ...(isCritical ? [encodeBoolean(true)] : []), encodeOctetString(value)),
    ),
  );
  return encode(contextConstructed(0), encodeSequence(encodeOid(extensionRequest), encodeSetOf([list])));
}
