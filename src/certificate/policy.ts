import { readList } from '../asn1/list.ts';
import { declareOids } from '../asn1/oid.ts';
import { Reader } from '../asn1/reader.ts';
import { context } from '../asn1/tag.ts';
import type { ExtensionType } from './extension.ts';

/** Stands for every policy (RFC 5280, section 4.2.1.4). */
export const anyPolicy = '2.5.29.32.0';

/** Kinds of policy qualifiers that RFC 5280, section 4.2.1.4, defines; both are for people to read. */
const qualifierOids = declareOids({ cps: '1.3.6.1.5.5.7.2.1', userNotice: '1.3.6.1.5.5.7.2.2' });

/** Real certificates have fewer than thirty; what many of them make together is limited by the budget of a path. */
const mostPolicies = 2048;

/** One policy with the encodings of its qualifiers. */
export interface PolicyInformation {
  readonly policy: string;
  readonly qualifiers: Uint8Array | undefined;
}

/** The first qualifier of a kind that RFC 5280 does not define, or undefined. Throws an EncodingError. */
export function unknownQualifier({ qualifiers }: PolicyInformation): string | undefined {
  if (qualifiers === undefined) return undefined;
  const sequence = Reader.der(qualifiers).sequence();
  if (sequence.isAtEnd) sequence.refuse('list of policy qualifiers is empty');
  while (!sequence.isAtEnd) {
    const kind = sequence.sequence().oid();
    if (kind !== qualifierOids.cps && kind !== qualifierOids.userNotice) return kind;
  }
  return undefined;
}

export const certificatePolicies: ExtensionType<readonly PolicyInformation[]> = {
  oid: '2.5.29.32',
  name: 'certificatePolicies',
  decode(value) {
    const reader = Reader.der(value);
    const known = new Set<string>();
    const policies = readList(reader.sequence(), 'policies', mostPolicies, (sequence) => {
      const fields = sequence.sequence();
      const policy = fields.oid();
      const qualifiers = fields.isAtEnd ? undefined : fields.any();
      fields.finish();
      if (known.has(policy)) sequence.refuse(`policy ${policy} occurs twice`);
      known.add(policy);
      return { policy, qualifiers };
    });
    reader.finish();
    return policies;
  },
};

/** RFC 5280, section 4.2.1.5. */
export interface PolicyMapping {
  readonly issuerDomainPolicy: string;
  readonly subjectDomainPolicy: string;
}

export const policyMappings: ExtensionType<readonly PolicyMapping[]> = {
  oid: '2.5.29.33',
  name: 'policyMappings',
  decode(value) {
    const reader = Reader.der(value);
    const mappings = readList(reader.sequence(), 'policy mappings', mostPolicies, (sequence) => {
      const fields = sequence.sequence();
      const mapping = { issuerDomainPolicy: fields.oid(), subjectDomainPolicy: fields.oid() };
      fields.finish();
      return mapping;
    });
    reader.finish();
    return mappings;
  },
};

/** RFC 5280, section 4.2.1.11: after how many certificates each takes effect. */
export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | undefined;
  readonly inhibitPolicyMapping: number | undefined;
}

export const policyConstraints: ExtensionType<PolicyConstraints> = {
  oid: '2.5.29.36',
  name: 'policyConstraints',
  decode(value) {
    const reader = Reader.der(value);
    const fields = reader.sequence();
    if (fields.isAtEnd) fields.refuse('policy constraints are empty');
    const requireExplicitPolicy = fields.peek() === context(0) ? fields.smallInteger(context(0)) : undefined;
    const inhibitPolicyMapping = fields.peek() === context(1) ? fields.smallInteger(context(1)) : undefined;
    fields.finish();
    reader.finish();
    return { requireExplicitPolicy, inhibitPolicyMapping };
  },
};

/** RFC 5280, section 4.2.1.14: after how many certificates any-policy no longer counts. */
export const inhibitAnyPolicy: ExtensionType<number> = {
  oid: '2.5.29.54',
  name: 'inhibitAnyPolicy',
  decode(value) {
    const reader = Reader.der(value);
    const skip = reader.smallInteger();
    reader.finish();
    return skip;
  },
};
