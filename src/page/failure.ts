import { showSeconds } from '../failure/duration.ts';
import type { Language, Wording } from '../failure/failure.ts';
import { fillWording } from '../failure/fill.ts';
import { safeText } from '../failure/safe-text.ts';
import type { ShownFailure } from '../markup/refusal.ts';
import type { PageData } from '../sign-in/view/data.ts';
import type { OpenWording } from '../sign-in/words/failure.ts';

/** Facts of a failure: short texts, and durations in seconds. */
export type FailureDetails = Readonly<Record<string, unknown>>;

/** Something that went wrong while signing, by its code of the catalogue. */
export class PageFailure extends Error {
  override readonly name = 'PageFailure';
  readonly code: string;
  readonly details: FailureDetails;
  /** How whoever reported it words it, where the page has no words of its own. */
  readonly words: Wording | undefined;

  constructor(code: string, details: FailureDetails = {}, words?: Wording) {
    super(code);
    this.code = code;
    this.details = details;
    this.words = words;
  }
}

/** A failure that the service worded. */
export class ServiceFailure extends Error {
  override readonly name = 'ServiceFailure';
  readonly shown: ShownFailure;

  constructor(shown: ShownFailure) {
    super(shown.code);
    this.shown = shown;
  }
}

/** Words failures in the page's language. */
export class Wordings {
  private readonly wordings: Readonly<Record<string, OpenWording>>;
  private readonly titles: Readonly<Record<string, string>>;
  private readonly language: Language;

  constructor({ wordings, titles }: Pick<PageData, 'wordings' | 'titles'>, language: Language) {
    this.wordings = wordings;
    this.titles = titles;
    this.language = language;
  }

  /** What to tell of an error; one that nobody expected is the page's own. */
  shown(error: unknown): ShownFailure {
    if (error instanceof ServiceFailure) return error.shown;
    if (error instanceof PageFailure) return { ...this.worded(error), code: error.code };
    return { ...this.worded(new PageFailure('page_failed')), code: 'page_failed' };
  }

  /** The title of a code; the code itself where there are no words for it. */
  title(code: string): string {
    return this.wordings[code]?.title ?? this.titles[code] ?? safeText(code);
  }

  private worded({ code, details, words }: PageFailure): Wording {
    const own = Object.hasOwn(this.wordings, code) ? this.wordings[code] : undefined;
    const known: OpenWording = own ??
      (words && safe(words)) ??
      this.wordings.page_failed ?? { title: code, cause: code, remedy: code };
    return fillWording(known, (name) =>
      Object.hasOwn(details, name) ? this.value(details[name], known.kinds?.[name]) : undefined,
    );
  }

  private value(value: unknown, kind: string | undefined): string | undefined {
    if (typeof value === 'number')
      return kind?.startsWith('seconds') ? showSeconds(value, this.language) : String(value);
    return typeof value === 'string' && value !== '' ? safeText(value) : undefined;
  }
}

function safe({ title, cause, remedy }: Wording): Wording {
  // Braces would be gaps.
  const plain = (text: string) => safeText(text, 1_000).replace(/[{}]/g, '');
  return { title: plain(title), cause: plain(cause), remedy: plain(remedy) };
}
