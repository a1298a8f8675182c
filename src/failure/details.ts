import { type FailureCode, failures } from './catalogue.ts';
import type { DetailKind, DetailKinds, Failure } from './failure.ts';
import type { Difference } from './value.ts';
import { isTerm, type Term } from './vocabulary.ts';

/** Why one source, such as a revocation list, settled nothing. */
export interface SourceProblem {
  readonly problem: string;
  /** URL, or where else the answer came from. */
  readonly source?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The values of each kind of detail. */
interface DetailValues {
  readonly text: string;
  readonly 'text[]': readonly string[];
  readonly number: number;
  readonly flag: boolean;
  readonly term: Term;
  readonly 'term[]': readonly Term[];
  readonly label: string;
  readonly 'label[]': readonly string[];
  readonly problem: string;
  readonly code: FailureCode;
  readonly date: Date;
  readonly seconds: number;
  readonly octets: number;
  readonly differences: readonly Difference[];
  readonly powerDifferences: readonly Difference[];
  readonly problems: readonly SourceProblem[];
}

type KindsOf<Code extends FailureCode> = (typeof failures)[Code] extends {
  readonly details: infer Kinds extends DetailKinds;
}
  ? Kinds
  : never;

type ValueOf<Kind> = Kind extends DetailKind
  ? DetailValues[Kind]
  : Kind extends `${infer Known extends DetailKind}?`
    ? DetailValues[Known] | undefined
    : never;

type Filled<Kinds> = {
  readonly [Name in keyof Kinds as Kinds[Name] extends DetailKind ? Name : never]: ValueOf<Kinds[Name]>;
} & {
  readonly [Name in keyof Kinds as Kinds[Name] extends DetailKind ? never : Name]?: ValueOf<Kinds[Name]>;
};

/** The details of a failure with `Code`, as the catalogue declares them; of one of several, those of any of them. */
export type Details<Code extends FailureCode = FailureCode> = Code extends FailureCode
  ? [KindsOf<Code>] extends [never]
    ? Readonly<Record<string, never>>
    : Filled<KindsOf<Code>>
  : never;

/** A failure that has no details, or can do without them. */
export type BareCode = {
  [Code in FailureCode]: Record<never, never> extends Details<Code> ? Code : never;
}[FailureCode];

/** A failure as data: its code, with the details that it needs. */
export type FailureData = {
  [Code in FailureCode]: { readonly code: Code; readonly details: Details<Code> };
}[FailureCode];

/** The name of a detail of any failure. */
export type DetailName = { [Code in FailureCode]: keyof KindsOf<Code> & string }[FailureCode];

/** The declared details of `code`: their kinds by their names. */
export function detailKinds(code: FailureCode): DetailKinds {
  return (failures[code] as Failure).details ?? {};
}

/**
 * The details of `code` in `data` that came from elsewhere: another process, a file. What is not declared is left out,
 * and so is an optional detail that is of another kind; undefined where one that is always known is missing or is not
 * of its kind.
 */
export function readDetails<Code extends FailureCode>(code: Code, data: unknown): Details<Code> | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const details: Record<string, unknown> = {};
  for (const [name, declared] of Object.entries(detailKinds(code))) {
    const value = Object.hasOwn(data, name) ? (data as Record<string, unknown>)[name] : undefined;
    const kind = kindOf(declared);
    if (isOfKind(value, kind)) details[name] = value;
    else if (kind === declared) return undefined;
  }
  return details as Details<Code>;
}

/** The kind without the mark of what is not always known. */
export function kindOf(declared: DetailKinds[string]): DetailKind {
  return declared.replace(/\?$/, '') as DetailKind;
}

function isOfKind(value: unknown, kind: DetailKind): boolean {
  switch (kind) {
    case 'text':
    case 'label':
    case 'problem':
      return typeof value === 'string';
    case 'term':
      return typeof value === 'string' && isTerm(value);
    case 'text[]':
    case 'label[]':
      return isListOf(value, 'text');
    case 'term[]':
      return isListOf(value, 'term');
    case 'number':
    case 'seconds':
    case 'octets':
      return typeof value === 'number' && Number.isFinite(value);
    case 'flag':
      return typeof value === 'boolean';
    case 'code':
      return typeof value === 'string' && Object.hasOwn(failures, value);
    case 'date':
      return value instanceof Date && !Number.isNaN(value.getTime());
    case 'differences':
    case 'powerDifferences':
      return Array.isArray(value) && value.every(isDifference);
    case 'problems':
      return Array.isArray(value) && value.every(isSourceProblem);
  }
}

function isListOf(value: unknown, kind: DetailKind): boolean {
  return Array.isArray(value) && value.every((item) => isOfKind(item, kind));
}

function isDifference(value: unknown): value is Difference {
  if (typeof value !== 'object' || value === null) return false;
  const { field, certificate, register, signedText } = value as Readonly<Record<string, unknown>>;
  const other = register ?? signedText;
  return isOfKind(field, 'term') && typeof certificate === 'string' && typeof other === 'string';
}

/** The problems in a value that may have come from elsewhere; none where it is of another kind. */
export function problemsIn(value: unknown): readonly SourceProblem[] {
  return Array.isArray(value) ? value.filter(isSourceProblem) : [];
}

function isSourceProblem(value: unknown): value is SourceProblem {
  if (typeof value !== 'object' || value === null) return false;
  const { problem, source, details = {} } = value as Readonly<Record<string, unknown>>;
  const isSourceRight = source === undefined || typeof source === 'string';
  return typeof problem === 'string' && isSourceRight && typeof details === 'object' && details !== null;
}
