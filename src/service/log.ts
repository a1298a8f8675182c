import { type DestinationStream, pino } from 'pino';
import { type FailureCode, failures } from '../failure/catalogue.ts';
import { type Cause, causesOf } from './cause.ts';

/** What the service does beside answering; a failure of it is logged, and it is tried again. */
export type Work =
  | 'anchoring the audit'
  | 'ending idle sessions'
  | 'answering by OpenID Connect'
  | 'forgetting what is past its use'
  | 'keeping refused requests'
  | 'keeping up with other replicas'
  | 'following sign-ins'
  | 'recording refused assertions'
  | 'looking after the seals of records'
  | 'sending a notice'
  | 'telling of unusual sign-ins'
  | 'telling portals of logouts'
  | 'rechecking powers of attorney for revocation'
  | 'rechecking sessions for revocation'
  | 'rechecking what sessions rest on'
  | 'refreshing what is trusted'
  | 'revocation';

/** Every line that is written, with its fields. */
export interface LogLines {
  readonly listening: { readonly url: string; readonly issuer: string };
  /** Powers of attorney that an earlier version kept, and those among them that cannot be read any more. */
  readonly 'powers moved': { readonly moved: number; readonly unreadable: number };
  /** The sign-in page runs no script, because it is not built; `npm run setup` builds it. */
  readonly 'page without script': Record<never, never>;
  readonly stopped: Record<never, never>;
  /** A worker process ended that nobody had told to; another is started. */
  readonly 'worker ended': { readonly ended: string };
  /** The new worker of a restart did not come to serve; the old one goes on. */
  readonly 'worker not replaced': { readonly ended: string };
  /** More requests came than this process answers: it refuses some from now on. */
  readonly overloaded: Record<never, never>;
  /** It answers all of them again; `refused` tells how many it refused. */
  readonly 'overload over': { readonly refused: number };
  readonly answered: {
    readonly traceId: string;
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly milliseconds: number;
    readonly code?: FailureCode;
  };
  /** A request met an error of ours or of something behind us. */
  readonly broken: { readonly traceId: string; readonly route: string; readonly causes: readonly Cause[] };
  readonly failed: { readonly work: Work; readonly causes: readonly Cause[] };
}

type Line = keyof LogLines;
type FieldName = { [Name in Line]: keyof LogLines[Name] }[Line];

/** How much is logged. */
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** Log lines. They hold no PIN, key or personal data, and no text of a third party. */
export interface ServiceLog {
  write<Name extends Line>(level: Exclude<LogLevel, 'silent'>, line: Name, fields: LogLines[Name]): void;
  /** Something that is done in the background failed; the service goes on. */
  failed(work: Work, error: unknown): void;
  isEnabled(level: LogLevel): boolean;
  flush(): void;
}

const isText = (form: RegExp) => (value: unknown) => typeof value === 'string' && form.test(value);
const isNumber = (value: unknown) => typeof value === 'number';

/**
 * The only fields there are, and what each may hold. The types say the same; this holds for what got past them, so
 * that a stranger's text in a field of the wrong form is left out and not written.
 */
const rules: Readonly<Record<FieldName, (value: unknown) => boolean>> = {
  traceId: isText(/^[0-9a-f]{32}$/),
  method: isText(/^[A-Z-]{1,20}$/),
  // The pattern of a route, never the path that was asked for.
  route: isText(/^(?:unknown|(?:\/[A-Za-z0-9.:*-]*)+)$/),
  status: isNumber,
  moved: isNumber,
  refused: isNumber,
  unreadable: isNumber,
  milliseconds: isNumber,
  code: (value) => typeof value === 'string' && Object.hasOwn(failures, value),
  // The operator's own, from the configuration.
  url: isText(/^https?:\/\/\S+$/),
  issuer: isText(/^https?:\/\/\S+$/),
  // An exit code, or the name of a signal.
  ended: isText(/^[A-Z0-9]{1,12}$/),
  work: isText(/^[a-z -]{1,60}$/),
  // Made by `causesOf` alone.
  causes: Array.isArray,
};

/** Logs lines as JSON to `output`. */
export function serviceLog(level: LogLevel, output: DestinationStream): ServiceLog {
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, output);
  const write: ServiceLog['write'] = (importance, line, fields) => {
    if (log.isLevelEnabled(importance)) log[importance](allowed(fields), line);
  };
  return {
    write,
    failed: (work, error) => write('warn', 'failed', { work, causes: causesOf(error) }),
    isEnabled: (importance) => log.isLevelEnabled(importance),
    flush: () => log.flush(),
  };
}

function allowed(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => isField(name) && rules[name](value)),
  );
}

function isField(name: string): name is FieldName {
  return Object.hasOwn(rules, name);
}
