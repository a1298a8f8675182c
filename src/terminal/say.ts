import { language } from '../environment.ts';
import type { Language } from '../failure/failure.ts';

/** The same in each language. */
export type Worded<T = string> = Readonly<Record<Language, T>>;

/** What is meant, in the language of whoever sits at the terminal. */
export function say<T>(worded: Worded<T>): T {
  return worded[language()];
}

/** A moment in a table, to the second in UTC, as options take it too. */
export function moment(at: number | Date): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}
