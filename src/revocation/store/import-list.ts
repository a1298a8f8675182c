import { EncodingError } from '../../asn1/error.ts';
import { inSlices } from '../../budget/slices.ts';
import type { Certificate } from '../../certificate/certificate.ts';
import { issueProblem } from '../crl/issue.ts';
import type { CertificateList } from '../crl/list.ts';
import { loadCertificateList } from '../crl/load.ts';
import { strictFreshness, termAt } from '../freshness.ts';
import type { ProblemName } from '../problem.ts';
import { requesterOf } from '../requester.ts';
import { hostOf } from '../url.ts';
import { listKey, recordOf } from './held-list.ts';
import { IssueMarks } from './issue-marks.ts';
import type { Storage } from './storage.ts';

/** A list from a file that is to be held as if it had been fetched. */
export interface ImportOrder {
  readonly der: Uint8Array;
  /** The authority that has to have signed it; that it may be trusted is found out at each login. */
  readonly issuer: Certificate;
  /** The address in certificates that the list stands for; the one that the list names where absent. */
  readonly url?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly onProgress?: ((part: number) => void) | undefined;
}

/** How an import came out; `problem` says why nothing was kept. */
export type Imported =
  | { readonly outcome: 'kept'; readonly url: string; readonly list: CertificateList }
  | { readonly outcome: 'refused'; readonly problem: ProblemName; readonly rule?: string };

/** Verifies a list from a file and puts it into the storage, unless a newer one of the same key is there. */
export async function importList(storage: Storage, order: ImportOrder): Promise<Imported> {
  const { der, issuer, at } = order;
  const list = await readable(der, issuer, order.onProgress);
  if (list instanceof EncodingError) return { outcome: 'refused', problem: 'malformed', rule: list.rule };
  const problem = await problemOf(list, issuer, at);
  if (problem !== undefined) return { outcome: 'refused', problem };
  const url = order.url ?? urlNamedBy(list);
  if (url === undefined) return { outcome: 'refused', problem: 'no-source' };
  if (await isOlder(storage, url, issuer, list)) return { outcome: 'refused', problem: 'rolled-back' };
  const held = {
    url,
    list,
    fetchedAt: at,
    signer: issuer.publicKey,
    // No path is looked for here, so that nothing is known of the authorities above.
    requester: requesterOf([issuer]),
    hosts: new Set([hostOf(url)]),
    etag: null,
    lastModified: null,
  };
  await storage.write('crl', recordOf(held), list.der);
  return { outcome: 'kept', url, list };
}

async function readable(
  der: Uint8Array,
  issuer: Certificate,
  onProgress: ImportOrder['onProgress'],
): Promise<CertificateList | EncodingError> {
  try {
    return await loadCertificateList(der, [issuer.publicKey], onProgress);
  } catch (error) {
    if (error instanceof EncodingError) return error;
    throw error;
  }
}

async function problemOf(
  list: CertificateList,
  certificate: Certificate,
  at: number,
): Promise<ProblemName | undefined> {
  const { subject: name, publicKey } = certificate;
  const problem = await inSlices(issueProblem(list, { name, publicKey, certificate }, at));
  if (problem !== undefined) return problem.problem;
  const term = termAt(at, list.thisUpdate, list.nextUpdate, strictFreshness);
  return term === 'fresh' ? undefined : 'stale';
}

function urlNamedBy({ scope }: CertificateList): string | undefined {
  const names = scope?.name?.kind === 'full' ? scope.name.names : [];
  return names.flatMap((name) => (name.kind === 'uri' ? [name.value] : []))[0];
}

async function isOlder(
  storage: Storage,
  url: string,
  { publicKey }: Certificate,
  list: CertificateList,
): Promise<boolean> {
  const record = await storage.record('crl', listKey(publicKey, url));
  const octets = record === undefined ? undefined : await storage.readObject(record.sha256);
  if (octets === undefined) return false;
  const stored = await loadCertificateList(octets, [publicKey]).catch(() => undefined);
  if (stored === undefined || !stored.signed.holdsUnder(publicKey)) return false;
  const marks = new IssueMarks();
  marks.note(stored, publicKey, '');
  return marks.isOlder(list, publicKey);
}
