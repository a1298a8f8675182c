/** Long enough for a distinguished name, short enough that a page or a log line stays readable. */
const longestValue = 300;

/**
 * Characters that could forge a line of a log, or make text read otherwise than it is: controls, line and
 * paragraph separators, bidirectional marks and overrides (UAX #9), invisible joiners, lone surrogates, tags.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/gu;

/** `text` with unsafe characters shown as `\u{…}` and cut to a bounded length. For anything a stranger could write. */
export function safeText(text: string, limit = longestValue): string {
  const cut = text.length > limit ? `${text.slice(0, limit).toWellFormed()}…` : text;
  return cut.replace(unsafe, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
