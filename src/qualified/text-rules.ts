import { tag } from '../asn1/tag.ts';
import { attributeOids } from '../certificate/name.ts';
import type { NameAttribute } from '../certificate/name-attribute.ts';
import { everyone, type Profiled, type Rule, when } from './rule.ts';

const identifiers = new Set<string>([
  attributeOids.inn,
  attributeOids.innLegalEntity,
  attributeOids.ogrn,
  attributeOids.ogrnip,
  attributeOids.snils,
]);

const names = new Set<string>([
  attributeOids.commonName,
  attributeOids.surname,
  attributeOids.givenName,
  attributeOids.title,
  attributeOids.organisation,
  attributeOids.organisationalUnit,
  attributeOids.locality,
  attributeOids.state,
  attributeOids.street,
]);

/** Upper bounds of X.520, annex C, in characters. */
const bounds = new Map<string, number>([
  [attributeOids.commonName, 64],
  [attributeOids.surname, 64],
  [attributeOids.givenName, 64],
  [attributeOids.title, 64],
  [attributeOids.organisation, 64],
  [attributeOids.organisationalUnit, 64],
  [attributeOids.locality, 128],
  [attributeOids.state, 128],
  [attributeOids.street, 128],
]);

const nameByOid = new Map<string, string>(Object.entries(attributeOids).map(([name, oid]) => [oid, name]));

/** Rules about the form of the subject's attributes; real certificates break them, so none refuses. */
export const textRules: readonly Rule[] = [
  {
    id: 'identifiers-numeric',
    severity: 'warning',
    source: 'RFC 9215, section 5.1: NumericString',
    appliesTo: everyone,
    breach: (profiled) =>
      list(profiled, (attribute) => identifiers.has(attribute.type) && attribute.tag !== tag.numericString),
  },
  {
    id: 'names-utf8',
    severity: 'notice',
    source: 'order 795 of the FSB: UTF8String',
    appliesTo: everyone,
    breach: (profiled) =>
      list(profiled, (attribute) => names.has(attribute.type) && attribute.tag !== tag.utf8String),
  },
  {
    id: 'country-code',
    severity: 'warning',
    source: 'order 795 of the FSB: two letters of ISO 3166 as PrintableString',
    appliesTo: everyone,
    breach: ({ certificate }) => {
      const [country, second] = certificate.subject.all(attributeOids.country);
      if (country === undefined || second !== undefined) return country === undefined ? 'absent' : 'repeated';
      const isCode = country.tag === tag.printableString && /^[A-Z]{2}$/.test(country.text ?? '');
      return when(!isCode, 'not a country code');
    },
  },
  {
    id: 'email-ascii',
    severity: 'notice',
    source: 'RFC 5280, section 4.1.2.6: IA5String',
    appliesTo: everyone,
    breach: (profiled) =>
      list(
        profiled,
        (attribute) => attribute.type === attributeOids.email && attribute.tag !== tag.ia5String,
      ),
  },
  {
    id: 'names-within-bounds',
    severity: 'notice',
    source: 'X.520, annex C',
    appliesTo: everyone,
    breach: (profiled) =>
      list(profiled, ({ type, text }) => {
        const bound = bounds.get(type);
        return bound !== undefined && text !== undefined && [...text].length > bound;
      }),
  },
  {
    id: 'attributes-once',
    severity: 'warning',
    source: 'order 795 of the FSB: each attribute once',
    appliesTo: everyone,
    breach: ({ certificate }) => {
      const types = certificate.subject.attributes.map(({ type }) => type);
      return labels(types.filter((type, at) => types.indexOf(type) !== at));
    },
  },
  {
    id: 'names-single-valued',
    severity: 'warning',
    source: 'no real certificate joins attributes in one relative name',
    appliesTo: everyone,
    breach: ({ certificate }) =>
      labels(
        certificate.subject.relativeNames
          .filter((attributes) => attributes.length > 1)
          .flatMap((attributes) => attributes.map(({ type }) => type)),
      ),
  },
];

function list(
  { certificate }: Profiled,
  isBreach: (attribute: NameAttribute) => boolean,
): string | undefined {
  return labels(certificate.subject.attributes.filter(isBreach).map(({ type }) => type));
}

function labels(types: readonly string[]): string | undefined {
  const unique = [...new Set(types)].slice(0, 10);
  return when(unique.length > 0, unique.map((type) => nameByOid.get(type) ?? type).join(', '));
}
