import { digestOfKey, type PublicKeyInfo } from '../../algorithm/public-key-info.ts';
import type { CertificateList } from '../crl/list.ts';
import type { Requester } from '../requester.ts';
import type { StoredRecord } from './storage.ts';

/** What a host says of the version of a list (RFC 9110, section 8.8), to ask for a newer one only. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/**
 * A list whose signature holds under `signer`, and what is needed to renew it. That `signer` may speak for a
 * certificate is found out anew for each path.
 */
export interface HeldList extends Validators {
  readonly url: string;
  readonly signer: PublicKeyInfo;
  /** For whose certificates it was accepted. */
  readonly requester: Requester;
  readonly list: CertificateList;
  /** When it was fetched or confirmed last, ms since the epoch. */
  readonly fetchedAt: number;
  /** Hosts that the chain named for which it was fetched. */
  readonly hosts: ReadonlySet<string>;
}

/**
 * What a list is found by: the key that verified it, and where it is published. Another key's list that stands at the
 * same place, or is said to, is another list.
 */
export function listKey(signer: PublicKeyInfo, url: string): string {
  return `${digestOfKey(signer)} ${url}`;
}

/** The form in which a held list is stored. */
export function recordOf({
  url,
  signer,
  requester,
  list,
  fetchedAt,
  hosts,
  ...held
}: HeldList): StoredRecord {
  return {
    key: listKey(signer, url),
    url,
    sha256: list.sha256,
    fetchedAt,
    nextUpdate: list.nextUpdate ?? null,
    signer: Buffer.from(signer.der).toString('base64'),
    requester,
    hosts: [...hosts].slice(0, 64),
    etag: held.etag,
    lastModified: held.lastModified,
  };
}
