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
  readonly en: Wording;
  readonly ru: Wording;
}
