import { expect, it } from 'vitest';
import { createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { Budget } from '../../src/budget/budget.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { excerptOf, recallTrust, trustExcerptSchema } from '../../src/evidence/trust-excerpt.ts';
import { findPath } from '../../src/path/find.ts';
import { profiles } from '../../src/path/profile.ts';
import type { TrustList } from '../../src/trust-list/list.ts';
import { noPins } from '../../src/trust-list/pin.ts';
import { trustViewOf } from '../../src/trust-list/view.ts';
import { simpleChain } from '../path/certificates.ts';

const day = 86_400_000;
const now = Date.now();

it('an excerpt holds of a list what one certificate needs and nothing else, and answers as the list did', async () => {
  const mine = await createAuthority({ algorithm: 'ecdsa-p256', at: now - 100 * day });
  const others = simpleChain();
  const own = [mine.accredited, mine.root].map(({ certificate }) => parseCertificate(certificate));
  const authorities = [own, [others.middle, others.root]].map((certificates, at) => ({
    name: `Authority ${at}`,
    inn: undefined,
    ogrn: `102770013219${at}`,
    registryNumber: undefined,
    successor: undefined,
    statuses: [
      { status: 'accredited' as const, word: 'Действует', since: now - 90 * day },
      { status: 'suspended' as const, word: 'Приостановлена', since: now - day },
    ],
    keys: certificates.map((certificate) => ({
      toolClass: undefined,
      crlAddresses: [],
      certificates: [certificate],
    })),
  }));
  const list: TrustList = { version: 7, date: now - day, authorities, oddities: [] };
  const roots = new Map([own[1]!, others.root].map(({ sha256 }) => [sha256, 'root']));
  const view = trustViewOf(list, { ...noPins, roots });
  const { certificate } = await mine.issue({
    subscriber: sampleSubscriber('legal-entity'),
    notBefore: now - day,
  });
  const target = parseCertificate(certificate);

  const excerpt = excerptOf(view, target, []);
  expect(excerptOf(view, target, [])).toBe(excerpt);
  const parsed = trustExcerptSchema.parse(JSON.parse(excerpt.json));
  expect(parsed.listed.map(({ name }) => name)).toEqual(['Authority 0']);
  expect(excerpt.certificates.size).toBe(2);

  const recalled = recallTrust(parsed, (sha256) => excerpt.certificates.get(sha256)!);
  expect(recalled.list).toEqual({ version: 7, date: list.date });
  const { anchors, intermediates } = recalled;
  const path = findPath({
    target,
    pool: [],
    anchors,
    intermediates,
    at: now,
    profile: profiles.rfc5280,
    budget: new Budget(),
  });
  const key = path.issuers[0].publicKey;
  for (const at of [now - 95 * day, now - 50 * day, now]) {
    expect(recalled.accreditation.find(key, at)).toEqual(view.accreditation.find(key, at));
  }
});
