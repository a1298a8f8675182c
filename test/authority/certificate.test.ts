import { Certificate as PkijsCertificate } from 'pkijs';
import { afterAll, describe, expect, it } from 'vitest';
import { tag } from '../../src/asn1/tag.ts';
import { createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { extendedKeyUsage, keyUsage, purposeOids } from '../../src/certificate/constraints.ts';
import { attributeOids } from '../../src/certificate/name.ts';
import { certificatePolicies } from '../../src/certificate/policy.ts';
import { privateKeyUsagePeriod } from '../../src/certificate/private-key-usage-period.ts';
import { subjectOf } from '../../src/subject/subject.ts';
import { crypto } from '../../src/webcrypto/crypto.ts';
import { engine } from '../../src/webcrypto/pkijs-engine.ts';
import { X509Certificate } from '../../src/webcrypto/x509.ts';
import { judgedKinds } from './kinds.ts';
import { Openssl } from './openssl.ts';

const openssl = new Openssl();
afterAll(() => openssl.close());

const subscriberKinds = ['legal-entity', 'employee', 'seal', 'entrepreneur', 'natural-person'] as const;

describe.each(judgedKinds)('authority on $kind', ({ kind, skip }) => {
  it.skipIf(skip)(
    `every kind of certificate is accepted by OpenSSL, pkijs and @peculiar/x509${skip ? ` (skipped: ${skip})` : ''}`,
    async () => {
      const authority = await createAuthority({ algorithm: kind });
      const root = openssl.writeCertificates('root.pem', authority.root.certificate);
      const issuer = openssl.writeCertificates('issuer.pem', authority.accredited.certificate);
      for (const subscriber of subscriberKinds) {
        const { certificate } = await authority.issue({ subscriber: sampleSubscriber(subscriber) });
        const file = openssl.writeCertificates('subscriber.pem', certificate);
        const verdict = await openssl.run(
          'verify',
          '-x509_strict',
          '-CAfile',
          root,
          '-untrusted',
          issuer,
          file,
        );
        expect(verdict).toEqual({ passed: true, text: `${file}: OK\n` });

        const byPkijs = PkijsCertificate.fromBER(certificate);
        const issuerByPkijs = PkijsCertificate.fromBER(authority.accredited.certificate);
        expect(await byPkijs.verify(issuerByPkijs, engine)).toBe(true);

        const byX509 = new X509Certificate(certificate);
        const issuerByX509 = new X509Certificate(authority.accredited.certificate);
        expect(await byX509.verify({ publicKey: issuerByX509.publicKey, signatureOnly: true }, crypto)).toBe(
          true,
        );
        expect(Buffer.from(byX509.publicKey.rawData)).toEqual(
          Buffer.from(parseCertificate(certificate).publicKey.der),
        );
      }
    },
  );
});

describe('profile', () => {
  const authority = createAuthority({ at: Date.UTC(2026, 0, 1), now: () => Date.UTC(2026, 5, 1) });

  it('a legal entity has the head, both numbers and NumericString where the standard asks for it', async () => {
    const { certificate } = await (await authority).issue({ subscriber: sampleSubscriber('legal-entity') });
    const parsed = parseCertificate(certificate);
    expect(subjectOf(parsed)).toMatchObject({
      kind: 'legal-entity',
      form: 'current',
      organisationInn: '9901001013',
      ogrn: '1259901001018',
      personInn: '990100101149',
      snils: '90000010185',
      organisation: 'ООО «Северный ветер»',
      title: 'Генеральный директор',
      flaws: [],
    });
    for (const type of [
      attributeOids.inn,
      attributeOids.innLegalEntity,
      attributeOids.ogrn,
      attributeOids.snils,
    ]) {
      expect(parsed.subject.all(type).map((attribute) => attribute.tag)).toEqual([tag.numericString]);
    }
    expect(parsed.subject.all(attributeOids.country)[0]?.tag).toBe(tag.printableString);
    expect(parsed.subject.all(attributeOids.email)[0]?.tag).toBe(tag.ia5String);
    expect(parsed.subject.all(attributeOids.organisation)[0]?.tag).toBe(tag.utf8String);
  });

  it('in the form of before 2022 the organisation’s number stands padded in the place of the person’s', async () => {
    const order = { subscriber: sampleSubscriber('employee'), form: 'padded-inn' } as const;
    const { certificate } = await (await authority).issue(order);
    const parsed = parseCertificate(certificate);
    expect(parsed.subject.text(attributeOids.inn)).toBe('009901002024');
    expect(parsed.subject.all(attributeOids.innLegalEntity)).toEqual([]);
    expect(subjectOf(parsed)).toMatchObject({ form: 'padded-inn', organisationInn: '9901002024', flaws: [] });
  });

  it.each([
    ['seal', 'seal'],
    ['entrepreneur', 'entrepreneur'],
    ['natural-person', 'person'],
  ] as const)('%s is told from the others', async (kind, expected) => {
    const { certificate } = await (await authority).issue({ subscriber: sampleSubscriber(kind) });
    expect(subjectOf(parseCertificate(certificate))).toMatchObject({ kind: expected, flaws: [] });
  });

  it('a class brings all classes below it', async () => {
    const order = { subscriber: sampleSubscriber('legal-entity'), toolClass: 'KC3' } as const;
    const parsed = parseCertificate((await (await authority).issue(order)).certificate);
    expect(parsed.extension(certificatePolicies)?.map(({ policy }) => policy)).toEqual([
      '1.2.643.100.113.1',
      '1.2.643.100.113.2',
      '1.2.643.100.113.3',
    ]);
  });

  it('key usage, purposes and the key’s own period are those of real certificates', async () => {
    const { certificate } = await (await authority).issue({ subscriber: sampleSubscriber('legal-entity') });
    const parsed = parseCertificate(certificate);
    expect([...(parsed.extension(keyUsage) ?? [])]).toEqual([
      'digitalSignature',
      'nonRepudiation',
      'keyEncipherment',
      'dataEncipherment',
      'keyAgreement',
    ]);
    expect([...(parsed.extension(extendedKeyUsage) ?? [])]).toEqual([
      purposeOids.clientAuth,
      purposeOids.emailProtection,
    ]);
    expect(parsed.notBefore).toBe(Date.UTC(2026, 5, 1));
    expect(parsed.notAfter).toBe(Date.UTC(2027, 8, 1));
    const { notBefore, notAfter } = parsed;
    expect(parsed.extension(privateKeyUsagePeriod)).toEqual({ notBefore, notAfter });
  });

  it('a profile can be departed from field by field', async () => {
    const { certificate } = await (await authority).issue({
      subscriber: sampleSubscriber('legal-entity'),
      notBefore: Date.UTC(2020, 0, 1),
      notAfter: Date.UTC(2021, 0, 1),
      profile: { policies: false, keyUsage: ['keyAgreement'], extendedKeyUsage: false, crlUrls: false },
    });
    const parsed = parseCertificate(certificate);
    expect(parsed.notAfter).toBe(Date.UTC(2021, 0, 1));
    expect(parsed.extension(certificatePolicies)).toBeUndefined();
    expect([...(parsed.extension(keyUsage) ?? [])]).toEqual(['keyAgreement']);
    expect(parsed.extension(extendedKeyUsage)).toBeUndefined();
    expect(parsed.fields.extensions.has('2.5.29.31')).toBe(false);
  });

  it('times from 2050 on are GeneralizedTime', async () => {
    const notAfter = Date.UTC(2050, 0, 1);
    const { certificate } = await (await authority).issue({ subscriber: sampleSubscriber('seal'), notAfter });
    expect(parseCertificate(certificate).notAfter).toBe(notAfter);
    expect(Buffer.from(certificate).includes('20500101000000Z')).toBe(true);
  });

  it('a further authority below the accredited one issues certificates that chain to the root', async () => {
    const made = await authority;
    const below = await made.createSubordinate({
      slug: 'branch',
      parent: made.accredited,
      profile: { pathLength: 0 },
    });
    const { certificate, chain } = await below.issue({ subscriber: sampleSubscriber('entrepreneur') });
    expect(chain).toEqual([below.certificate, made.accredited.certificate, made.root.certificate]);
    expect(parseCertificate(certificate).issuer.der).toEqual(parseCertificate(below.certificate).subject.der);
  });
});
