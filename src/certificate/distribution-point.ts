import { readList } from '../asn1/list.ts';
import { Reader } from '../asn1/reader.ts';
import { context, contextConstructed } from '../asn1/tag.ts';
import { readNamedBits } from './constraints.ts';
import type { ExtensionType } from './extension.ts';
import { type GeneralName, type Place, readGeneralNames, readPlace, readPlaces } from './general-name.ts';

/** Most places of one kind that one certificate names; real ones name up to three. */
const mostPlaces = 64;

/** Where a list is published: full names, or the rest of a name below the list's issuer. */
export type DistributionPointName =
  | { readonly kind: 'full'; readonly names: readonly Place[] }
  /** Encoding of the attributes, as in a RelativeDistinguishedName but under tag [1]. */
  | { readonly kind: 'relative'; readonly der: Uint8Array };

/** Reasons a list may be limited to, by bit (RFC 5280, section 4.2.1.13). */
export const revocationReasonBits = [
  'unused',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'aACompromise',
] as const;

export type ReasonFlag = (typeof revocationReasonBits)[number];

/** RFC 5280, section 4.2.1.13. */
export interface DistributionPoint {
  readonly name: DistributionPointName | undefined;
  /** Undefined where the point serves all reasons. */
  readonly reasons: ReadonlySet<ReasonFlag> | undefined;
  readonly crlIssuer: readonly GeneralName[] | undefined;
}

/** Reads a DistributionPointName inside its explicit tag [0]. Throws an EncodingError. */
export function readDistributionPointName(reader: Reader): DistributionPointName {
  const wrapper = reader.constructed(contextConstructed(0));
  const name: DistributionPointName =
    wrapper.peek() === contextConstructed(0)
      ? { kind: 'full', names: readPlaces(wrapper, contextConstructed(0)) }
      : { kind: 'relative', der: readRelative(wrapper) };
  wrapper.finish();
  return name;
}

function readRelative(reader: Reader): Uint8Array {
  if (reader.peek() !== contextConstructed(1)) reader.refuse('kind of distribution point name is unknown');
  return reader.any();
}

function readDistributionPoint(reader: Reader): DistributionPoint {
  const fields = reader.sequence();
  const name = fields.peek() === contextConstructed(0) ? readDistributionPointName(fields) : undefined;
  const reasons =
    fields.peek() === context(1) ? readNamedBits(fields, revocationReasonBits, context(1)) : undefined;
  const crlIssuer =
    fields.peek() === contextConstructed(2) ? readGeneralNames(fields, contextConstructed(2)) : undefined;
  if (name === undefined && crlIssuer === undefined)
    fields.refuse('distribution point names neither place nor issuer');
  fields.finish();
  return { name, reasons, crlIssuer };
}

function distributionPoints(oid: string, name: string): ExtensionType<readonly DistributionPoint[]> {
  return {
    oid,
    name,
    decode(value) {
      const reader = Reader.der(value);
      const points = readList(reader.sequence(), 'distribution points', mostPlaces, readDistributionPoint);
      reader.finish();
      return points;
    },
  };
}

export const crlDistributionPoints = distributionPoints('2.5.29.31', 'cRLDistributionPoints');
/** RFC 5280, section 4.2.1.15: where delta lists are published. */
export const freshestCrl = distributionPoints('2.5.29.46', 'freshestCRL');

/** RFC 5280, section 4.2.2.1. */
export interface AccessDescription {
  readonly method: string;
  readonly location: Place;
}

export const accessMethodOids = { ocsp: '1.3.6.1.5.5.7.48.1', caIssuers: '1.3.6.1.5.5.7.48.2' } as const;

export const authorityInfoAccess: ExtensionType<readonly AccessDescription[]> = {
  oid: '1.3.6.1.5.5.7.1.1',
  name: 'authorityInfoAccess',
  decode(value) {
    const reader = Reader.der(value);
    const descriptions = readList(
      reader.sequence(),
      'access descriptions',
      mostPlaces,
      readAccessDescription,
    );
    reader.finish();
    return descriptions;
  },
};

function readAccessDescription(reader: Reader): AccessDescription {
  const fields = reader.sequence();
  const method = fields.oid();
  const location = readPlace(fields);
  fields.finish();
  return { method, location };
}
