/** The languages in which Sealgate speaks to people. */
export type Language = 'en' | 'ru';

/** Main indications of ETSI EN 319 102-1, section 5.1.3. */
export type Indication = 'TOTAL-PASSED' | 'TOTAL-FAILED' | 'INDETERMINATE';

/** Where in the flow a failure arises; the `stage` member of a problem document. */
export type Stage =
  | 'request'
  | 'challenge'
  | 'signature'
  | 'path'
  | 'revocation'
  | 'qualification'
  | 'organisation'
  | 'session'
  | 'assertion'
  | 'token'
  | 'workplace'
  | 'service';

/**
 * What a detail is, and with it how it is shown:
 * - `text` stands as it is, a driver's message or a file's name; `number` and `flag` too;
 * - `term` is a name of the vocabulary and shown in the reader's language;
 * - `label` is shown by the vocabulary where that knows it, and as it is otherwise: for what strangers choose, such
 *   as an OID or the name of a column;
 * - `problem` says what is wrong with something that was handed in (see `problem-terms.ts`), or is of the vocabulary;
 * - `code` is the code of another failure, shown with its title;
 * - `date` is a moment, `seconds` a duration, `octets` a size;
 * - `differences` and `powerDifferences` are fields in which a certificate and the register, or a power of attorney,
 *   disagree;
 * - `problems` says of each source, such as a revocation list, why it settled nothing.
 */
export type DetailKind =
  | 'text'
  | 'text[]'
  | 'number'
  | 'flag'
  | 'term'
  | 'term[]'
  | 'label'
  | 'label[]'
  | 'problem'
  | 'code'
  | 'date'
  | 'seconds'
  | 'octets'
  | 'differences'
  | 'powerDifferences'
  | 'problems';

/** The details of a failure by name; `?` marks those that are not always known. */
export type DetailKinds = Readonly<Record<string, DetailKind | `${DetailKind}?`>>;

/**
 * What a person is told. `{name}` stands for the detail of that name; a sentence
 * (text up to and including its full stop) whose details are absent is left out.
 */
export interface Wording {
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
}

/** One failure with its stable meaning; the codes are the keys of the tables beside this file. */
export interface Failure {
  /** HTTP status; absent where the failure cannot occur over HTTP. */
  readonly status?: number;
  readonly stage: Stage;
  readonly indication: Indication;
  /** Sub-indication of ETSI EN 319 102-1, section 5.1.3, where one applies. */
  readonly subIndication?: string;
  /** What is known of it, shown to the person and written to the audit: never a PIN, a key or a secret. */
  readonly details?: DetailKinds;
  readonly en: Wording;
  readonly ru: Wording;
}
