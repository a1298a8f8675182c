import type * as asn1js from 'asn1js';
import { describe, expect, it } from 'vitest';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { examineProfile } from '../../src/qualified/rules.ts';
import { identificationKind } from '../../src/qualified/sign-tool.ts';
import { namedToolClasses, toolClasses } from '../../src/qualified/tool-class.ts';
import { type Subject, subjectOf } from '../../src/subject/subject.ts';
import { russianCertificates } from '../russian-ca.ts';
import { elements, readAgain, type SecondReading } from './second-reader.ts';

interface Case {
  readonly certificate: Certificate;
  readonly subject: Subject;
  readonly broken: ReadonlySet<string>;
  readonly second: SecondReading;
}

// The folder holds a part of the collection, and another part may stand there tomorrow; so what is expected is
// counted in the collection itself, by asn1js and by the plainest wording of each fact.
const { octets: certificates, reason, note } = russianCertificates;
const cases: readonly Case[] = certificates.map((octets) => {
  const certificate = parseCertificate(octets);
  const findings = examineProfile(certificate, { role: 'authority', at: Date.UTC(2026, 6, 23) });
  return {
    certificate,
    subject: subjectOf(certificate),
    broken: new Set(findings.map(({ rule }) => rule)),
    second: readAgain(octets),
  };
});

const day = 86_400_000;
const year2022 = Date.UTC(2022, 0, 1);
const inn = '1.2.643.3.131.1.1';
const innle = '1.2.643.100.4';

function textsOf({ second }: Case, oid: string): readonly string[] {
  return second.subject.filter((attribute) => attribute.oid === oid).map(({ text }) => text);
}

function policiesOf({ second }: Case): readonly string[] {
  const policies = elements(second.extensions.get('2.5.29.32')!.value);
  return policies.map((policy) => (elements(policy)[0] as asn1js.ObjectIdentifier).getValue());
}

/** End of the key's term in ms, to the second. */
function keyEnd({ second }: Case): number | undefined {
  const period = second.extensions.get('2.5.29.16');
  if (period === undefined) return undefined;
  const end = elements(period.value).find(({ idBlock }) => idBlock.tagNumber === 1) as asn1js.Primitive;
  const text = Buffer.from(end.valueBlock.valueHexView).toString();
  return Date.parse(text.replace(/^(....)(..)(..)(..)(..)(..).*$/, '$1-$2-$3T$4:$5:$6Z'));
}

function isOver64(text: string): boolean {
  return [...text].length > 64;
}

const wordings: Readonly<Record<string, (example: Case) => boolean>> = {
  'key-usage-critical': ({ second }) => !second.extensions.get('2.5.29.15')!.isCritical,
  'authority-class-as-policy': (example) =>
    policiesOf(example).some((policy) => policy.startsWith('1.2.643.100.114.')),
  'key-period-shorter': (example) => (keyEnd(example) ?? Infinity) < example.second.notAfter - day,
  'key-period-within-term': (example) => (keyEnd(example) ?? Infinity) < example.second.notBefore,
  'subject-identifiers-valid': (example) => textsOf(example, innle).some((text) => text.length !== 10),
  'identification-kind-present': ({ second }) =>
    second.notBefore >= year2022 && !second.extensions.has('1.2.643.100.114'),
  'own-inn-attribute': (example) => example.second.notBefore >= year2022 && textsOf(example, inn).length > 0,
  'names-utf8': ({ second }) =>
    second.subject.some(
      ({ oid, type }) => /^2\.5\.4\.(3|4|7|8|9|10|11|12|42)$/.test(oid) && type !== 'UTF8String',
    ),
  'country-code': (example) => textsOf(example, '2.5.4.6').length !== 1,
  'place-named': (example) =>
    ['2.5.4.7', '2.5.4.8', '2.5.4.9'].some((oid) => textsOf(example, oid).length === 0),
  'attributes-once': ({ second }) =>
    new Set(second.subject.map(({ oid }) => oid)).size < second.subject.length,
  'names-within-bounds': (example) =>
    ['2.5.4.3', '2.5.4.10', '2.5.4.11', '2.5.4.12'].some((oid) => textsOf(example, oid).some(isOver64)) ||
    ['2.5.4.7', '2.5.4.8', '2.5.4.9'].some((oid) => textsOf(example, oid).some((text) => text.length > 128)),
};

function fingerprints(subset: readonly Case[]): readonly string[] {
  return subset.map(({ certificate }) => certificate.sha256);
}

describe.skipIf(reason)(`the profile over the authorities’ real certificates${note}`, () => {
  it.each(Object.entries(wordings))(
    '%s is broken by the very certificates that asn1js shows',
    (id, isBroken) => {
      const expected = cases.filter(isBroken);
      expect(fingerprints(cases.filter(({ broken }) => broken.has(id)))).toEqual(fingerprints(expected));
    },
  );

  it('finds no other rule broken', () => {
    const broken = new Set(cases.flatMap((example) => [...example.broken]));
    expect([...broken].filter((id) => !(id in wordings))).toEqual([]);
  });

  it('reads OGRN of all, and the organisation’s INN in its old and its new form', () => {
    expect(cases.length).toBeGreaterThan(1000);
    for (const example of cases) {
      expect(textsOf(example, '1.2.643.100.1')).toEqual([example.subject.ogrn]);
      const [padded] = textsOf(example, inn);
      const [own] = textsOf(example, innle).filter((text) => text.length === 10);
      expect(example.subject.organisationInn).toBe(own ?? padded?.slice(2));
      expect(example.subject.form).toBe(padded === undefined ? 'current' : 'padded-inn');
    }
  });

  it('reads the form of 2022 in every certificate since then and in none before', () => {
    for (const { subject, second } of cases) {
      expect(subject.form === 'current').toBe(second.notBefore >= year2022);
    }
  });

  it('reads the classes of the tools', () => {
    const counts = toolClasses.map(
      (name) => cases.filter(({ certificate }) => namedToolClasses(certificate).includes(name)).length,
    );
    const expected = toolClasses.map(
      (_, at) => cases.filter((example) => policiesOf(example).includes(`1.2.643.100.113.${at + 1}`)).length,
    );
    expect(counts).toEqual(expected);
    expect(counts[0]).toBe(cases.length);
    expect(counts[5]).toBe(0);
  });

  it('reads how owners were identified: 0 or 1, in all certificates since 2022', () => {
    const kinds = cases.map(({ certificate }) => certificate.extension(identificationKind));
    const values = new Set(kinds.filter((kind) => kind !== undefined));
    expect([...values].toSorted()).toEqual([0, 1]);
    expect(kinds.filter((kind) => kind !== undefined).length).toBe(
      cases.filter(({ second }) => second.notBefore >= year2022).length,
    );
  });
});
