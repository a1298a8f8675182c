import { type ListedAuthority, statusAt, type TrustList } from './list.ts';

/** What one authority's entry in a newer list differs by. */
export interface AuthorityChange {
  readonly ogrn: string;
  readonly name: string;
  readonly kind: 'added' | 'removed' | 'ended' | 'suspended' | 'restored' | 'keys';
  readonly keysAdded: number;
  readonly keysRemoved: number;
}

/** What a newer list changes. */
export interface ListChanges {
  readonly from: number | undefined;
  readonly to: number;
  readonly authorities: readonly AuthorityChange[];
}

/** Compares two lists; without an older one, all of the newer is new. An authority is known by its OGRN. */
export function compareLists(older: TrustList | undefined, newer: TrustList): ListChanges {
  const before = new Map(older?.authorities.map((authority) => [authority.ogrn, authority]));
  const after = new Map(newer.authorities.map((authority) => [authority.ogrn, authority]));
  const changes: AuthorityChange[] = [];
  for (const authority of after.values()) {
    const known = before.get(authority.ogrn);
    const change = compareAuthorities(known, authority, older?.date ?? newer.date, newer.date);
    if (change !== undefined) changes.push(change);
  }
  for (const authority of before.values()) {
    if (!after.has(authority.ogrn)) changes.push(describe(authority, 'removed', 0, keysOf(authority).size));
  }
  return { from: older?.version, to: newer.version, authorities: changes };
}

function compareAuthorities(
  older: ListedAuthority | undefined,
  newer: ListedAuthority,
  olderDate: number,
  newerDate: number,
): AuthorityChange | undefined {
  const after = keysOf(newer);
  if (older === undefined) return describe(newer, 'added', after.size, 0);
  const before = keysOf(older);
  const added = [...after].filter((key) => !before.has(key)).length;
  const removed = [...before].filter((key) => !after.has(key)).length;
  const was = statusAt(older, olderDate)?.status;
  const is = statusAt(newer, newerDate)?.status;
  if (was !== is) {
    const kind = is === 'accredited' ? 'restored' : is === 'suspended' ? 'suspended' : 'ended';
    return describe(newer, kind, added, removed);
  }
  return added + removed === 0 ? undefined : describe(newer, 'keys', added, removed);
}

function describe(
  { ogrn, name }: ListedAuthority,
  kind: AuthorityChange['kind'],
  keysAdded: number,
  keysRemoved: number,
): AuthorityChange {
  return { ogrn, name, kind, keysAdded, keysRemoved };
}

function keysOf({ keys }: ListedAuthority): ReadonlySet<string> {
  const certificates = keys.flatMap((key) => key.certificates);
  return new Set(certificates.map(({ publicKey }) => Buffer.from(publicKey.der).toString('base64')));
}
