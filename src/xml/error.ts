/** XML that is not well-formed, too large, or of another form than asked for. Stages turn it into a failure of their own. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
  readonly rule: string;
  /** Line of the document, from 1, where one is known. */
  readonly line: number | undefined;

  constructor(rule: string, line?: number, options?: ErrorOptions) {
    super(line === undefined ? rule : `${rule} in line ${line}`, options);
    this.rule = rule;
    this.line = line;
  }
}
