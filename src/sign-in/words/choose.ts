import type { Language } from '../../failure/failure.ts';
import { en } from './en.ts';
import { ru } from './ru.ts';
import type { PageWords } from './words.ts';

/** The page's words in a language. */
export function wordsIn(language: Language): PageWords {
  return language === 'ru' ? ru : en;
}
