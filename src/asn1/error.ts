/**
 * A breach of the encoding rules, with the rule and the offset at which it was met.
 * Stages turn it into a failure of their own (`signature_malformed`, `certificate_malformed`, …).
 */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
  readonly rule: string;
  /** Octets from the start of the input. */
  readonly offset: number;

  constructor(rule: string, offset: number) {
    super(`${rule} at octet ${offset}`);
    this.rule = rule;
    this.offset = offset;
  }
}
