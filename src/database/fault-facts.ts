import { Fault } from '../error.ts';

/** What is told across threads of an error: a constant text, ours or SQLite's description of the number. */
export interface FaultFacts {
  readonly text: string;
  readonly number?: number;
}

/** What may be told of an error of SQLite or of ours; its message, which may hold values, stays behind. */
export function faultFacts(error: unknown): FaultFacts {
  if (error instanceof Fault) {
    const { message: text, number } = error;
    return number === undefined ? { text } : { text, number };
  }
  const { errcode, errstr } = Object(error) as Readonly<Partial<Record<'errcode' | 'errstr', unknown>>>;
  if (typeof errcode === 'number' && typeof errstr === 'string') return { text: errstr, number: errcode };
  return { text: error instanceof Error ? error.constructor.name : typeof error };
}

/** The error that such facts tell of. */
export function faultFrom({ text, number }: FaultFacts): Fault {
  return new Fault(text, number);
}
