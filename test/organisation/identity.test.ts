import { describe, expect, it } from 'vitest';
import { SealgateError } from '../../src/error.ts';
import { identityOf, namedOrganisation, personOf } from '../../src/organisation/identity.ts';
import type { ValidPath } from '../../src/path/validation.ts';
import { Checks } from '../../src/report/check.ts';
import { type Attribute, unsigned } from '../subject/unsigned.ts';

const organisation: readonly Attribute[] = [
  ['organisation', 'ООО «Ромашка»'],
  ['commonName', 'ООО «Ромашка»'],
  ['ogrn', '1027700132195'],
  ['innLegalEntity', '7707083893'],
];
const person: readonly Attribute[] = [
  ['surname', 'Иванова'],
  ['givenName', 'Мария Петровна'],
  ['title', 'Генеральный директор'],
  ['snils', '11223344595'],
  ['inn', '500100732259'],
];

function failureOf(
  attributes: readonly Attribute[],
  read: typeof namedOrganisation | typeof personOf = namedOrganisation,
) {
  try {
    read(unsigned({ subject: attributes }));
  } catch (error) {
    if (error instanceof SealgateError) return { code: error.code, details: error.details };
    throw error;
  }
  return undefined;
}

describe('the organisation that a certificate names', () => {
  it('names legal entity and head', () => {
    expect(namedOrganisation(unsigned({ subject: [...organisation, ...person] }))).toMatchObject({
      kind: 'legal-entity',
      inn: '7707083893',
      ogrn: '1027700132195',
      name: { text: 'ООО «Ромашка»', suspicions: [] },
      signer: {
        name: 'Иванова Мария Петровна',
        surname: 'Иванова',
        givenName: 'Мария Петровна',
        title: 'Генеральный директор',
        snils: '11223344595',
        inn: '500100732259',
      },
    });
  });

  it('names an entrepreneur by OGRNIP and the person’s INN', () => {
    const subject: Attribute[] = [
      ['commonName', 'Иванова Мария Петровна'],
      ...person,
      ['ogrnip', '304500116000157'],
    ];
    expect(namedOrganisation(unsigned({ subject }))).toMatchObject({
      kind: 'entrepreneur',
      inn: '500100732259',
      ogrn: '304500116000157',
      name: { text: 'Иванова Мария Петровна' },
    });
  });

  it('refuses a person’s certificate with organisation_missing', () => {
    expect(failureOf(person)?.code).toBe('organisation_missing');
  });

  it('refuses a certificate with a surname alone with signer_unnamed that names what is missing', () => {
    expect(failureOf([...organisation, ['surname', 'Иванова']])).toEqual({
      code: 'signer_unnamed',
      details: { missing: ['givenName'] },
    });
  });

  it('refuses wrong check digits and shows the organisation’s number', () => {
    expect(failureOf([...person, ['ogrn', '1027700132194'], ['innLegalEntity', '7707083893']])).toEqual({
      code: 'organisation_identifier_invalid',
      details: { field: 'ogrn', problem: 'identifier-check-digits', value: '1027700132194' },
    });
  });

  it('hides a person’s number in the failure', () => {
    expect(failureOf([...organisation, ...person.slice(0, 3), ['snils', '11223344500']])?.details).toEqual({
      field: 'snils',
      problem: 'identifier-check-digits',
      value: '*********00',
    });
  });

  it('refuses a repeated identifier', () => {
    expect(failureOf([...organisation, ...person, ['innLegalEntity', '7710474375']])).toMatchObject({
      code: 'organisation_identifier_invalid',
      details: { field: 'innLegalEntity', problem: 'identifier-repeated' },
    });
  });

  it('refuses a legal entity without OGRN', () => {
    expect(failureOf([...person, ['innLegalEntity', '7707083893']])).toEqual({
      code: 'organisation_identifier_invalid',
      details: { field: 'ogrn', problem: 'identifier-absent' },
    });
  });

  it('escapes what could forge a line in the signer’s name', () => {
    const subject: Attribute[] = [...organisation, ['surname', 'Иванова\n'], ['givenName', 'Мария']];
    expect(namedOrganisation(unsigned({ subject })).signer.name).toBe('Иванова\\u{a} Мария');
  });
});

/** A path is only looked at for its end here; `test/qualified` reads identities from real ones. */
const endingIn = (subject: readonly Attribute[]) =>
  ({ certificates: [unsigned({ subject })] }) as unknown as ValidPath;

describe('the rows of identityOf', () => {
  it('tell organisation and kind, and what is odd about the name', () => {
    const checks = new Checks();
    const subject: Attribute[] = [['organisation', 'ООО «Pомашка»'], ...organisation.slice(1), ...person];
    identityOf(endingIn(subject), checks, false);
    expect(checks.list).toEqual([
      {
        stage: 'organisation',
        name: 'organisation.identity',
        outcome: 'passed',
        details: { kind: 'legal-entity', form: 'current' },
      },
      {
        stage: 'organisation',
        name: 'organisation.name',
        outcome: 'warning',
        details: { name: 'ООО «Pомашка»', suspicions: ['mixed-scripts'] },
      },
    ]);
  });

  it('tell that a seal names nobody, which is taken where systems are let in', () => {
    const checks = new Checks();
    expect(() => identityOf(endingIn(organisation), checks, false)).toThrow('signer_unnamed');
    expect(checks.list).toMatchObject([{ outcome: 'failed', code: 'signer_unnamed' }]);
    expect(identityOf(endingIn(organisation), new Checks(), true).signer.kind).toBe('system');
  });

  it('tell why there is none', () => {
    const checks = new Checks();
    expect(() => identityOf(endingIn(person), checks, false)).toThrow();
    expect(checks.list).toMatchObject([{ outcome: 'failed', code: 'organisation_missing' }]);
  });
});

describe('personOf', () => {
  it('names the person of a natural person’s certificate', () => {
    expect(personOf(unsigned({ subject: person }))).toMatchObject({
      name: 'Иванова Мария Петровна',
      snils: '11223344595',
      inn: '500100732259',
    });
  });

  it('refuses a seal with signer_unnamed', () => {
    expect(failureOf(organisation, personOf)?.code).toBe('signer_unnamed');
  });
});
