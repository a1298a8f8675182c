import type { Language } from '../../failure/failure.ts';
import { en } from './en.ts';
import { ru } from './ru.ts';
import type { AccountWords } from './words.ts';

/** Words in a language. */
export function accountWords(language: Language): AccountWords {
  return language === 'ru' ? ru : en;
}
