import type { AuthorisationContext } from '../authorisation/context.ts';
import type { Database, Statement } from '../database/database.ts';
import { isFailure, readFailure, SealgateError } from '../error.ts';
import type { PowerStatusRegister } from '../power-of-attorney/status.ts';
import type { OrganisationRegister } from '../register/lookup.ts';

/** What a register or the service's own state told a verification: the question, and the answer or the failure. */
export interface Told {
  readonly question: string;
  readonly answer?: unknown;
  readonly failure?: { readonly code: string; readonly details: unknown };
}

/** More is never asked for one login. */
export const mostTold = 200;

/** What is asked beside trust and revocation: nothing, the service's state and its register, or powers of attorney as well. */
export type AskedScope = 'nothing' | 'register' | 'powers';

/** `asked`, with every answer noted in `told`. */
export function witnessed(asked: AuthorisationContext, told: Told[]): AuthorisationContext {
  const note = async <A>(question: string, act: () => Promise<A>): Promise<A> => {
    try {
      const answer = await act();
      if (told.length < mostTold) told.push({ question, answer: enclose(answer) });
      return answer;
    } catch (error) {
      if (isFailure(error) && told.length < mostTold) {
        told.push({ question, failure: { code: error.code, details: enclose(error.details) } });
      }
      throw error;
    }
  };
  const { powerStatus } = asked;
  return joined({
    read: (statement) => note(readQuestion(statement), () => asked.database.read(statement)),
    write: (unit) => asked.database.write(unit),
    find: (key) => note(`register ${JSON.stringify(key)}`, () => asked.register.find(key)),
    statusOf: powerStatus && ((key) => note(`power ${JSON.stringify(key)}`, () => powerStatus.statusOf(key))),
  });
}

/**
 * The same questions answered by what was told then; nothing is written. A question that was not asked then is
 * answered with `internal_error`, because evidence that lacks it cannot show what would have been; so is a failure
 * that cannot be read.
 */
export function recalled(scope: AskedScope, told: readonly Told[]): AuthorisationContext | undefined {
  if (scope === 'nothing') return undefined;
  const answers = new Map(told.map((each) => [each.question, each]));
  const recall = async <A>(question: string): Promise<A> => {
    const found = answers.get(question);
    if (found === undefined) throw new SealgateError('internal_error');
    const { answer, failure } = found;
    if (failure === undefined) return disclose(answer) as A;
    throw readFailure(failure.code, disclose(failure.details)) ?? new SealgateError('internal_error');
  };
  return joined({
    read: (statement) => recall(readQuestion(statement)),
    write: async () => {},
    find: (key) => recall(`register ${JSON.stringify(key)}`),
    statusOf: scope === 'powers' ? (key) => recall(`power ${JSON.stringify(key)}`) : undefined,
  });
}

interface Questions {
  readonly read: Database['read'];
  readonly write: Database['write'];
  readonly find: OrganisationRegister['find'];
  readonly statusOf: PowerStatusRegister['statusOf'] | undefined;
}

function joined({ read, write, find, statusOf }: Questions): AuthorisationContext {
  return {
    // What verifications ask for lies in no sealed row.
    database: { read, write, judgeSeal: () => 'broken', ready: async () => {}, close: async () => {} },
    register: { find },
    ...(statusOf === undefined ? {} : { powerStatus: { statusOf } }),
  };
}

/** White space does not count, so that re-indenting the code makes no other question of it. */
function readQuestion({ sql, parameters }: Statement): string {
  return `read ${sql.replace(/\s+/g, ' ').trim()} ${JSON.stringify(enclose(parameters))}`;
}

/** A value as JSON can hold it: octets and dates in objects of one member whose name says what they are. */
export function enclose(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $octets: Buffer.from(value).toString('base64') };
  if (value instanceof Date) return { $date: value.getTime() };
  if (Array.isArray(value)) return value.map(enclose);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, enclose(member)]));
}

/** The value that `enclose` was given. */
export function disclose(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(disclose);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value);
  const [[name, member] = [undefined, undefined]] = members;
  if (members.length === 1 && name === '$octets')
    return new Uint8Array(Buffer.from(String(member), 'base64'));
  if (members.length === 1 && name === '$date') return new Date(Number(member));
  return Object.fromEntries(members.map(([key, inner]) => [key, disclose(inner)]));
}
