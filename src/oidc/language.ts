import type { Language } from '../failure/failure.ts';

/** The first language of `ui_locales` that there are words in. */
export function uiLanguage(locales: unknown): Language | undefined {
  if (typeof locales !== 'string') return undefined;
  const languages = locales.split(' ').map((locale) => locale.split('-')[0]?.toLowerCase());
  return languages.find((language): language is Language => language === 'ru' || language === 'en');
}
