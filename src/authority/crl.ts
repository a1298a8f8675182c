import { context, contextConstructed, tag } from '../asn1/tag.ts';
import { encode, encodeOctetString, encodeOid, encodeSequence, encodeUnsigned } from '../asn1/writer.ts';
import { type ReasonFlag, revocationReasonBits } from '../certificate/distribution-point.ts';
import type { Extension } from '../certificate/extension.ts';
import { crlDistributionPoints, encodeUrl, extensionOids } from '../certificate/writer/extension.ts';
import { encodeGeneralizedTime, encodeTime } from '../certificate/writer/time.ts';
import { encodeBoolean, encodeNamedBits, encodeSmall } from '../certificate/writer/value.ts';
import { type KeyPair, signStructure } from './key.ts';

/** Reasons for a revocation and their codes (RFC 5280, section 5.3.1). */
export const revocationReasons = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;

export type RevocationReason = keyof typeof revocationReasons;

/** One entry of a list. */
export interface CrlEntry {
  /** Magnitude, big-endian. */
  readonly serialNumber: Uint8Array;
  /** Since when, ms since the epoch. */
  readonly at: number;
  /** Not written where it is absent or `unspecified`. */
  readonly reason?: RevocationReason;
  /** When the key is thought to have been lost, ms since the epoch. */
  readonly invalidityDate?: number;
  /** DER Name of the certificate's issuer in an indirect list; holds for the following entries too. */
  readonly certificateIssuer?: Uint8Array;
}

/** The issuing distribution point of a list that does not cover everything (RFC 5280, section 5.2.5). */
export interface CrlScope {
  readonly urls?: readonly string[];
  readonly only?: 'users' | 'authorities' | 'attributes';
  readonly reasons?: readonly ReasonFlag[];
  readonly isIndirect?: boolean;
}

/** Everything that stands in a list. */
export interface CrlPlan {
  /** DER Name. */
  readonly issuer: Uint8Array;
  /** ms since the epoch. */
  readonly thisUpdate: number;
  readonly nextUpdate?: number;
  readonly number?: number;
  readonly entries: readonly CrlEntry[];
  readonly authorityKey?: Extension;
  /** Number of the list that a delta list continues. */
  readonly deltaBase?: number;
  readonly scope?: CrlScope;
  /** Where delta lists are. */
  readonly freshestUrls?: readonly string[];
  readonly extensions?: readonly Extension[];
}

/**
 * Makes and signs a certificate revocation list of version 2; checks nothing. Written with our own encoder, because
 * @peculiar/x509 takes a time that grows with the square of the entries and puts a false type into certificateIssuer.
 */
export async function makeCrl(plan: CrlPlan, signer: KeyPair): Promise<Uint8Array> {
  return signStructure(signer, (algorithm) =>
    encodeSequence(
      encodeSmall(1),
      algorithm,
      plan.issuer,
      encodeTime(plan.thisUpdate),
      ...(plan.nextUpdate === undefined ? [] : [encodeTime(plan.nextUpdate)]),
      ...(plan.entries.length === 0 ? [] : [encodeSequence(Buffer.concat(plan.entries.map(encodeEntry)))]),
      ...encodeListExtensions(plan),
    ),
  );
}

function encodeEntry(entry: CrlEntry): Uint8Array {
  const extensions: Extension[] = [];
  if (entry.reason !== undefined && entry.reason !== 'unspecified') {
    const code = encode(tag.enumerated, Uint8Array.of(revocationReasons[entry.reason]));
    extensions.push({ oid: extensionOids.reasonCode, isCritical: false, value: code });
  }
  if (entry.invalidityDate !== undefined) {
    const value = encodeGeneralizedTime(entry.invalidityDate);
    extensions.push({ oid: extensionOids.invalidityDate, isCritical: false, value });
  }
  if (entry.certificateIssuer !== undefined) {
    const value = encodeSequence(encode(contextConstructed(4), entry.certificateIssuer));
    extensions.push({ oid: extensionOids.certificateIssuer, isCritical: true, value });
  }
  return encodeSequence(
    encodeUnsigned(entry.serialNumber),
    encodeTime(entry.at),
    ...(extensions.length === 0 ? [] : [encodeExtensions(extensions)]),
  );
}

function encodeListExtensions(plan: CrlPlan): Uint8Array[] {
  const extensions: Extension[] = [];
  if (plan.authorityKey !== undefined) extensions.push(plan.authorityKey);
  if (plan.number !== undefined) {
    extensions.push({ oid: extensionOids.crlNumber, isCritical: false, value: encodeSmall(plan.number) });
  }
  if (plan.deltaBase !== undefined) {
    const value = encodeSmall(plan.deltaBase);
    extensions.push({ oid: extensionOids.deltaCrlIndicator, isCritical: true, value });
  }
  if (plan.scope !== undefined) {
    const value = encodeScope(plan.scope);
    extensions.push({ oid: extensionOids.issuingDistributionPoint, isCritical: true, value });
  }
  if (plan.freshestUrls !== undefined) {
    extensions.push(crlDistributionPoints(plan.freshestUrls, extensionOids.freshestCrl));
  }
  extensions.push(...(plan.extensions ?? []));
  return extensions.length === 0 ? [] : [encode(contextConstructed(0), encodeExtensions(extensions))];
}

function encodeScope({ urls, only, reasons, isIndirect }: CrlScope): Uint8Array {
  const fields: Uint8Array[] = [];
  if (urls !== undefined) {
    fields.push(encode(contextConstructed(0), encode(contextConstructed(0), ...urls.map(encodeUrl))));
  }
  if (only === 'users') fields.push(encodeBoolean(true, context(1)));
  if (only === 'authorities') fields.push(encodeBoolean(true, context(2)));
  if (reasons !== undefined) {
    const bits = reasons.map((reason) => revocationReasonBits.indexOf(reason));
    fields.push(encodeNamedBits(bits, context(3)));
  }
  if (isIndirect === true) fields.push(encodeBoolean(true, context(4)));
  if (only === 'attributes') fields.push(encodeBoolean(true, context(5)));
  return encodeSequence(...fields);
}

function encodeExtensions(extensions: readonly Extension[]): Uint8Array {
  return encodeSequence(
    ...extensions.map(({ oid, isCritical, value }) =>
      encodeSequence(encodeOid(oid), ...(isCritical ? [encodeBoolean(true)] : []), encodeOctetString(value)),
    ),
  );
}
