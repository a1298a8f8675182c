import { attributeOids } from '../certificate/name.ts';
import type { SubjectKind } from '../subject/subject.ts';
import { everyone, type Named, type Rule, subscribers, when } from './rule.ts';

/** When the organisation's INN got an attribute of its own in all certificates that are known. */
const ownInnSince = Date.UTC(2022, 0, 1);
/** 1 September 2024, 00:00 in Moscow. */
const organisationIssuersSince = Date.UTC(2024, 7, 31, 21);

function ofKind(...kinds: readonly SubjectKind[]): (named: Named) => boolean {
  return ({ subject }) => kinds.includes(subject.kind);
}

function missing(fields: Readonly<Record<string, string | undefined>>): string | undefined {
  const absent = Object.entries(fields).filter(([, value]) => value === undefined || value.trim() === '');
  return when(absent.length > 0, absent.map(([field]) => field).join(', '));
}

/** Rules about whom a name names (63-FZ, articles 14 and 17; order 795 of the FSB with order 31). */
export const nameRules: readonly Rule<Named>[] = [
  {
    id: 'subject-identifiers-valid',
    severity: 'error',
    source: 'RFC 9215, section 5.1; check digits of the registers; each identifier once',
    appliesTo: everyone,
    breach: ({ subject: { flaws } }) =>
      when(flaws.length > 0, flaws.map(({ field, problem }) => `${field}: ${problem}`).join(', ')),
  },
  {
    id: 'common-name-present',
    severity: 'error',
    source: 'order 795 of the FSB',
    appliesTo: everyone,
    breach: ({ subject: { commonName } }) => missing({ commonName }),
  },
  {
    id: 'organisation-identified',
    severity: 'error',
    source: '63-FZ, article 17, part 2: OGRN and INN of the organisation',
    appliesTo: ofKind('legal-entity', 'seal'),
    breach: ({ subject: { ogrn, organisationInn } }) => missing({ ogrn, innLegalEntity: organisationInn }),
  },
  {
    id: 'organisation-named',
    severity: 'error',
    source: '63-FZ, article 17, part 2: name of the organisation',
    appliesTo: ofKind('legal-entity', 'seal'),
    breach: ({ subject: { organisation } }) => missing({ organisation }),
  },
  {
    id: 'place-named',
    severity: 'warning',
    source: '63-FZ, article 17, part 2: place of the organisation (L, ST, street)',
    appliesTo: ofKind('legal-entity', 'seal'),
    breach: ({ name }) => {
      const types = new Set(name.attributes.map(({ type }) => type));
      const places = ['locality', 'state', 'street'] as const;
      const absent = places.filter((place) => !types.has(attributeOids[place]));
      return when(absent.length > 0, absent.join(', '));
    },
  },
  {
    id: 'entrepreneur-identified',
    severity: 'error',
    source: '63-FZ, article 17, part 2: OGRNIP and INN of the entrepreneur',
    appliesTo: ofKind('entrepreneur'),
    breach: ({ subject: { ogrnip, personInn } }) => missing({ ogrnip, inn: personInn }),
  },
  {
    id: 'person-named',
    severity: 'error',
    source: '63-FZ, article 17, part 2: surname and given name',
    appliesTo: (profiled) => subscribers(profiled) && profiled.subject.kind !== 'seal',
    breach: ({ subject: { surname, givenName } }) => missing({ surname, givenName }),
  },
  {
    id: 'person-identified',
    severity: 'error',
    source: '63-FZ, article 17, part 2: SNILS of the person',
    appliesTo: (profiled) => subscribers(profiled) && profiled.subject.kind !== 'seal',
    breach: ({ subject: { snils } }) => missing({ snils }),
  },
  {
    id: 'person-inn-present',
    severity: 'warning',
    source: '63-FZ, article 17, part 2: INN of the person, in the form since 2022',
    appliesTo: (profiled) =>
      subscribers(profiled) &&
      profiled.subject.form === 'current' &&
      (profiled.subject.kind === 'person' || profiled.subject.kind === 'legal-entity'),
    breach: ({ subject: { personInn } }) => missing({ inn: personInn }),
  },
  {
    id: 'person-without-organisation',
    severity: 'warning',
    source: '63-FZ, article 17.2: a natural person’s certificate names no organisation and no position',
    appliesTo: ofKind('person'),
    breach: ({ subject: { organisation, title } }) => {
      const found = [organisation === undefined ? '' : 'organisation', title === undefined ? '' : 'title'];
      return when(found.join('') !== '', found.filter((field) => field !== '').join(', '));
    },
  },
];

/** Rules about whom the certificate names, and who issued it. */
export const subjectRules: readonly Rule[] = [
  ...nameRules,
  {
    id: 'own-inn-attribute',
    severity: 'warning',
    source: 'order 31 of the FSB: the organisation’s INN has an attribute of its own',
    appliesTo: ({ certificate }) => certificate.notBefore >= ownInnSince,
    breach: ({ subject: { form } }) => when(form === 'padded-inn', 'INN padded with zeros'),
  },
  {
    id: 'issuer-identified',
    severity: 'warning',
    source: '63-FZ, article 17, part 2: OGRN and INN of the issuer',
    appliesTo: everyone,
    breach: ({ issuer }) => missing({ ogrn: issuer.ogrn, innLegalEntity: issuer.organisationInn }),
  },
  {
    id: 'organisation-issuer',
    severity: 'error',
    source:
      '63-FZ, articles 17.2 and 17.3: since 1 September 2024 only state authorities’ certificates count',
    appliesTo: ({ role, subject, at, organisationIssuers }) =>
      role === 'subscriber' &&
      organisationIssuers !== undefined &&
      at >= organisationIssuersSince &&
      (subject.kind === 'legal-entity' || subject.kind === 'entrepreneur'),
    breach: ({ issuer: { ogrn }, organisationIssuers }) => {
      return when(ogrn === undefined || !organisationIssuers?.has(ogrn), `issuer with OGRN ${ogrn ?? '—'}`);
    },
  },
];
