import { randomUUID } from 'node:crypto';
import { digest } from '../algorithm/digest.ts';
import { signatureUri, signedPropertiesType, xadesUri } from '../document/xades/names.ts';
import { SealgateError } from '../error.ts';
import { customaryScheme } from '../token/request.ts';
import { partsOf } from '../token/scheme.ts';
import type { SignatureScheme, Signer } from '../token/signer.ts';
import { xmlDigests, xmlSignatures } from '../xml/signature-algorithm.ts';

/** How an XML document is signed. */
export interface XmlOptions {
  /** Milliseconds since the epoch; a claim of the signer. */
  readonly signingTime: number;
  readonly scheme?: SignatureScheme;
  readonly chain?: readonly Uint8Array[];
}

/** Exclusive canonical form (RFC 3741). */
export const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';

/** What stands for a value that is not known yet: base64 that can be read. */
const open = 'AA==';

/** What the text of a signature is made of. */
export interface SignatureParts {
  readonly scheme: SignatureScheme;
  readonly digestUri: string;
  readonly signatureUri: string;
  readonly certificate: Uint8Array;
  readonly chain: readonly Uint8Array[];
  readonly signingTime: number;
  /** Part of every identifier, so that documents with several signatures have each once. */
  readonly mark: string;
}

/** Throws `mechanism_unsupported` for a scheme without a name in XML signatures, an Error without a certificate. */
export function signatureParts(
  signer: Signer,
  { scheme: chosen, chain, signingTime }: XmlOptions,
): SignatureParts {
  if (signer.certificate === undefined) throw new Error('a document is signed with a certificate');
  const scheme = chosen ?? customaryScheme(signer);
  const { family, padding, digest: digestName } = partsOf(scheme);
  const digestUri = uriOf(xmlDigests, (each) => each === digestName);
  const kind = family === 'rsa' ? `rsa-${padding}` : family === 'ec' ? 'ecdsa' : 'gost2012';
  const methodUri = uriOf(
    xmlSignatures,
    (each) => each.family === kind && 'digest' in each && each.digest === digestName,
  );
  if (digestUri === undefined || methodUri === undefined)
    throw new SealgateError('mechanism_unsupported', { mechanism: scheme });
  return {
    ...{ scheme, digestUri, signatureUri: methodUri, certificate: signer.certificate, signingTime },
    ...{ chain: chain ?? signer.chain, mark: randomUUID() },
  };
}

function uriOf<T>(names: ReadonlyMap<string, T>, fits: (value: T) => boolean): string | undefined {
  for (const [uri, value] of names) if (fits(value)) return uri;
  return undefined;
}

/** A Reference whose hash is not known yet. */
export function referenceTo(
  uri: string,
  transforms: readonly string[],
  digestUri: string,
  type?: string,
): string {
  const steps = transforms.map((each) => `<ds:Transform Algorithm="${each}"/>`).join('');
  return [
    `<ds:Reference${type === undefined ? '' : ` Type="${type}"`} URI="${uri}">`,
    steps === '' ? '' : `<ds:Transforms>${steps}</ds:Transforms>`,
    `<ds:DigestMethod Algorithm="${digestUri}"/><ds:DigestValue>${open}</ds:DigestValue></ds:Reference>`,
  ].join('');
}

/** A Signature of XAdES-BES without its values. */
export function xadesSkeleton(references: readonly string[], parts: SignatureParts): string {
  const { mark, digestUri, certificate, signingTime } = parts;
  const algorithm = xmlDigests.get(digestUri) ?? 'sha256';
  const hash = base64(digest(algorithm, certificate));
  const properties = [
    `<ds:Object><xades:QualifyingProperties xmlns:xades="${xadesUri}" Target="#signature-${mark}">`,
    `<xades:SignedProperties Id="properties-${mark}"><xades:SignedSignatureProperties>`,
    `<xades:SigningTime>${new Date(signingTime).toISOString()}</xades:SigningTime>`,
    '<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>',
    `<ds:DigestMethod Algorithm="${digestUri}"/><ds:DigestValue>${hash}</ds:DigestValue>`,
    '</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>',
    '</xades:SignedSignatureProperties></xades:SignedProperties></xades:QualifyingProperties></ds:Object>',
  ].join('');
  const bound = referenceTo(`#properties-${mark}`, [exclusive], digestUri, signedPropertiesType);
  return skeletonOf([...references, bound], parts, properties);
}

/** A Signature without its values. */
export function skeletonOf(references: readonly string[], parts: SignatureParts, objects = ''): string {
  const certificates = [parts.certificate, ...parts.chain].map(
    (der) => `<ds:X509Certificate>${base64(der)}</ds:X509Certificate>`,
  );
  return [
    `<ds:Signature xmlns:ds="${signatureUri}" Id="signature-${parts.mark}"><ds:SignedInfo>`,
    `<ds:CanonicalizationMethod Algorithm="${exclusive}"/>`,
    `<ds:SignatureMethod Algorithm="${parts.signatureUri}"/>`,
    ...references,
    `</ds:SignedInfo><ds:SignatureValue>${open}</ds:SignatureValue>`,
    `<ds:KeyInfo><ds:X509Data>${certificates.join('')}</ds:X509Data></ds:KeyInfo>`,
    objects,
    '</ds:Signature>',
  ].join('');
}

/** Octets as base64. */
export function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64');
}
