import { beforeAll, describe, expect, it } from 'vitest';
import { Budget } from '../../src/budget/budget.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { findPath } from '../../src/path/find.ts';
import { profiles } from '../../src/path/profile.ts';
import { subjectOf } from '../../src/subject/subject.ts';
import type { TrustList } from '../../src/trust-list/list.ts';
import { readPins } from '../../src/trust-list/pin.ts';
import { readTrustList } from '../../src/trust-list/read.ts';
import { openSignedList } from '../../src/trust-list/signed-list.ts';
import { type TrustView, trustViewOf } from '../../src/trust-list/view.ts';
import { type ListEntry, writeTrustList } from '../authority/trust-list.ts';
import { russianCertificates } from '../russian-ca.ts';
import { createMinistry, day, signList, start } from './authority.ts';

// The real certificates of the state's list, put back into the form of the list, whose own file is not public.
const { octets, reason, note } = russianCertificates;
const parsed = octets.map((der) => parseCertificate(der));
const at = Date.UTC(2026, 6, 23);

function entriesOf(all: readonly Certificate[]): readonly ListEntry[] {
  const byOwner = Map.groupBy(all, (certificate) => subjectOf(certificate).ogrn ?? '');
  return [...byOwner].map(([ogrn, own]) => ({
    name: own[0]!.subject.toString(),
    inn: subjectOf(own[0]!).organisationInn ?? '',
    ogrn,
    status: { status: 'Действует', since: start - 5000 * day },
    keys: own.map(({ der }) => [der]),
  }));
}

describe.skipIf(reason)(`a list of the real certificates${note}`, () => {
  let document: string;
  let list: TrustList;
  let view: TrustView;

  beforeAll(() => {
    document = writeTrustList({ version: 16_314, date: at, authorities: entriesOf(parsed) });
    list = readTrustList(Buffer.from(document));
    view = trustViewOf(list, readPins());
  });

  it('is read without anything odd', () => {
    expect(list.oddities).toEqual([]);
    const read = list.authorities.flatMap(({ keys }) => keys.flatMap((key) => key.certificates));
    expect(new Set(read.map(({ sha256 }) => sha256))).toEqual(new Set(parsed.map(({ sha256 }) => sha256)));
  });

  it('gives the pinned roots as anchors, and they alone', () => {
    const anchors = view.anchors.anchors.map(({ certificate }) => certificate?.sha256 ?? '');
    expect(anchors.toSorted()).toEqual([...readPins().roots.keys()].toSorted());
  });

  it('answers for every key of it', () => {
    for (const { publicKey } of parsed)
      expect(view.accreditation.find(publicKey, at).state).toBe('accredited');
    const keys = new Set(parsed.map(({ publicKey }) => Buffer.from(publicKey.der).toString('hex')));
    expect(view.accreditation.size).toBe(keys.size);
  });

  it('gives paths to authorities of the present algorithms', () => {
    const present = parsed.filter(
      ({ publicKey, notAfter, notBefore, isSelfIssued }) =>
        publicKey.algorithm.oid === '1.2.643.7.1.1.1.1' && notBefore <= at && notAfter >= at && !isSelfIssued,
    );
    const found = present.slice(0, 50).filter((target) => {
      const { anchors, intermediates } = view;
      const profile = { ...profiles.rfc5280, acceptsAuthorityAsTarget: true };
      try {
        findPath({ target, pool: [], intermediates, anchors, at, profile, budget: new Budget() });
        return true;
      } catch {
        return false;
      }
    });
    expect(found).toHaveLength(Math.min(50, present.length));
  });

  it('is refused when somebody else than the ministry signs it, though it brings the real roots', async () => {
    const signed = await signList(await createMinistry(), document);
    expect(() => openSignedList(signed, { pins: readPins(), known: [] }, at)).toThrow(
      expect.objectContaining({ code: 'trust_list_untrusted' }) as Error,
    );
  });
});
