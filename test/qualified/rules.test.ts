import { describe, expect, it } from 'vitest';
import { tag } from '../../src/asn1/tag.ts';
import { encode, encodeSequence } from '../../src/asn1/writer.ts';
import { nameOf } from '../../src/failure/vocabulary.ts';
import { examineProfile, profileRules, stateOrganisationIssuers } from '../../src/qualified/rules.ts';
import { toolClassOids } from '../../src/qualified/tool-class.ts';
import type { Attribute } from '../subject/unsigned.ts';
import {
  bits,
  type Changes,
  entrepreneur,
  integer,
  issuerName,
  keyPeriod,
  legalEntity,
  naturalPerson,
  organisation,
  person,
  place,
  policies,
  profiled,
  purposes,
  utf8,
} from './qualified-certificate.ts';

const at = Date.UTC(2026, 10, 1);
const { KC1, KC2, KC3 } = toolClassOids;

function without(subject: readonly Attribute[], ...names: readonly Attribute[0][]): readonly Attribute[] {
  return subject.filter(([name]) => !names.includes(name));
}

function tools(...texts: readonly Uint8Array[]): Uint8Array {
  return encodeSequence(...texts);
}

const short = [utf8('a'), utf8('b'), utf8('c')] as const;

/** Per rule: a certificate that breaks it, one that only just keeps it, and what the breach is told with. */
const cases: Readonly<Record<string, readonly [breaks: Changes, keeps: Changes, evidence: string]>> = {
  'tool-class-named': [
    { extensions: { policies: policies('2.5.29.32.0', '1.2.643.100.114.1') } },
    { extensions: { policies: policies('2.5.29.32.0', KC1) } },
    'no policy of a class',
  ],
  'tool-classes-complete': [
    { extensions: { policies: policies(KC1, KC3) } },
    { extensions: { policies: policies(KC3, KC1, KC2) } },
    'KC1, KC3',
  ],
  'authority-class-as-policy': [
    { extensions: { policies: policies(KC1, '1.2.643.100.114.2') } },
    { extensions: { policies: policies(KC1) } },
    '1.2.643.100.114.2',
  ],
  'subject-sign-tool-present': [{ extensions: { subjectSignTool: null } }, {}, 'absent'],
  'subject-sign-tool-form': [
    { extensions: { subjectSignTool: utf8('я'.repeat(201)) } },
    { extensions: { subjectSignTool: utf8('я'.repeat(200)) } },
    'subjectSignTool: 201 characters',
  ],
  'issuer-sign-tool-present': [{ extensions: { issuerSignTool: null } }, {}, 'absent'],
  'issuer-sign-tool-form': [
    { extensions: { issuerSignTool: tools(...short, utf8('я'.repeat(101))) } },
    { extensions: { issuerSignTool: tools(...short, utf8('я'.repeat(100))) } },
    'cAToolCert: 101 characters',
  ],
  'identification-kind-present': [
    { extensions: { identificationKind: null } },
    { extensions: { identificationKind: null }, notBefore: Date.UTC(2021, 11, 31, 23, 59, 59) },
    'absent',
  ],
  'identification-kind-known': [
    { extensions: { identificationKind: integer(4) } },
    { extensions: { identificationKind: integer(3) } },
    '4',
  ],
  'key-usage-present': [{ extensions: { keyUsage: null } }, {}, 'absent'],
  'key-usage-signs': [
    { extensions: { keyUsage: bits(0x30, 4) } },
    { extensions: { keyUsage: bits(0x40, 6) } },
    'keyEncipherment, dataEncipherment',
  ],
  'key-usage-no-authority': [
    { extensions: { keyUsage: bits(0x86, 1) } },
    { extensions: { keyUsage: bits(0xf8, 3) } },
    'keyCertSign, cRLSign',
  ],
  'key-usage-critical': [{ keyUsageIsCritical: false }, {}, 'not critical'],
  'subject-no-authority': [
    { extensions: { basicConstraints: encodeSequence(encode(tag.boolean, Uint8Array.of(0xff))) } },
    { extensions: { basicConstraints: encodeSequence() } },
    'basicConstraints: cA',
  ],
  'extended-key-usage-sign-in': [
    { extensions: { extendedKeyUsage: purposes('1.3.6.1.5.5.7.3.8') } },
    { extensions: { extendedKeyUsage: purposes('1.3.6.1.5.5.7.3.8', '1.3.6.1.5.5.7.3.4') } },
    '1.3.6.1.5.5.7.3.8',
  ],
  'key-period-form': [
    { extensions: { keyPeriod: keyPeriod('20260101000000Z', undefined) } },
    { extensions: { keyPeriod: keyPeriod('20260101000000.876Z', '20270301000000Z') } },
    'one end is missing',
  ],
  'key-period-within-term': [
    { extensions: { keyPeriod: keyPeriod('20200101000000Z', '20251231235959Z') } },
    { extensions: { keyPeriod: keyPeriod('20200101000000Z', '20260101000000Z') } },
    'ends before the certificate begins',
  ],
  'key-period-shorter': [
    { extensions: { keyPeriod: keyPeriod('20260101000000Z', '20270227235959Z') } },
    { extensions: { keyPeriod: keyPeriod('20260101000000Z', '20270228000000Z') } },
    'ends before the certificate does',
  ],
  'authority-key-identifier-present': [{ extensions: { authorityKey: null } }, {}, 'absent'],
  'revocation-source-named': [
    { extensions: { revocationLists: listAt('ldap://ca.test/1') } },
    { extensions: { revocationLists: listAt('HTTP://ca.test/1.crl') } },
    'neither list nor answerer',
  ],
  'subject-identifiers-valid': [
    { subject: [...without(legalEntity, 'ogrn'), ['ogrn', '1027700132194']] },
    { subject: [...without(legalEntity, 'innLegalEntity', 'inn'), ['inn', '007707083893']] },
    'ogrn: identifier-check-digits',
  ],
  'common-name-present': [{ subject: without(legalEntity, 'commonName') }, {}, 'commonName'],
  'organisation-identified': [
    { subject: without(legalEntity, 'innLegalEntity', 'inn') },
    { subject: [...without(legalEntity, 'innLegalEntity', 'inn'), ['inn', '007707083893']] },
    'innLegalEntity',
  ],
  'organisation-named': [
    { subject: without(legalEntity, 'organisation') },
    { subject: naturalPerson },
    'organisation',
  ],
  'place-named': [{ subject: without(legalEntity, 'street') }, { subject: naturalPerson }, 'street'],
  'entrepreneur-identified': [{ subject: without(entrepreneur, 'inn') }, { subject: entrepreneur }, 'inn'],
  'person-named': [
    { subject: without(legalEntity, 'givenName') },
    { subject: [...place, ...organisation] },
    'givenName',
  ],
  'person-identified': [
    { subject: without(legalEntity, 'snils') },
    { subject: [...place, ...organisation] },
    'snils',
  ],
  'person-inn-present': [
    { subject: without(legalEntity, 'inn') },
    { subject: [...without(legalEntity, 'innLegalEntity', 'inn'), ['inn', '007707083893']] },
    'inn',
  ],
  'person-without-organisation': [
    { subject: [...naturalPerson, ['title', 'Инженер']] },
    { subject: legalEntity },
    'title',
  ],
  'own-inn-attribute': [
    {
      subject: [
        ...place,
        ...without(organisation, 'innLegalEntity'),
        ...without(person, 'inn'),
        ['inn', '007707083893'],
      ],
    },
    {
      subject: [
        ...place,
        ...without(organisation, 'innLegalEntity'),
        ...without(person, 'inn'),
        ['inn', '007707083893'],
      ],
      notBefore: Date.UTC(2021, 11, 31),
    },
    'INN padded with zeros',
  ],
  'issuer-identified': [
    {
      issuer: [
        ['commonName', 'УЦ'],
        ['ogrn', '1047707030513'],
      ],
    },
    {
      issuer: [
        ['commonName', 'УЦ'],
        ['ogrn', '1047707030513'],
        ['inn', '007707329152'],
      ],
    },
    'innLegalEntity',
  ],
  'organisation-issuer': [
    { issuer: [...without(issuerName, 'ogrn'), ['ogrn', '1027700132195']] },
    { issuer: [...without(issuerName, 'ogrn'), ['ogrn', '1027700132195']], subject: naturalPerson },
    'issuer with OGRN 1027700132195',
  ],
  'identifiers-numeric': [
    { subject: [...without(legalEntity, 'ogrn'), ['ogrn', '1027700132195', tag.utf8String]] },
    {},
    'ogrn',
  ],
  'names-utf8': [
    { subject: [...without(legalEntity, 'commonName'), ['commonName', 'ООО «Ромашка»', tag.bmpString]] },
    { subject: [...legalEntity, ['email', 'a@b.test', tag.ia5String]] },
    'commonName',
  ],
  'country-code': [
    { subject: [...without(legalEntity, 'country'), ['country', 'Россия']] },
    { subject: [...without(legalEntity, 'country'), ['country', 'KZ', tag.printableString]] },
    'not a country code',
  ],
  'email-ascii': [
    { subject: [...legalEntity, ['email', 'почта@пример.рф']] },
    { subject: [...legalEntity, ['email', 'a@b.test', tag.ia5String]] },
    'email',
  ],
  'names-within-bounds': [
    { subject: [...without(legalEntity, 'organisation'), ['organisation', 'я'.repeat(65)]] },
    { subject: [...without(legalEntity, 'organisation'), ['organisation', 'я'.repeat(64)]] },
    'organisation',
  ],
  'names-single-valued': [
    { subject: legalEntity, joinsNames: true },
    { subject: legalEntity },
    'country, state',
  ],
  'key-algorithm': [{}, { keyAlgorithm: '1.2.643.7.1.1.1.1' }, '1.2.840.113549.1.1.1'],
  'attributes-once': [
    { subject: [...legalEntity, ['organisationalUnit', 'а'], ['organisationalUnit', 'б']] },
    { subject: [...legalEntity, ['organisationalUnit', 'а']] },
    'organisationalUnit',
  ],
};

