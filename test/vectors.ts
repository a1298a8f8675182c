import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A folder of the shared test vectors, and why a test of it cannot run where it is not there. */
export interface Vectors {
  readonly folder: string;
  /** Undefined where the folder is there. */
  readonly reason: string | undefined;
  /** To put behind the name of a test. */
  readonly note: string;
}

/** The vectors called `name`. In CI they have to be there: their absence throws. */
export function vectors(name: string): Vectors {
  const folder = fileURLToPath(new URL(`../../shared/vectors/${name}`, import.meta.url));
  if (existsSync(folder)) return { folder, reason: undefined, note: '' };
  const reason = `../shared/vectors/${name} is not there`;
  if (process.env.CI === 'true') throw new Error(reason);
  return { folder, reason, note: ` (skipped: ${reason})` };
}
