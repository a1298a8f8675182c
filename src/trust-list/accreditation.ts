import type { PublicKeyInfo } from '../algorithm/public-key-info.ts';
import { type AccreditationStatus, type ListedAuthority, statusAt } from './list.ts';
import { type LocalAuthority, type Purpose, standingOf } from './local.ts';

/** Who stands behind an issuing key, for reports. */
export interface AuthorityIdentity {
  readonly name: string;
  readonly ogrn: string | undefined;
  readonly inn: string | undefined;
  readonly registryNumber: string | undefined;
  /** Whether the state's list names it, or the operator added it. */
  readonly source: 'list' | 'operator';
}

/** Standing of an issuing key at a moment. Times are milliseconds since the epoch. */
export type Accreditation =
  | { readonly state: 'accredited'; readonly authority: AuthorityIdentity; readonly since: number }
  | {
      readonly state: 'ended';
      readonly authority: AuthorityIdentity;
      readonly since: number;
      readonly status: Exclude<AccreditationStatus, 'accredited'>;
    }
  /** It became accredited later. */
  | { readonly state: 'not-yet'; readonly authority: AuthorityIdentity }
  /** No list names the key. */
  | { readonly state: 'unknown' };

/** What a standing rests on: an authority of the list, or one of the operator's own. */
export type AccreditationSource =
  | { readonly kind: 'list'; readonly authority: ListedAuthority }
  | { readonly kind: 'operator'; readonly authority: LocalAuthority };

interface Entry {
  readonly authority: AuthorityIdentity;
  readonly source: AccreditationSource;
  readonly at: (at: number, purpose: Purpose) => Accreditation;
}

const unknown: Accreditation = { state: 'unknown' };
/** The better answer first: one key may belong to several authorities, where one took over from another. */
const order: readonly Accreditation['state'][] = ['accredited', 'ended', 'not-yet', 'unknown'];

/** Answers whether issuing keys are accredited, by one look-up however long the list is. */
export class AccreditationIndex {
  private readonly byKey = new Map<string, Entry[]>();

  constructor(listed: readonly ListedAuthority[], local: readonly LocalAuthority[]) {
    for (const authority of listed) this.addListed(authority);
    for (const authority of local) this.addLocal(authority);
  }

  /** How many keys are known. */
  get size(): number {
    return this.byKey.size;
  }

  /**
   * Standing at `at` of the authority that issues with this key. Keys are compared as they are encoded: certificates
   * of one key, from different issuers or of different terms, stand and fall together.
   */
  find(key: PublicKeyInfo, at: number, purpose: Purpose = 'sign-in'): Accreditation {
    const entries = this.byKey.get(keyOf(key));
    if (entries === undefined) return unknown;
    let best = unknown;
    for (const entry of entries) {
      const answer = entry.at(at, purpose);
      if (order.indexOf(answer.state) < order.indexOf(best.state)) best = answer;
    }
    return best;
  }

  /** Everybody who issues with this key, as the list and the operator name them; for evidence. */
  sourcesOf(key: PublicKeyInfo): readonly AccreditationSource[] {
    return this.byKey.get(keyOf(key))?.map(({ source }) => source) ?? [];
  }

  private addListed(listed: ListedAuthority): void {
    const { name, ogrn, inn, registryNumber } = listed;
    const authority: AuthorityIdentity = { name, ogrn, inn, registryNumber, source: 'list' };
    const entry: Entry = {
      authority,
      source: { kind: 'list', authority: listed },
      at: (at) => {
        const change = statusAt(listed, at);
        if (change === undefined) return { state: 'not-yet', authority };
        if (change.status === 'accredited') return { state: 'accredited', authority, since: change.since };
        return { state: 'ended', authority, since: change.since, status: change.status };
      },
    };
    const keys = listed.keys.flatMap(({ certificates }) => certificates.map(({ publicKey }) => publicKey));
    for (const key of new Set(keys.map(keyOf))) this.add(key, entry);
  }

  private addLocal(local: LocalAuthority): void {
    const { subject } = local.certificate;
    const authority: AuthorityIdentity = {
      name: subject.toString(),
      ogrn: undefined,
      inn: undefined,
      registryNumber: undefined,
      source: 'operator',
    };
    this.add(keyOf(local.certificate.publicKey), {
      authority,
      source: { kind: 'operator', authority: local },
      at: (at, purpose) => {
        const standing = standingOf(local, at, purpose);
        if (standing === 'accredited') return { state: 'accredited', authority, since: local.validFrom };
        if (standing === 'not-yet') return { state: 'not-yet', authority };
        if (standing === 'other-purpose') return unknown;
        return { state: 'ended', authority, since: local.validUntil, status: 'ended' };
      },
    });
  }

  private add(key: string, entry: Entry): void {
    const entries = this.byKey.get(key);
    if (entries === undefined) this.byKey.set(key, [entry]);
    else entries.push(entry);
  }
}

/** The whole SubjectPublicKeyInfo as a key of a map; as it is some hundred octets long, hashing it would cost more. */
function keyOf({ der }: PublicKeyInfo): string {
  return Buffer.from(der.buffer, der.byteOffset, der.length).toString('latin1');
}