function listAt(address: string): Uint8Array {
  const name = encode(0x86, Buffer.from(address));
  return encodeSequence(encodeSequence(encode(0xa0, encode(0xa0, name))));
}

function evidenceOf(id: string, changes: Changes): string | undefined {
  const findings = examineProfile(profiled(changes), {
    role: 'subscriber',
    at,
    organisationIssuers: stateOrganisationIssuers,
  });
  return findings.find(({ rule }) => rule === id)?.evidence;
}

describe('rules of the qualified profile', () => {
  it.each([
    ['a legal entity', legalEntity],
    ['an entrepreneur', entrepreneur],
    ['a natural person', naturalPerson],
    ['a seal', [...place, ...organisation]],
  ] as const)('find nothing but the key’s algorithm in a certificate of %s', (_, subject) => {
    const findings = examineProfile(profiled({ subject }), {
      role: 'subscriber',
      at,
      organisationIssuers: stateOrganisationIssuers,
    });
    expect(findings.map(({ rule }) => rule)).toEqual(['key-algorithm']);
  });

  it.each(Object.entries(cases))('%s is broken, and just kept', (id, [breaks, keeps, evidence]) => {
    expect(evidenceOf(id, breaks)).toBe(evidence);
    expect(evidenceOf(id, keeps)).toBeUndefined();
  });

  it.each([
    ['issuerSignTool of three texts', { issuerSignTool: tools(...short) }, 'issuer-sign-tool-form'],
    ['subjectSignTool that is no text', { subjectSignTool: integer(1) }, 'subject-sign-tool-form'],
    ['policies that are no list', { policies: integer(1) }, 'tool-class-named'],
  ] as const)('count %s as a breach', (_, extensions, id) => {
    expect(evidenceOf(id, { extensions })).toBeDefined();
  });

  it('count the moment of judgement for organisations of commercial authorities: until 1 September 2024', () => {
    const certificate = profiled({
      issuer: [
        ['commonName', 'УЦ'],
        ['ogrn', '1027700132195'],
      ],
    });
    const rulesAt = (moment: number) =>
      examineProfile(certificate, {
        role: 'subscriber',
        at: moment,
        organisationIssuers: stateOrganisationIssuers,
      }).map(({ rule }) => rule);
    expect(rulesAt(Date.parse('2024-08-31T23:59:59+03:00'))).not.toContain('organisation-issuer');
    expect(rulesAt(Date.parse('2024-09-01T00:00:00+03:00'))).toContain('organisation-issuer');
  });

  it('have one id each, with a source and a name in both languages', () => {
    const ids = profileRules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, source } of profileRules) {
      expect(source.length, id).toBeGreaterThan(5);
      expect(nameOf(id, 'en'), id).not.toBe(id);
      expect(nameOf(id, 'ru'), id).not.toBe(id);
    }
  });

  it('have a case each', () => {
    const tested = Object.keys(cases);
    expect(tested.toSorted()).toEqual(profileRules.map(({ id }) => id).toSorted());
  });
});
