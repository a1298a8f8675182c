import { safeText } from '../failure/value.ts';

/** What about a name's characters could make it read as another name. */
export type NameSuspicion = 'hidden-characters' | 'mixed-scripts' | 'look-alike-word' | 'not-normalised';

/**
 * A name as it may be shown. It decides nothing: whoever holds a certificate chose none of its numbers, but two
 * organisations may bear names that look alike.
 */
export interface ShownName {
  /** Bounded; hidden and direction-changing characters stand in it as `\u{…}`. */
  readonly text: string;
  readonly suspicions: readonly NameSuspicion[];
}

/** X.520 allows 64 characters for an organisation's name, real certificates hold up to 130. */
const longestName = 300;

const word = /[\p{L}\p{M}]+/gu;
const latin = /\p{Script=Latin}/u;
const cyrillic = /\p{Script=Cyrillic}/u;
const otherScript = /(?![\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}])\p{L}/u;
/** Latin letters that look like Cyrillic ones (UTS #39, confusables), and none other. */
const onlyLookAlikes = /^[ABCEHKMOPTXYaceopxyi]+$/;

/**
 * `text` made safe to show, with what is odd about it: invisible or direction-changing characters, a word in more
 * than one script, a Latin word in a Cyrillic name that could pass for Cyrillic, compatibility forms
 * (UAX #9, UAX #15, UTS #39). Real names have such oddities too, so they are marked and never refused.
 */
export function shownName(text: string): ShownName {
  const safe = safeText(text, longestName);
  const suspicions: NameSuspicion[] = [];
  if (safeText(text, Number.POSITIVE_INFINITY) !== text) suspicions.push('hidden-characters');
  const words = text.match(word) ?? [];
  if (words.some(isMixed)) suspicions.push('mixed-scripts');
  if (words.some((candidate) => onlyLookAlikes.test(candidate)) && isMainlyCyrillic(words)) {
    suspicions.push('look-alike-word');
  }
  if (words.some(isCompatibilityForm)) suspicions.push('not-normalised');
  return { text: safe, suspicions };
}

function isMixed(candidate: string): boolean {
  const scripts = [latin, cyrillic, otherScript].filter((script) => script.test(candidate));
  return scripts.length > 1;
}

/** Only letters are looked at: signs such as № have compatibility forms and stand in many real names. */
function isCompatibilityForm(candidate: string): boolean {
  return candidate.normalize('NFKC') !== candidate.normalize('NFC');
}

function isMainlyCyrillic(words: readonly string[]): boolean {
  return words.filter((candidate) => cyrillic.test(candidate)).length * 2 > words.length;
}
