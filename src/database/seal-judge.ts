import type { Database, SealState, Value } from './database.ts';
import { databaseKeys, rereadKeys } from './keys.ts';
import { judgeSeal, sealKeyId } from './seal.ts';

/** Another process may have sealed by a secret that is newer than these; so often, in ms, the file is read for it. */
const rereadAfter = 1_000;

/** Judges seals by these secrets, and by those of today where the file has newer ones. */
export function sealJudge(
  secrets: readonly Uint8Array[],
  secretsFile: string | undefined,
): Database['judgeSeal'] {
  let keys = databaseKeys(secrets);
  let readAt = Number.NEGATIVE_INFINITY;
  return (text: string, seal: Value | undefined): SealState => {
    const id = sealKeyId(seal);
    if (id !== undefined && !keys.record.find(id) && performance.now() - readAt >= rereadAfter) {
      readAt = performance.now();
      keys = rereadKeys(secretsFile) ?? keys;
    }
    return judgeSeal(keys.record, text, seal);
  };
}
