import { beforeAll, describe, expect, it } from 'vitest';
import type { CertificateOrder } from '../../src/authority/order.ts';
import type { Subscriber } from '../../src/authority/subscriber.ts';
import { Budget } from '../../src/budget/budget.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { isFailure, type SealgateError } from '../../src/error.ts';
import { explain } from '../../src/failure/explain.ts';
import { identityOf, personOf } from '../../src/organisation/identity.ts';
import { findPath } from '../../src/path/find.ts';
import { profiles } from '../../src/path/profile.ts';
import type { ValidPath } from '../../src/path/validation.ts';
import { type QualificationPolicy, qualify, signInQualification } from '../../src/qualified/qualify.ts';
import { Checks } from '../../src/report/check.ts';
import { readTrustList } from '../../src/trust-list/read.ts';
import { noLocalTrust, type TrustView, trustViewOf } from '../../src/trust-list/view.ts';
import type { ListedStatus } from '../authority/trust-list.ts';
import { writeTrustList } from '../authority/trust-list.ts';
import {
  createMinistry,
  day,
  entryOf,
  type Ministry,
  ministryEntry,
  start,
} from '../trust-list/authority.ts';

const at = start + 10 * day;
const organisation = { name: 'ООО «Ромашка»', inn: '7707083893', ogrn: '1027700132195' };
const person = {
  surname: 'Иванова',
  givenName: 'Мария Петровна',
  title: 'Генеральный директор',
  snils: '11223344595',
  inn: '500100732259',
};
const head: Subscriber = { kind: 'legal-entity', organisation, person };
const subscribers: Readonly<Record<string, Subscriber>> = {
  'legal entity': head,
  seal: { kind: 'seal', organisation },
  entrepreneur: { kind: 'entrepreneur', person, ogrnip: '304500116000157' },
  'natural person': { kind: 'natural-person', person },
  employee: { kind: 'employee', organisation, person },
};
/** The test authority may issue to organisations. */
const policy: QualificationPolicy = {
  ...signInQualification,
  organisationIssuers: new Set(['1259900000029']),
};

let ministry: Ministry;
beforeAll(async () => {
  ministry = await createMinistry();
});

function viewOf(status: ListedStatus, history: readonly ListedStatus[] = [], date = at): TrustView {
  const authorities = [ministryEntry(ministry), entryOf(ministry, { status, history })];
  const list = readTrustList(Buffer.from(writeTrustList({ version: 1, date, authorities })));
  return trustViewOf(list, ministry.pins);
}

const accredited: ListedStatus = { status: 'Действует', since: start };

async function pathOf(order: CertificateOrder, view = viewOf(accredited), moment = at): Promise<ValidPath> {
  const { certificate } = await ministry.authority.issue({ notBefore: start, ...order });
  return findPath({
    target: parseCertificate(certificate),
    pool: [],
    intermediates: view.intermediates,
    anchors: view.anchors,
    at: moment,
    profile: profiles['qualified-gost'],
    budget: new Budget(),
  });
}

