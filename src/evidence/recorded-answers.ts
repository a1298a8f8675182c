import { hash } from 'node:crypto';
import type { AuthorisationContext } from '../authorisation/context.ts';
import type { Database, Statement } from '../database/database.ts';
import { isFailure, readFailure, SealgateError } from '../error.ts';
import type { PowerStatusRegister } from '../power-of-attorney/status.ts';
import type { OrganisationRegister } from '../register/lookup.ts';
import type { KeptObject } from './objects.ts';

/** What a register or the service's own state told a verification: the question, and the answer or the failure. */
export interface RecordedAnswer {
  readonly question: string;
  readonly answer?: unknown;
  readonly failure?: { readonly code: string; readonly details: unknown };
}

/** More is never asked for one login. */
export const mostAnswers = 200;

/** From this size on, octets of an answer, such as a document, are kept by their digest: others are told them too. */
const large = 1024;

/** What is asked beside trust and revocation: nothing, the service's state and its register, or powers of attorney as well. */
export type AskedScope = 'nothing' | 'register' | 'powers';

/** The answers of one verification, as they come. */
export class RecordedAnswers {
  private readonly answers: RecordedAnswer[] = [];
  private readonly large = new Map<string, KeptObject>();

  get list(): readonly RecordedAnswer[] {
    return this.answers;
  }

  /** What answers have in them by its digest. */
  get objects(): readonly KeptObject[] {
    return [...this.large.values()];
  }

  answered(question: string, answer: unknown): void {
    this.note(() => ({ question, answer: enclose(answer, this.large) }));
  }

  failed(question: string, { code, details }: SealgateError): void {
    this.note(() => ({ question, failure: { code, details: enclose(details, this.large) } }));
  }

  private note(answer: () => RecordedAnswer): void {
    if (this.answers.length < mostAnswers) this.answers.push(answer());
  }
}

/** `asked`, with every answer noted in `answers`. */
export function recording(asked: AuthorisationContext, answers: RecordedAnswers): AuthorisationContext {
  const note = async <A>(question: string, act: () => Promise<A>): Promise<A> => {
    try {
      const answer = await act();
      answers.answered(question, answer);
      return answer;
    } catch (error) {
      if (isFailure(error)) answers.failed(question, error);
      throw error;
    }
  };
  const { powerStatus } = asked;
  return {
    ...asked,
    ...joined({
      read: (statement) => note(readQuestion(statement), () => asked.database.read(statement)),
      write: (unit) => asked.database.write(unit),
      find: (key) => note(`register ${JSON.stringify(key)}`, () => asked.register.find(key)),
      statusOf:
        powerStatus && ((key) => note(`power ${JSON.stringify(key)}`, () => powerStatus.statusOf(key))),
    }),
  };
}

/** What a bundle has to recall answers from. */
export interface Recollection {
  readonly scope: AskedScope;
  readonly told: readonly RecordedAnswer[];
  /** Octets by their SHA-256. */
  readonly objectOf: (sha256: string) => Uint8Array;
  /** Answers what was asked of the database; by `told` where it is absent. */
  readonly read?: Database['read'];
}

/**
 * The same questions answered by what was told then; nothing is written. A question that was not asked then is
 * answered with `internal_error`, because evidence that lacks it cannot show what would have been; so is a failure
 * that cannot be read.
 */
export function recalled({ scope, told, objectOf, read }: Recollection): AuthorisationContext | undefined {
  if (scope === 'nothing') return undefined;
  const answers = new Map(told.map((each) => [each.question, each]));
  const recall = async <A>(question: string): Promise<A> => {
    const found = answers.get(question);
    if (found === undefined) throw new SealgateError('internal_error');
    const { answer, failure } = found;
    if (failure === undefined) return disclose(answer, objectOf) as A;
    throw (
      readFailure(failure.code, disclose(failure.details, objectOf)) ?? new SealgateError('internal_error')
    );
  };
  return joined({
    read: read ?? ((statement) => recall(readQuestion(statement))),
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

/** What a question is found again by: its name, or, for one that has none, its text, in which white space does not count. */
function readQuestion({ question, sql, parameters }: Statement): string {
  const name = question ?? sql.replace(/\s+/g, ' ').trim();
  return `read ${name} ${JSON.stringify(enclose(parameters))}`;
}

/**
 * A value as JSON can hold it: octets and dates in objects of one member whose name says what they are. Many octets go
 * to `objects`, if given, and leave their digest.
 */
export function enclose(value: unknown, objects?: Map<string, KeptObject>): unknown {
  if (value instanceof Uint8Array) return encloseOctets(value, objects);
  if (value instanceof Date) return { $date: value.getTime() };
  if (Array.isArray(value)) return value.map((each) => enclose(each, objects));
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, enclose(member, objects)]));
}

function encloseOctets(octets: Uint8Array, objects: Map<string, KeptObject> | undefined): unknown {
  if (objects === undefined || octets.length < large) {
    return { $octets: Buffer.from(octets).toString('base64') };
  }
  const sha256 = hash('sha256', octets);
  objects.set(sha256, { sha256, octets });
  return { $object: sha256 };
}

/** The value that `enclose` was given. */
export function disclose(value: unknown, objectOf: Recollection['objectOf']): unknown {
  if (Array.isArray(value)) return value.map((each) => disclose(each, objectOf));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value);
  const [[name, member] = [undefined, undefined]] = members;
  if (members.length === 1 && name === '$octets')
    return new Uint8Array(Buffer.from(String(member), 'base64'));
  if (members.length === 1 && name === '$object') return objectOf(String(member));
  if (members.length === 1 && name === '$date') return new Date(Number(member));
  return Object.fromEntries(members.map(([key, inner]) => [key, disclose(inner, objectOf)]));
}
