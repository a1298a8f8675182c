import type { Database, Statement } from '../database/database.ts';
import { isFailure, SealgateError } from '../error.ts';
import { type FailureCode, failureCodes } from '../failure/catalogue.ts';
import type { OrganisationRegister } from '../register/lookup.ts';

/** What a register or the service's own state told a verification: the question, and the answer or the failure. */
export interface Told {
  readonly question: string;
  readonly answer?: unknown;
  readonly failure?: { readonly code: string; readonly details: unknown };
}

/** What verification asks beside trust and revocation: the state of the service, registers of others. */
export interface Asked {
  readonly database: Database;
  readonly register: OrganisationRegister;
  readonly powerStatus?: { statusOf(key: never): Promise<unknown> };
}

/** More is never asked for one login. */
const mostTold = 200;

/** `asked`, with every answer noted in `told`. */
export function witnessed<T extends Asked>(asked: T, told: Told[]): T {
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
  return joined(asked, {
    read: (statement) => note(readQuestion(statement), () => asked.database.read(statement)),
    write: (unit) => asked.database.write(unit),
    find: (key) => note(`register ${JSON.stringify(key)}`, () => asked.register.find(key)),
    statusOf: (key) => note(`power ${JSON.stringify(key)}`, async () => asked.powerStatus?.statusOf(key)),
  });
}

/**
 * The same questions answered by what was told then; nothing is written. A question that was not asked then is
 * answered with `internal_error`, because evidence that lacks it cannot show what would have been.
 */
export function recalled<T extends Asked>(shape: T, told: readonly Told[]): T {
  const answers = new Map(told.map((each) => [each.question, each]));
  const recall = async <A>(question: string): Promise<A> => {
    const found = answers.get(question);
    if (found === undefined) throw new SealgateError('internal_error', { problem: 'not in the evidence' });
    if (found.failure === undefined) return disclose(found.answer) as A;
    const code = failureCodes.find((known) => known === found.failure?.code) ?? 'internal_error';
    throw new SealgateError(code as FailureCode, disclose(found.failure.details) as Record<string, unknown>);
  };
  return joined(shape, {
    read: (statement) => recall(readQuestion(statement)),
    write: async () => {},
    find: (key) => recall(`register ${JSON.stringify(key)}`),
    statusOf: (key) => recall(`power ${JSON.stringify(key)}`),
  });
}

interface Questions {
  readonly read: Database['read'];
  readonly write: Database['write'];
  readonly find: OrganisationRegister['find'];
  readonly statusOf: (key: never) => Promise<unknown>;
}

function joined<T extends Asked>(shape: T, { read, write, find, statusOf }: Questions): T {
  return {
    ...shape,
    database: { read, write, close: async () => {} },
    register: { find },
    ...(shape.powerStatus === undefined ? {} : { powerStatus: { statusOf } }),
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
