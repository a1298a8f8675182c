import { hash } from 'node:crypto';
import { parsePublicKeyInfo } from '../../algorithm/public-key-info.ts';
import { declareOids } from '../../asn1/oid.ts';
import { context, contextConstructed, tag } from '../../asn1/tag.ts';
import {
  encode,
  encodedNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeUnsigned,
} from '../../asn1/writer.ts';
import { accessMethodOids } from '../distribution-point.ts';
import type { Extension } from '../extension.ts';
import { encodeGeneralizedTime } from './time.ts';
import { encodeBoolean, encodeNamedBits, encodeSmall } from './value.ts';

/** Extensions that the authority writes (RFC 5280, section 4.2; RFC 6960, section 4.2.2.2.1; RFC 9215, section 5). */
export const extensionOids = declareOids({
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  privateKeyUsagePeriod: '2.5.29.16',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  freshestCrl: '2.5.29.46',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  noCheck: '1.3.6.1.5.5.7.48.1.5',
  subjectSignTool: '1.2.643.100.111',
  issuerSignTool: '1.2.643.100.112',
  identificationKind: '1.2.643.100.114',
});

/** Tools by which an authority signs, and the papers of their certification, as issuerSignTool names them. */
export interface IssuerSignTool {
  readonly signTool: string;
  readonly authorityTool: string;
  readonly signToolCertificate: string;
  readonly authorityToolCertificate: string;
}

function extension(oid: string, value: Uint8Array, isCritical = false): Extension {
  return { oid, isCritical, value };
}

/** SHA-1 of the key's BIT STRING (RFC 5280, section 4.2.1.2, method 1), as Russian authorities compute it too. */
export function keyIdentifierOf(publicKey: Uint8Array): Uint8Array {
  return hash('sha1', parsePublicKeyInfo(publicKey).key, 'buffer');
}

export function subjectKeyIdentifier(publicKey: Uint8Array): Extension {
  return extension(extensionOids.subjectKeyIdentifier, encodeOctetString(keyIdentifierOf(publicKey)));
}

/** With `certificate`, issuer and serial number stand beside the identifier, as in real Russian certificates. */
export function authorityKeyIdentifier(
  keyIdentifier: Uint8Array,
  certificate?: { readonly issuer: Uint8Array; readonly serialNumber: Uint8Array },
): Extension {
  const fields = [encode(context(0), keyIdentifier)];
  if (certificate !== undefined) {
    fields.push(encode(contextConstructed(1), encode(contextConstructed(4), certificate.issuer)));
    fields.push(encode(context(2), certificate.serialNumber));
  }
  return extension(extensionOids.authorityKeyIdentifier, encodeSequence(...fields));
}

export function basicConstraints(isAuthority: boolean, pathLength?: number): Extension {
  const fields: Uint8Array[] = [];
  if (isAuthority) fields.push(encodeBoolean(true));
  if (pathLength !== undefined) fields.push(encodeSmall(pathLength));
  return extension(extensionOids.basicConstraints, encodeSequence(...fields), true);
}

/** `bits` by position, as RFC 5280, section 4.2.1.3, counts them. */
export function keyUsage(bits: readonly number[]): Extension {
  return extension(extensionOids.keyUsage, encodeNamedBits(bits), true);
}

export function extendedKeyUsage(purposes: readonly string[], isCritical = false): Extension {
  return extension(extensionOids.extendedKeyUsage, encodeSequence(...purposes.map(encodeOid)), isCritical);
}

export function certificatePolicies(policies: readonly string[]): Extension {
  return extension(
    extensionOids.certificatePolicies,
    encodeSequence(...policies.map((policy) => encodeSequence(encodeOid(policy)))),
  );
}

/** Both ends in ms since the epoch. */
export function privateKeyUsagePeriod(notBefore: number, notAfter: number): Extension {
  return extension(
    extensionOids.privateKeyUsagePeriod,
    encodeSequence(encodeGeneralizedTime(notBefore, context(0)), encodeGeneralizedTime(notAfter, context(1))),
  );
}

/** One distribution point for each URL, as Russian authorities write them. */
export function crlDistributionPoints(
  urls: readonly string[],
  oid: string = extensionOids.crlDistributionPoints,
): Extension {
  const points = urls.map((url) =>
    encodeSequence(encode(contextConstructed(0), encode(contextConstructed(0), encodeUrl(url)))),
  );
  return extension(oid, encodeSequence(...points));
}

export function authorityInfoAccess(
  ocspUrls: readonly string[],
  authorityUrls: readonly string[],
): Extension {
  const describe = (method: string) => (url: string) => encodeSequence(encodeOid(method), encodeUrl(url));
  return extension(
    extensionOids.authorityInfoAccess,
    encodeSequence(
      ...ocspUrls.map(describe(accessMethodOids.ocsp)),
      ...authorityUrls.map(describe(accessMethodOids.caIssuers)),
    ),
  );
}

/** The answers of this responder are to be believed without asking about its own certificate. */
export function noCheck(): Extension {
  return extension(extensionOids.noCheck, encodedNull);
}

export function subjectSignTool(tool: string): Extension {
  return extension(extensionOids.subjectSignTool, encodeUtf8(tool));
}

export function issuerSignTool(tool: IssuerSignTool): Extension {
  return extension(
    extensionOids.issuerSignTool,
    encodeSequence(
      encodeUtf8(tool.signTool),
      encodeUtf8(tool.authorityTool),
      encodeUtf8(tool.signToolCertificate),
      encodeUtf8(tool.authorityToolCertificate),
    ),
  );
}

/** How the owner was identified: 0 in person, 1 by a certificate, 2 by a passport with chip, 3 by a state system. */
export function identificationKind(kind: number): Extension {
  return extension(extensionOids.identificationKind, encodeUnsigned(Uint8Array.of(kind)));
}

function encodeUtf8(text: string): Uint8Array {
  return encode(tag.utf8String, Buffer.from(text, 'utf8'));
}

/** GeneralName uniformResourceIdentifier. */
export function encodeUrl(url: string): Uint8Array {
  return encode(context(6), Buffer.from(url, 'latin1'));
}
