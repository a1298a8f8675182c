import type { Language } from '../failure/failure.ts';
import { type DoctorWords, doctorWords } from './words.ts';

/** What an examination stands on. */
export interface DoctorContext {
  readonly language: Language;
  readonly words: DoctorWords;
  /** In ms since the epoch. */
  readonly at: number;
  /** Folder of this user, whose name is left out of what is found. */
  readonly home: string;
  /** Where the system's files begin: `/`, or elsewhere in tests. */
  readonly root: string;
  /** The agent's folder. */
  readonly agentFolder: string;
  /** Sites that are asked whether they answer: origins. */
  readonly sites: readonly string[];
}

/** The context in a language; what is given comes from the command line and the environment. */
export function doctorContext(given: Omit<DoctorContext, 'words'>): DoctorContext {
  return { ...given, words: doctorWords[given.language] };
}

/** A path without the name of its user. */
export function shownPath({ home }: DoctorContext, path: string): string {
  return path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
