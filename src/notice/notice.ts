import type { Language } from '../failure/failure.ts';

/** A notice in words. */
export interface NoticeText {
  readonly subject: string;
  readonly text: string;
}

/** Something that an organisation is told. */
export interface Notice {
  /** The same however often it is tried, so that whoever gets it twice can tell. */
  readonly id: string;
  /** What kind of thing it is, for programs. */
  readonly type: 'certificate.expires' | 'sign_in.unusual';
  /** For programs; nobody's numbers are in it. */
  readonly data: Readonly<Record<string, unknown>>;
  /** For people, in plain text. */
  text(language: Language): NoticeText;
}
