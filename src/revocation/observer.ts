import { type FetchObserver, noFetchObserver } from '../fetch/observer.ts';

/** How the status of one certificate came about. */
export type Settlement =
  | 'held'
  | 'fetched'
  | 'message'
  | 'grace'
  | 'break-glass'
  | 'revoked'
  | 'stale'
  | 'unavailable';

/** Told of what happens, for metrics and logs; must not throw. */
export interface RevocationObserver extends FetchObserver {
  settled(settlement: Settlement): void;
  /** Something went wrong that nobody waits for, such as a write to the storage. */
  failed(error: unknown): void;
}

export const noObserver: RevocationObserver = {
  ...noFetchObserver,
  settled: () => undefined,
  failed: () => undefined,
};
