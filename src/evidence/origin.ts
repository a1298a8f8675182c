import type { JWK } from 'jose';
import { findRecord } from '../audit/read.ts';
import type { Database } from '../database/database.ts';
import { journalStart } from '../database/journal.ts';
import { SealgateError } from '../error.ts';
import { type Bundle, changed, fileNames, type Manifest } from './bundle.ts';
import { checkSeal, type SealState } from './seal.ts';

/** What shows where a bundle comes from. */
export interface OriginSources {
  /** Public keys of the service that is said to have exported it. */
  readonly keys: readonly JWK[];
  /** That service's own database, where it is at hand. */
  readonly database?: Database;
}

/** What came of it. */
export interface Origin {
  readonly seal: SealState;
  readonly audit: 'same' | 'not-compared';
}

/**
 * Checks that a bundle comes from the service: that its manifest, and by that every file, is sealed by one of the
 * service's keys, and that its record is the one in the audit, where that is at hand. Throws `evidence_changed` where
 * the seal does not fit, `evidence_foreign` where the audit has another record in this place or none, and
 * `storage_unavailable`.
 */
export async function checkOrigin(
  { manifest, manifestOctets, seal }: Bundle,
  { keys, database }: OriginSources,
): Promise<Origin> {
  const found = await checkSeal(seal, manifestOctets, keys);
  if (found.state === 'wrong') throw changed([fileNames.manifest, fileNames.seal]);
  if (database === undefined) return { seal: found, audit: 'not-compared' };
  await expectInAudit(database, manifest.audit);
  return { seal: found, audit: 'same' };
}

/** Whether anything vouches for the whole bundle; a record in the audit vouches for everything but its reports. */
export function isVouchedFor({ seal }: Origin): boolean {
  return seal.state === 'valid';
}

async function expectInAudit(database: Database, audit: Manifest['audit']): Promise<void> {
  const { sequence } = audit;
  const found = await findRecord(database, sequence);
  const before = sequence === 1 ? journalStart : (await findRecord(database, sequence - 1))?.hash;
  const isSame =
    found !== undefined &&
    found.at === audit.at &&
    found.record === audit.record &&
    hexOf(found.hash) === audit.hash &&
    hexOf(before) === audit.previous;
  if (!isSame) throw new SealgateError('evidence_foreign', { sequence });
}

function hexOf(octets: Uint8Array | undefined): string {
  return octets === undefined ? '' : Buffer.from(octets).toString('hex');
}
