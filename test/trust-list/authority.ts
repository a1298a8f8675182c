import { type Authority, type AuthorityOptions, createAuthority } from '../../src/authority/authority.ts';
import type { IssuedCertificate, Issuer } from '../../src/authority/issuer.ts';
import type { KeyKind } from '../../src/authority/key.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { attributeOids } from '../../src/certificate/name.ts';
import type { Pins } from '../../src/trust-list/pin.ts';
import type { CanonicalForm } from '../../src/xml/canonical.ts';
import { type ListEntry, type ListOrder, signXml, writeTrustList } from '../authority/trust-list.ts';

/** Begin of everything here. */
export const start: number = Date.UTC(2026, 0, 1);
export const day = 86_400_000;

/** A ministry with its authority: it signs lists, and its OGRN is pinned. */
export interface Ministry {
  readonly authority: Authority;
  readonly signer: IssuedCertificate;
  readonly pins: Pins;
}

const ogrn = '1047702026701';

/** A ministry of its own; `algorithm` is that of all keys. It serves its lists where `serve` says so. */
export async function createMinistry(
  algorithm: KeyKind = 'ecdsa-p256',
  serving: Pick<AuthorityOptions, 'serve' | 'now'> = {},
): Promise<Ministry> {
  const authority = await createAuthority({ algorithm, at: start, now: () => start, ...serving });
  const signer = await issueSigner(authority.accredited);
  const pins: Pins = {
    roots: new Map([[parseCertificate(authority.root.certificate).sha256, 'test root']]),
    signerOgrns: new Set([ogrn]),
    signerFingerprints: new Set(),
  };
  return { authority, signer, pins };
}

/** A certificate of the ministry to sign lists with, issued by one of its authorities. */
export function issueSigner(issuer: Issuer): Promise<IssuedCertificate> {
  return issuer.issue({
    subject: [
      { type: attributeOids.commonName, value: 'Минцифры России' },
      { type: attributeOids.organisation, value: 'Минцифры России' },
      { type: attributeOids.ogrn, value: ogrn },
      { type: attributeOids.innLegalEntity, value: '7710474375' },
    ],
    purpose: 'seal',
    notBefore: start,
    notAfter: start + 1000 * day,
  });
}

/** An entry for the ministry itself, with its root. */
export function ministryEntry({ authority }: Ministry): ListEntry {
  return {
    name: 'Испытательное министерство',
    inn: '9900000017',
    ogrn: '1259900000018',
    status: { status: 'Действует', since: start },
    keys: [[authority.root.certificate]],
  };
}

/** An entry for the ministry's accredited authority. */
export function entryOf({ authority }: Ministry, changes: Partial<ListEntry> = {}): ListEntry {
  return {
    name: 'ООО «Удостоверяющий центр» & «Ко»',
    inn: '9900000024',
    ogrn: '1259900000029',
    status: { status: 'Действует', since: start },
    keys: [[authority.accredited.certificate]],
    crlAddresses: [authority.accredited.crlUrl],
    ...changes,
  };
}

/** A signed list. */
export async function makeList(
  ministry: Ministry,
  changes: Partial<ListOrder> = {},
  form?: CanonicalForm,
): Promise<Uint8Array> {
  const order: ListOrder = {
    version: 100,
    date: start + day,
    authorities: [ministryEntry(ministry), entryOf(ministry)],
    ...changes,
  };
  return signList(ministry, writeTrustList(order), form);
}

/** Signs any document as the ministry. */
export function signList({ signer }: Ministry, document: string, form?: CanonicalForm): Promise<Uint8Array> {
  const { key, certificate, chain } = signer;
  if (key === undefined) throw new Error('the signer has no key');
  return signXml(document, {
    key,
    certificates: [certificate, ...chain],
    ...(form === undefined ? {} : { form }),
  });
}
