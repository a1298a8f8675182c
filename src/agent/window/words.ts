import type { Language } from '../../failure/failure.ts';
import type { WindowWords } from './wording.ts';
import { english } from './words-en.ts';
import { russian } from './words-ru.ts';

/** The words of each language. */
export const words: Readonly<Record<Language, WindowWords>> = { en: english, ru: russian };
