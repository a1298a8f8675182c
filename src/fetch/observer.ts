import type { FetchProblemName } from './problem.ts';

/** Told of what happens, for metrics and logs; must not throw. */
export interface FetchObserver {
  /** A request ended; `problem` is undefined where it brought something. */
  fetched(host: string, problem: FetchProblemName | undefined, milliseconds: number): void;
}

export const noFetchObserver: FetchObserver = { fetched: () => undefined };
