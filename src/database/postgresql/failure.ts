import { Fault, fault } from '../../error.ts';

/** Classes of SQLSTATE (PostgreSQL, appendix A) that are met here, in words. */
const classes: Readonly<Record<string, string>> = {
  '08': 'PostgreSQL: the connection broke',
  '22': 'PostgreSQL: data that the column does not take',
  '23': 'PostgreSQL: a constraint was violated',
  '25': 'PostgreSQL: the transaction is not in a state for that',
  '28': 'PostgreSQL: the login was refused',
  '40': 'PostgreSQL: the transaction was rolled back',
  '42': 'PostgreSQL: the statement or the right to it is missing',
  '53': 'PostgreSQL: resources are exhausted',
  '54': 'PostgreSQL: a limit of the program was exceeded',
  '55': 'PostgreSQL: an object is not in a state for that',
  '57': 'PostgreSQL: an operator or a time limit intervened',
  '58': 'PostgreSQL: its system failed',
  P0: 'PostgreSQL: a trigger refused',
  XX: 'PostgreSQL: an internal error',
};

/** The SQLSTATE of an error of the server; undefined for any other error. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code, severity } = Object(error) as Readonly<Partial<Record<'code' | 'severity', unknown>>>;
  return typeof severity === 'string' && typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)
    ? code
    : undefined;
}

/**
 * Whether an error may pass by itself: the connection broke, the server restarts, has no connection left, or made this
 * transaction give way to another (classes 08, 40 and 57; 25P03, 53300).
 */
export function mayPass(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state === undefined) {
    return !(error instanceof TypeError || error instanceof RangeError || error instanceof Fault);
  }
  // 57014: the server ended a statement that took too long, and would again.
  return state !== '57014' && (/^(08|40|57)/.test(state) || state === '25P03' || state === '53300');
}

/** What may be told of an error: of one of the server its class and number, for its message may hold values. */
export function tellable(error: unknown): Error {
  const state = sqlStateOf(error);
  if (state !== undefined) {
    const text = classes[state.slice(0, 2)] ?? 'PostgreSQL: an error of another class';
    return new Fault(text, /^\d+$/.test(state) ? Number(state) : undefined);
  }
  return error instanceof Error ? error : fault('the connection to PostgreSQL broke');
}
