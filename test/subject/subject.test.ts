import { describe, expect, it } from 'vitest';
import { tag } from '../../src/asn1/tag.ts';
import { readSubject } from '../../src/subject/subject.ts';
import { type Attribute, nameOf } from './unsigned.ts';

const organisation: readonly Attribute[] = [
  ['organisation', 'ООО «Ромашка»'],
  ['commonName', 'ООО «Ромашка»'],
  ['ogrn', '1027700132195'],
];
const person: readonly Attribute[] = [
  ['surname', 'Иванова'],
  ['givenName', 'Мария Петровна'],
  ['snils', '11223344595'],
];

function read(...attributes: readonly Attribute[]) {
  return readSubject(nameOf(attributes));
}

describe('readSubject', () => {
  it('reads a legal entity of the present form: INNLE of the organisation, INN of the person', () => {
    const subject = read(
      ...organisation,
      ...person,
      ['innLegalEntity', '7707083893'],
      ['inn', '500100732259'],
    );
    expect(subject).toMatchObject({
      kind: 'legal-entity',
      form: 'current',
      organisationInn: '7707083893',
      personInn: '500100732259',
      ogrn: '1027700132195',
      snils: '11223344595',
      flaws: [],
    });
  });

  it('reads a legal entity of the form before 2022: padded INN', () => {
    const subject = read(...organisation, ...person, ['inn', '007707083893']);
    expect(subject).toMatchObject({
      kind: 'legal-entity',
      form: 'padded-inn',
      organisationInn: '7707083893',
      personInn: undefined,
      flaws: [],
    });
  });

  it('tells an organisation without a person as a seal', () => {
    expect(read(...organisation, ['innLegalEntity', '7707083893']).kind).toBe('seal');
    expect(read(...organisation, ['inn', '007707083893']).kind).toBe('seal');
  });

  it('reads an entrepreneur', () => {
    const subject = read(...person, ['inn', '500100732259'], ['ogrnip', '304500116000157']);
    expect(subject).toMatchObject({ kind: 'entrepreneur', ogrnip: '304500116000157', flaws: [] });
  });

  it('takes a certificate without OGRN and INNLE for a person’s, even where it names an organisation in words', () => {
    expect(read(...person, ['inn', '500100732259'], ['organisation', 'ООО «Ромашка»']).kind).toBe('person');
  });

  it('reads identifiers of every string type', () => {
    const subject = read(
      ['ogrn', '1027700132195', tag.printableString],
      ['innLegalEntity', '7707083893', tag.bmpString],
      ['snils', '11223344595', tag.utf8String],
    );
    expect(subject).toMatchObject({ ogrn: '1027700132195', organisationInn: '7707083893', flaws: [] });
  });

  it('reports a repeated identifier and uses neither', () => {
    const subject = read(...organisation, ['ogrn', '1037700013020']);
    expect(subject.ogrn).toBeUndefined();
    expect(subject.flaws).toEqual([{ field: 'ogrn', problem: 'identifier-repeated', value: undefined }]);
  });

  it('reports a padded INN that differs from INNLE', () => {
    const subject = read(...organisation, ['innLegalEntity', '7707083893'], ['inn', '007710474375']);
    expect(subject.organisationInn).toBeUndefined();
    expect(subject.flaws).toEqual([{ field: 'inn', problem: 'identifier-contradicts', value: '7710474375' }]);
  });

  it('reports KPP in the place of INNLE, as certificates of 2013 have it, and keeps the padded INN', () => {
    const subject = read(...organisation, ['innLegalEntity', '770701001'], ['inn', '007707083893']);
    expect(subject.organisationInn).toBe('7707083893');
    expect(subject.flaws).toEqual([
      { field: 'innLegalEntity', problem: 'identifier-length', value: '770701001' },
    ]);
  });

  it('reports OGRN and OGRNIP together', () => {
    const subject = read(...organisation, ['ogrnip', '304500116000157']);
    expect(subject.flaws).toEqual([
      { field: 'ogrnip', problem: 'identifier-contradicts', value: '304500116000157' },
    ]);
  });

  it('reports an identifier that is no text', () => {
    const subject = read(...person, ['inn', '\x01\x02', tag.octetString]);
    expect(subject.flaws).toEqual([{ field: 'inn', problem: 'identifier-form', value: undefined }]);
  });
});
