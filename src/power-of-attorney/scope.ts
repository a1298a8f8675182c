import { SealgateError } from '../error.ts';

/** What a power of attorney lets its representative do. */
export interface PowerScope {
  readonly number: string;
  /** Codes that it gives without restriction, of those that are asked for at least. */
  readonly powers: ReadonlySet<string>;
  /** Codes that it gives with restrictions, which nobody here can judge. */
  readonly restricted: ReadonlySet<string>;
}

/**
 * Any one of `accepted` (codes of the classifier of powers) will do, given without restriction; with none accepted, no
 * power does. Throws `power_of_attorney_scope`, which names the codes that would do.
 */
export function expectScope({ number, powers, restricted }: PowerScope, accepted: readonly string[]): void {
  if (accepted.some((code) => powers.has(code))) return;
  throw new SealgateError('power_of_attorney_scope', {
    number,
    missing: accepted,
    restricted: accepted.filter((code) => restricted.has(code)),
  });
}
