import { declareOids } from '../../asn1/oid.ts';
import { Reader } from '../../asn1/reader.ts';
import { context, contextConstructed, tag } from '../../asn1/tag.ts';
import { readNamedBits } from '../../certificate/constraints.ts';
import {
  type DistributionPointName,
  type ReasonFlag,
  readDistributionPointName,
  revocationReasonBits,
} from '../../certificate/distribution-point.ts';
import type { ExtensionType } from '../../certificate/extension.ts';
import { type RevocationReason, reasonOf } from '../reason.ts';

const oids = declareOids({
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  expiredCertsOnCrl: '2.5.29.60',
});

/** Longest number of a list that is accepted, in octets (RFC 5280, section 5.2.3). */
const longestNumber = 20;

function numberOfList(oid: string, name: string): ExtensionType<bigint> {
  return {
    oid,
    name,
    decode(value) {
      const reader = Reader.der(value);
      const content = reader.integer();
      reader.finish();
      if (content[0]! >= 0x80 || content.length > longestNumber + 1)
        reader.refuse('number of the list is out of range');
      return BigInt(`0x${Buffer.from(content).toString('hex')}`);
    },
  };
}

/** RFC 5280, section 5.2.3. */
export const crlNumber = numberOfList(oids.crlNumber, 'cRLNumber');
/** RFC 5280, section 5.2.4: the number of the full list that this one adds to. */
export const deltaCrlIndicator = numberOfList(oids.deltaCrlIndicator, 'deltaCRLIndicator');

/** RFC 5280, section 5.2.5: which certificates and reasons a list covers. */
export interface IssuingDistributionPoint {
  readonly name: DistributionPointName | undefined;
  readonly onlyContainsUserCertificates: boolean;
  readonly onlyContainsAuthorityCertificates: boolean;
  readonly onlyContainsAttributeCertificates: boolean;
  /** Undefined where the list covers all reasons. */
  readonly onlySomeReasons: ReadonlySet<ReasonFlag> | undefined;
  readonly isIndirect: boolean;
}

export const issuingDistributionPoint: ExtensionType<IssuingDistributionPoint> = {
  oid: oids.issuingDistributionPoint,
  name: 'issuingDistributionPoint',
  decode(value, quirks) {
    const reader = Reader.der(value, quirks);
    const fields = reader.sequence();
    if (fields.isAtEnd) fields.refuse('issuing distribution point is empty');
    const name = fields.peek() === contextConstructed(0) ? readDistributionPointName(fields) : undefined;
    const onlyContainsUserCertificates = fields.booleanDefaultFalse(context(1));
    const onlyContainsAuthorityCertificates = fields.booleanDefaultFalse(context(2));
    const onlySomeReasons =
      fields.peek() === context(3) ? readNamedBits(fields, revocationReasonBits, context(3)) : undefined;
    const isIndirect = fields.booleanDefaultFalse(context(4));
    const onlyContainsAttributeCertificates = fields.booleanDefaultFalse(context(5));
    const limits = [
      onlyContainsUserCertificates,
      onlyContainsAuthorityCertificates,
      onlyContainsAttributeCertificates,
    ];
    if (limits.filter(Boolean).length > 1)
      fields.refuse('list is limited to more than one kind of certificate');
    fields.finish();
    reader.finish();
    return {
      name,
      onlyContainsUserCertificates,
      onlyContainsAuthorityCertificates,
      onlyContainsAttributeCertificates,
      onlySomeReasons,
      isIndirect,
    };
  },
};

/** RFC 5280, section 5.3.1; an extension of an entry. */
export const reasonCode: ExtensionType<RevocationReason> = {
  oid: oids.reasonCode,
  name: 'cRLReason',
  decode(value) {
    const reader = Reader.der(value);
    const reason = reasonOf(reader.smallInteger(tag.enumerated));
    reader.finish();
    return reason ?? reader.refuse('reason of the revocation is unknown');
  },
};

/** RFC 5280, section 5.3.2: when the key was or may have been lost; an extension of an entry, ms since the epoch. */
export const invalidityDate: ExtensionType<number> = {
  oid: oids.invalidityDate,
  name: 'invalidityDate',
  decode(value) {
    const reader = Reader.der(value);
    const date = reader.generalizedTime();
    reader.finish();
    return date;
  },
};

/** Since when certificates that have ended stay in the list (X.509, section 9.5.2.8), ms since the epoch. */
export const expiredCertsOnCrl: ExtensionType<number> = {
  oid: oids.expiredCertsOnCrl,
  name: 'expiredCertsOnCRL',
  decode(value) {
    const reader = Reader.der(value);
    const time = reader.generalizedTime();
    reader.finish();
    return time;
  },
};