function failureOf(work: () => unknown): SealgateError {
  try {
    work();
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('qualify', () => {
  it.each(Object.entries(subscribers))('accepts the certificate of a %s', async (_, subscriber) => {
    const checks = new Checks();
    const qualified = qualify(await pathOf({ subscriber }), viewOf(accredited), policy, checks);
    expect(qualified).toMatchObject({
      toolClass: 'KC2',
      acr: 'urn:oid:1.2.643.100.113.2',
      identification: 0,
      authority: { ogrn: '1259900000029', source: 'list' },
    });
    expect(checks.list.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(
      expect.arrayContaining([
        'qualification.accreditation passed',
        'qualification.profile passed',
        'qualification.tool-class passed',
      ]),
    );
  });

  it.each(['legal entity', 'employee'])('accepts the old form of a %s, and warns of it', async (name) => {
    const checks = new Checks();
    const path = await pathOf({ subscriber: subscribers[name]!, form: 'padded-inn' });
    qualify(path, viewOf(accredited), policy, checks);
    const warned = checks.list
      .filter(({ outcome }) => outcome === 'warning')
      .map(({ details }) => details?.rule);
    expect(warned).toContain('own-inn-attribute');
    expect(identityOf(path, checks, false)).toMatchObject({ inn: '7707083893', form: 'padded-inn' });
  });

  it('leads to the identity of organisation or person', async () => {
    const identity = (path: ValidPath) => identityOf(path, new Checks(), false);
    expect(identity(await pathOf({ subscriber: head }))).toMatchObject({
      kind: 'legal-entity',
      inn: '7707083893',
      ogrn: '1027700132195',
      signer: { snils: '11223344595' },
    });
    expect(identity(await pathOf({ subscriber: subscribers.entrepreneur! })).kind).toBe('entrepreneur');
    const natural = await pathOf({ subscriber: subscribers['natural person']! });
    expect(failureOf(() => identity(natural)).code).toBe('organisation_missing');
    expect(personOf(natural.certificates[0]).inn).toBe('500100732259');
    const seal = await pathOf({ subscriber: subscribers.seal! });
    expect(failureOf(() => identity(seal)).code).toBe('signer_unnamed');
  });

  describe('asks the list', () => {
    const ended = { status: 'Прекращена', since: start + 5 * day };

    it('refuses an issuer that no list names', async () => {
      const view = trustViewOf(
        readTrustList(
          Buffer.from(writeTrustList({ version: 1, date: at, authorities: [ministryEntry(ministry)] })),
        ),
        ministry.pins,
      );
      const path = await pathOf({ subscriber: head });
      expect(failureOf(() => qualify(path, view, policy)).code).toBe('authority_not_accredited');
    });

    it('refuses an issuer that became accredited only after it had issued', async () => {
      const view = viewOf({ status: 'Действует', since: start + 2 * day });
      const path = await pathOf({ subscriber: head, notBefore: start + day });
      expect(failureOf(() => qualify(path, view, policy)).code).toBe('authority_not_accredited');
    });

    it('refuses a certificate that was issued after the end of accreditation, and says when that was', async () => {
      const view = viewOf(ended, [accredited]);
      const path = await pathOf({ subscriber: head, notBefore: start + 6 * day });
      const failure = failureOf(() => qualify(path, view, policy));
      expect(failure).toMatchObject({
        code: 'authority_accreditation_ended',
        details: { endedAt: new Date(start + 5 * day), issuedAt: new Date(start + 6 * day) },
      });
      expect(explain(failure.code, failure.details, 'ru').cause).toContain('2026');
    });

    it('refuses one issued before the end, when it is used after it', async () => {
      const view = viewOf(ended, [accredited]);
      const order = { subscriber: head, notBefore: start + day };
      const after = await pathOf(order);
      expect(failureOf(() => qualify(after, view, policy)).code).toBe('authority_accreditation_ended');
      const before = await pathOf(order, view, start + 4 * day);
      expect(qualify(before, view, policy).toolClass).toBe('KC2');
    });

    it.each(['Приостановлена', 'Аннулирована', 'Иное'])(
      'refuses an issuer with the standing %s',
      async (status) => {
        const view = viewOf({ status, since: start + 5 * day }, [accredited]);
        const path = await pathOf({ subscriber: head });
        expect(failureOf(() => qualify(path, view, policy)).code).toBe('authority_accreditation_ended');
      },
    );

    it('cannot say anything by a list that is too old, or by none', async () => {
      const path = await pathOf({ subscriber: head });
      const old = viewOf(accredited, [], at - policy.longestListAge - 1);
      expect(failureOf(() => qualify(path, old, policy)).code).toBe('trust_list_unavailable');
      const none = trustViewOf(undefined, ministry.pins);
      expect(failureOf(() => qualify(path, none, policy)).code).toBe('trust_list_unavailable');
      expect(qualify(path, viewOf(accredited, [], at - policy.longestListAge), policy).toolClass).toBe('KC2');
    });

    it('accepts an authority of the operator’s own without any list, in its term only', async () => {
      const certificate = parseCertificate(ministry.authority.accredited.certificate);
      const own = { certificate, purposes: new Set(['sign-in'] as const), validFrom: start, validUntil: at };
      const view = trustViewOf(undefined, ministry.pins, { ...noLocalTrust, authorities: [own] });
      const path = await pathOf({ subscriber: head });
      // Nobody asks an operator's authority whether it may issue to organisations.
      expect(qualify(path, view, signInQualification).authority.source).toBe('operator');
      const later = await pathOf({ subscriber: head }, viewOf(accredited), at + 1);
      expect(failureOf(() => qualify(later, view, policy)).code).toBe('trust_list_unavailable');
      const closed = trustViewOf(undefined, ministry.pins, {
        ...noLocalTrust,
        authorities: [{ ...own, purposes: new Set(['documents'] as const) }],
      });
      expect(failureOf(() => qualify(path, closed, policy)).code).toBe('trust_list_unavailable');
    });
  });

  it('refuses an organisation’s certificate of a commercial authority, and not a person’s', async () => {
    const view = viewOf(accredited);
    const path = await pathOf({ subscriber: head });
    const failure = failureOf(() => qualify(path, view, signInQualification));
    expect(failure).toMatchObject({
      code: 'certificate_not_qualified',
      details: { missing: ['organisation-issuer'] },
    });
    expect(explain(failure.code, failure.details, 'ru').cause).toContain('ФНС');
    const natural = await pathOf({ subscriber: subscribers['natural person']! });
    expect(qualify(natural, view, signInQualification).toolClass).toBe('KC2');
  });

  it.each([
    ['policies', { policies: false }, 'tool-class-named'],
    ['the owner’s tool', { subjectSignTool: false }, 'subject-sign-tool-present'],
    ['the issuer’s tools', { issuerSignTool: false }, 'issuer-sign-tool-present'],
    ['the kind of identification', { identificationKind: false }, 'identification-kind-present'],
  ] as const)('refuses a certificate without %s, and names it', async (_, profile, rule) => {
    const path = await pathOf({ subscriber: head, profile });
    const checks = new Checks();
    const failure = failureOf(() => qualify(path, viewOf(accredited), policy, checks));
    expect(failure).toMatchObject({ code: 'certificate_not_qualified', details: { missing: [rule] } });
    expect(checks.list.at(-1)).toMatchObject({ name: 'qualification.profile', outcome: 'failed' });
  });

  it('refuses a class below the one asked for, and accepts that one', async () => {
    const path = await pathOf({ subscriber: head, toolClass: 'KC2' });
    const asking = (minimumClass: QualificationPolicy['minimumClass']) => ({ ...policy, minimumClass });
    expect(failureOf(() => qualify(path, viewOf(accredited), asking('KC3')))).toMatchObject({
      code: 'assurance_too_low',
      details: { found: 'KC2', required: 'KC3' },
    });
    expect(qualify(path, viewOf(accredited), asking('KC2')).toolClass).toBe('KC2');
  });
});
