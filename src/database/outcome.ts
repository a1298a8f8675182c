import type { FaultFacts } from './fault-facts.ts';

/**
 * What became of one unit: done, and whether it changed anything; refused by its statement of that index; or failed by
 * an error of the engine.
 */
export type Outcome =
  | { readonly kind: 'done'; readonly wrote: boolean }
  | { readonly kind: 'refused'; readonly statement: number }
  | { readonly kind: 'failed'; readonly fault: FaultFacts };

/** A unit was done and changed something. */
export const written: Outcome = { kind: 'done', wrote: true };

/** A unit was done and had nothing to change. */
export const unchanged: Outcome = { kind: 'done', wrote: false };

/** The answer to one batch: an outcome for each unit, or what failed for all of them. */
export type BatchAnswer = { readonly outcomes: readonly Outcome[] } | { readonly failure: FaultFacts };
