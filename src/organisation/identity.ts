import type { Certificate } from '../certificate/certificate.ts';
import { SealgateError } from '../error.ts';
import type { ValidPath } from '../path/validation.ts';
import type { Checks } from '../report/check.ts';
import { maskedIdentifier } from '../subject/identifier.ts';
import { type ShownName, shownName } from '../subject/shown-name.ts';
import { type Subject, type SubjectFlaw, type SubjectForm, subjectOf } from '../subject/subject.ts';

declare const proof: unique symbol;

/**
 * The person who signs, as the certificate names them, or the system that does so by itself. Names are for showing; the
 * numbers decide, and a system has none.
 */
export interface Signer {
  readonly kind: 'person' | 'system';
  /** Surname, given name and patronymic, or the system's own name; safe to show. */
  readonly name: string;
  readonly surname: string;
  /** Given name and patronymic. */
  readonly givenName: string;
  readonly title: string | undefined;
  /** 11 digits. */
  readonly snils: string | undefined;
  /** The person's own INN, 12 digits. */
  readonly inn: string | undefined;
}

/** The organisation that a certificate names, and who signs for it, whoever issued the certificate. */
export interface NamedOrganisation {
  readonly kind: 'legal-entity' | 'entrepreneur';
  readonly form: SubjectForm;
  /** 10 digits of a legal entity, 12 of an entrepreneur. */
  readonly inn: string;
  /** OGRN of 13 digits, or OGRNIP of 15. */
  readonly ogrn: string;
  /** For showing; nothing is decided by it. */
  readonly name: ShownName;
  readonly signer: Signer;
}

/**
 * The organisation that an authority above a trust anchor issued the certificate to. It does not say that the person
 * heads the organisation today: only the register does. Only `identityOf` makes one.
 */
export interface OrganisationIdentity extends NamedOrganisation {
  readonly [proof]: true;
}

/**
 * The organisation that the end of a valid path is issued to. What is odd about its name is a warning among `checks`.
 * The seal of an organisation, which a system signs with by itself, names nobody: it is taken only with
 * `allowsSystems`. Throws as `namedOrganisation` does.
 */
export function identityOf(
  { certificates: [certificate] }: ValidPath,
  checks: Checks,
  allowsSystems: boolean,
): OrganisationIdentity {
  try {
    const named = namedOrganisation(certificate);
    if (named.signer.kind === 'system' && !allowsSystems) throw unnamed(['surname', 'givenName']);
    const { kind, form, name } = named;
    checks.passed('organisation', 'organisation.identity', { kind, form });
    const { suspicions } = name;
    if (suspicions.length > 0)
      checks.warning('organisation', 'organisation.name', { name: name.text, suspicions });
    return named as OrganisationIdentity;
  } catch (error) {
    if (error instanceof SealgateError) {
      const { code, details } = error;
      checks.add({ stage: 'organisation', name: 'organisation.identity', outcome: 'failed', code, details });
    }
    throw error;
  }
}

/** What a certificate says of its owner never changes. */
const organisations = new WeakMap<Certificate, NamedOrganisation>();

/**
 * The organisation and the signer that a certificate names, a person or a system. Identifiers are checked for length
 * and check digits and must not repeat or contradict each other; names are only shown.
 * Throws `organisation_missing` for a natural person's certificate, `signer_unnamed`,
 * `organisation_identifier_invalid`, `certificate_malformed`.
 */
export function namedOrganisation(certificate: Certificate): NamedOrganisation {
  const named = organisations.get(certificate) ?? readOrganisation(subjectOf(certificate));
  organisations.set(certificate, named);
  return named;
}

function readOrganisation(subject: Subject): NamedOrganisation {
  refuseFlaws(subject.flaws);
  if (subject.kind === 'person') {
    throw new SealgateError('organisation_missing', { missing: ['ogrn', 'innLegalEntity'] });
  }
  const isEntrepreneur = subject.kind === 'entrepreneur';
  return {
    kind: isEntrepreneur ? 'entrepreneur' : 'legal-entity',
    form: subject.form,
    inn: isEntrepreneur
      ? required('inn', subject.personInn)
      : required('innLegalEntity', subject.organisationInn),
    ogrn: isEntrepreneur ? required('ogrnip', subject.ogrnip) : required('ogrn', subject.ogrn),
    name: shownName(subject.organisation ?? subject.commonName ?? ''),
    signer: subject.kind === 'seal' ? systemOf(subject) : signerOf(subject),
  };
}

/**
 * The person whom a certificate names, with or without an organisation; for sign-ins by power of attorney.
 * Throws `signer_unnamed`, `organisation_identifier_invalid`, `certificate_malformed`.
 */
export function personOf(certificate: Certificate): Signer {
  const subject = subjectOf(certificate);
  refuseFlaws(subject.flaws);
  return signerOf(subject);
}

function signerOf(subject: Subject): Signer {
  const { surname, givenName } = subject;
  if (surname === undefined || givenName === undefined) {
    const missing = [
      ...(surname === undefined ? (['surname'] as const) : []),
      ...(givenName === undefined ? (['givenName'] as const) : []),
    ];
    throw unnamed(missing);
  }
  return {
    kind: 'person',
    name: shownName(`${surname} ${givenName}`).text,
    surname: shownName(surname).text,
    givenName: shownName(givenName).text,
    title: subject.title === undefined ? undefined : shownName(subject.title).text,
    snils: subject.snils,
    inn: subject.personInn,
  };
}

function systemOf({ commonName, organisation }: Subject): Signer {
  const { text } = shownName(commonName ?? organisation ?? '');
  const nobody = { surname: '', givenName: '', title: undefined, snils: undefined, inn: undefined };
  return { kind: 'system', name: text, ...nobody };
}

function unnamed(missing: readonly ('surname' | 'givenName')[]): SealgateError {
  return new SealgateError('signer_unnamed', { missing });
}

function refuseFlaws(flaws: readonly SubjectFlaw[]): void {
  const flaw = flaws[0];
  if (flaw === undefined) return;
  const { field, problem, value } = flaw;
  const isPersonal = field === 'snils' || field === 'inn';
  throw new SealgateError('organisation_identifier_invalid', {
    field,
    problem,
    value: isPersonal && value !== undefined ? maskedIdentifier(value) : value,
  });
}

function required(field: SubjectFlaw['field'], value: string | undefined): string {
  if (value !== undefined) return value;
  throw new SealgateError('organisation_identifier_invalid', { field, problem: 'identifier-absent' });
}
