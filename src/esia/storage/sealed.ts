import type { SealState } from '../../database/database.ts';

/** Whether a row is as the service wrote it: by its newest secret, or one before. */
export function isSealed(state: SealState): boolean {
  return state === 'current' || state === 'older';
}
