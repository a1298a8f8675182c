/** How one case of a suite came out; a skipped one says why. */
export interface CaseResult {
  readonly id: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly reason?: string;
}

/** One public test suite, recognised by its own files, so that it runs on any folder of the same form. */
export interface Suite {
  readonly name: string;
  /** Whether `folder` holds this suite. */
  recognises(folder: string): boolean;
  run(folder: string): Iterable<CaseResult> | AsyncIterable<CaseResult>;
}
