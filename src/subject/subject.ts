import { EncodingError } from '../asn1/error.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { attributeOids, type Name } from '../certificate/name.ts';
import { SealgateError } from '../error.ts';
import { type IdentifierFlaw, type IdentifierKind, identifierFlaw, unpaddedInn } from './identifier.ts';

/**
 * Whom a certificate names. `seal` is an organisation without a person, for systems that sign by themselves;
 * `person` has no organisation.
 */
export type SubjectKind = 'legal-entity' | 'seal' | 'entrepreneur' | 'person';

/** Before 2022 the organisation's INN stood, padded with zeros, where a person's INN stands now. */
export type SubjectForm = 'current' | 'padded-inn';

/** An identifier that is there and cannot be used; `value` may be personal data. */
export interface SubjectFlaw {
  readonly field: Exclude<IdentifierKind, 'kpp'>;
  readonly problem: IdentifierFlaw | 'identifier-repeated' | 'identifier-contradicts';
  readonly value: string | undefined;
}

/** What the subject of a certificate says, read and not judged. Identifiers that have a flaw are left out. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly form: SubjectForm;
  /** INN of the organisation, 10 digits. */
  readonly organisationInn: string | undefined;
  readonly ogrn: string | undefined;
  readonly ogrnip: string | undefined;
  /** INN of the person, 12 digits. */
  readonly personInn: string | undefined;
  readonly snils: string | undefined;
  readonly organisation: string | undefined;
  readonly commonName: string | undefined;
  readonly surname: string | undefined;
  /** Given name and patronymic. */
  readonly givenName: string | undefined;
  readonly title: string | undefined;
  readonly flaws: readonly SubjectFlaw[];
}

type Field = SubjectFlaw['field'];

const fields: readonly (readonly [Field, string])[] = [
  ['innLegalEntity', attributeOids.innLegalEntity],
  ['inn', attributeOids.inn],
  ['ogrn', attributeOids.ogrn],
  ['ogrnip', attributeOids.ogrnip],
  ['snils', attributeOids.snils],
];

/**
 * Reads the subject of a certificate (RFC 9215, section 5.1; order 795 of the FSB with the changes of order 31).
 * Old and new forms come out alike: a padded INN is given as the organisation's. An organisation is named by OGRN
 * or its INN, an entrepreneur by OGRNIP; without them the subject is a person, whatever its other attributes say.
 * Throws `certificate_malformed`.
 */
export function subjectOf(certificate: Certificate): Subject {
  return readField(certificate.subject, 'subject');
}

/** As `subjectOf`, for whoever issued the certificate. Throws `certificate_malformed`. */
export function issuerOf(certificate: Certificate): Subject {
  return readField(certificate.issuer, 'issuer');
}

/** A name never changes, and the certificates of those who sign in often are kept, so that each is read once. */
const subjects = new WeakMap<Name, Subject>();

function readField(name: Name, where: 'subject' | 'issuer'): Subject {
  try {
    const subject = subjects.get(name) ?? readSubject(name);
    subjects.set(name, subject);
    return subject;
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    const { rule, offset } = error;
    throw new SealgateError('certificate_malformed', { rule, offset, where }, { cause: error });
  }
}

/** As `subjectOf`, for any name. Throws an EncodingError where it is malformed. */
export function readSubject(name: Name): Subject {
  const flaws: SubjectFlaw[] = [];
  const present = new Set<Field>();
  const values = new Map<Field, string>();
  for (const [field, oid] of fields) {
    const found = name.all(oid);
    if (found.length > 0) present.add(field);
    if (found.length > 1) flaws.push({ field, problem: 'identifier-repeated', value: undefined });
    if (found.length === 1) readValue(field, found[0]!.text, values, flaws);
  }
  const padded = values.get('inn');
  const form: SubjectForm = padded?.length === 10 ? 'padded-inn' : 'current';
  const organisationInn = joinInn(values, flaws);
  const isOrganisation =
    present.has('innLegalEntity') ||
    present.has('ogrn') ||
    organisationInn !== undefined ||
    form === 'padded-inn';
  if (isOrganisation && present.has('ogrnip')) {
    flaws.push({ field: 'ogrnip', problem: 'identifier-contradicts', value: values.get('ogrnip') });
  }
  const surname = name.text(attributeOids.surname);
  const givenName = name.text(attributeOids.givenName);
  const personInn = form === 'padded-inn' ? undefined : values.get('inn');
  const namesPerson =
    surname !== undefined || givenName !== undefined || present.has('snils') || personInn !== undefined;
  return {
    kind: isOrganisation
      ? namesPerson
        ? 'legal-entity'
        : 'seal'
      : present.has('ogrnip')
        ? 'entrepreneur'
        : 'person',
    form,
    organisationInn,
    ogrn: values.get('ogrn'),
    ogrnip: values.get('ogrnip'),
    personInn,
    snils: values.get('snils'),
    organisation: name.text(attributeOids.organisation),
    commonName: name.text(attributeOids.commonName),
    surname,
    givenName,
    title: name.text(attributeOids.title),
    flaws,
  };
}

function readValue(
  field: Field,
  text: string | undefined,
  values: Map<Field, string>,
  flaws: SubjectFlaw[],
): void {
  const unpadded = field === 'inn' && text !== undefined ? unpaddedInn(text) : undefined;
  const kind = unpadded === undefined ? field : 'innLegalEntity';
  const value = unpadded ?? text;
  const problem = value === undefined ? 'identifier-form' : identifierFlaw(kind, value);
  if (problem === undefined && value !== undefined) values.set(field, value);
  else flaws.push({ field, problem: problem ?? 'identifier-form', value: text });
}

/** The organisation's INN from its own attribute or from the padded one; both together have to agree. */
function joinInn(values: ReadonlyMap<Field, string>, flaws: SubjectFlaw[]): string | undefined {
  const own = values.get('innLegalEntity');
  const inn = values.get('inn');
  const padded = inn?.length === 10 ? inn : undefined;
  if (own !== undefined && padded !== undefined && own !== padded) {
    flaws.push({ field: 'inn', problem: 'identifier-contradicts', value: padded });
    return undefined;
  }
  return own ?? padded;
}
