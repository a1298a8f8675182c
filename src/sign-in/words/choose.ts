import type { Language } from '../../failure/failure.ts';
import type { PageFacts } from '../view/model.ts';
import { carrierWords } from './carrier.ts';
import { en } from './en.ts';
import { ru } from './ru.ts';
import type { PageWords } from './words.ts';

/** The page's words in a language. */
export function wordsIn(language: Language): PageWords {
  return language === 'ru' ? ru : en;
}

/** The page's words for what is signed on it. */
export function wordsFor({ language, purpose }: Pick<PageFacts, 'language' | 'purpose'>): PageWords {
  const words = wordsIn(language);
  return purpose === 'carrier' ? carrierWords(words, language) : words;
}
