import type { CertificateList } from '../crl/list.ts';
import type { StoredRecord } from './storage.ts';

/** What a host says of the version of a list (RFC 9110, section 8.8), to ask for a newer one only. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** A list that was verified, and what is needed to renew it. */
export interface HeldList extends Validators {
  readonly url: string;
  readonly list: CertificateList;
  /** When it was fetched or confirmed last, ms since the epoch. */
  readonly fetchedAt: number;
  /** SubjectPublicKeyInfo under which the signature holds. */
  readonly signer: Uint8Array;
  /** Hosts that the chain named for which it was fetched. */
  readonly hosts: ReadonlySet<string>;
}

/** The form in which a held list is stored. */
export function recordOf(held: HeldList): StoredRecord {
  return {
    key: held.url,
    url: held.url,
    sha256: held.list.sha256,
    fetchedAt: held.fetchedAt,
    nextUpdate: held.list.nextUpdate ?? null,
    signer: Buffer.from(held.signer).toString('base64'),
    hosts: [...held.hosts].slice(0, 64),
    etag: held.etag,
    lastModified: held.lastModified,
  };
}
