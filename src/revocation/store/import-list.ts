import { currentAlgorithms } from '../../algorithm/policy.ts';
import { EncodingError } from '../../asn1/error.ts';
import { Budget } from '../../budget/budget.ts';
import { atOnce } from '../../budget/slices.ts';
import type { Certificate } from '../../certificate/certificate.ts';
import { keyUsage } from '../../certificate/constraints.ts';
import { isSameName } from '../../certificate/same-name.ts';
import type { ProblemName } from '../../fetch/problem.ts';
import type { CertificateList } from '../crl/list.ts';
import { loadCertificateList } from '../crl/load.ts';
import { strictFreshness, termAt } from '../freshness.ts';
import { hostOf } from '../url.ts';
import { recordOf } from './held-list.ts';
import { Rollback } from './rollback.ts';
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

/** Verifies a list from a file and puts it into the storage, unless a newer one is there. */
export async function importList(storage: Storage, order: ImportOrder): Promise<Imported> {
  const { der, issuer, at } = order;
  const list = await readable(der, issuer, order.onProgress);
  if (list instanceof EncodingError) return { outcome: 'refused', problem: 'malformed', rule: list.rule };
  const problem = problemOf(list, issuer, at);
  if (problem !== undefined) return { outcome: 'refused', problem };
  const url = order.url ?? urlNamedBy(list);
  if (url === undefined) return { outcome: 'refused', problem: 'no-source' };
  if (await isOlder(storage, url, list)) return { outcome: 'refused', problem: 'rolled-back' };
  const held = {
    url,
    list,
    fetchedAt: at,
    signer: issuer.publicKey.der,
    hosts: new Set([hostOf(url)]),
    etag: null,
    lastModified: null,
  };
  await storage.write('lists', recordOf(held), list.der);
  return { outcome: 'kept', url, list };
}

async function readable(
  der: Uint8Array,
  issuer: Certificate,
  onProgress: ImportOrder['onProgress'],
): Promise<CertificateList | EncodingError> {
  try {
    return await loadCertificateList(der, [issuer.publicKey.der], onProgress);
  } catch (error) {
    if (error instanceof EncodingError) return error;
    throw error;
  }
}

function problemOf(list: CertificateList, issuer: Certificate, at: number): ProblemName | undefined {
  if (!isSameName(list.issuer, issuer.subject)) return 'other-issuer';
  if (issuer.extension(keyUsage)?.has('cRLSign') === false) return 'issuer-unauthorised';
  if (list.unknownCritical !== undefined) return 'unknown-critical-extension';
  const term = termAt(at, list.thisUpdate, list.nextUpdate, strictFreshness);
  if (term !== 'fresh') return term === 'early' ? 'not-yet-valid' : 'stale';
  const payment = { budget: new Budget(), origin: 'operator' } as const;
  return atOnce(list.signed.problemUnder(issuer.publicKey, currentAlgorithms, payment))?.problem;
}

function urlNamedBy({ scope }: CertificateList): string | undefined {
  const names = scope?.name?.kind === 'full' ? scope.name.names : [];
  return names.flatMap((name) => (name.kind === 'uri' ? [name.value] : []))[0];
}

async function isOlder(storage: Storage, url: string, list: CertificateList): Promise<boolean> {
  const record = await storage.record('lists', url);
  const octets = record === undefined ? undefined : await storage.readObject(record.sha256);
  if (octets === undefined) return false;
  const stored = await loadCertificateList(octets).catch(() => undefined);
  if (stored === undefined) return false;
  const rollback = new Rollback();
  rollback.note(stored);
  return rollback.isOlder(list);
}
