import { isFailure, SealgateError } from '../error.ts';
import type { FailureCode } from '../failure/catalogue.ts';
import { failureCodes, failures } from '../failure/catalogue.ts';
import { explain } from '../failure/explain.ts';
import type { Failure, Indication, Language, Stage } from '../failure/failure.ts';
import { defined } from '../optional.ts';
import { type LoginVerdict, loginVerdict } from '../report/login-verdict.ts';
import { LoginRefusal } from '../report/refusal.ts';

/** A problem document (RFC 9457) with the members that Sealgate adds. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: FailureCode;
  readonly stage: Stage;
  readonly remedy: string;
  readonly traceId: string;
  /** ETSI EN 319 102-1, section 5.1.3. */
  readonly indication: Indication;
  readonly subIndication?: string;
  /** Of a login whose message had been read: what was checked before it was refused. */
  readonly verdict?: LoginVerdict;
}

/** A problem and the headers that go with it. */
export interface ProblemAnswer {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
}

/** What to wait, in seconds, where the failure itself does not say. */
const customaryWait = 30;

/**
 * What an error becomes over HTTP. The one place that knows. A SealgateError that has no HTTP status, and any other
 * error, becomes `internal_error` and says nothing of the inside.
 */
export function toProblem(error: unknown, language: Language, traceId: string): ProblemAnswer {
  const known =
    error instanceof SealgateError && statusOf(error.failure) ? error : new SealgateError('internal_error');
  const { code, details } = known;
  const failure: Failure = known.failure;
  const status = statusOf(failure) ?? 500;
  const { title, cause, remedy } = explain(code, details, language);
  return {
    problem: {
      type: problemType(code),
      title,
      status,
      detail: cause,
      code,
      stage: failure.stage,
      remedy,
      traceId,
      indication: failure.indication,
      ...defined({ subIndication: failure.subIndication }),
      ...verdictOf(known),
    },
    headers: { 'content-language': language, ...headersOf(known, status) },
  };
}

function verdictOf(error: SealgateError): { readonly verdict?: LoginVerdict } {
  return error instanceof LoginRefusal ? { verdict: loginVerdict(error.checks, error) } : {};
}

/** The codes that can occur over HTTP. */
export const problemCodes = failureCodes.filter((code) => statusOf(failures[code]) !== undefined);

/** The problem type (RFC 9457, section 3.1.1) of a code. */
export function problemType(code: FailureCode): string {
  return `urn:sealgate:failure:${code}`;
}

function statusOf(failure: Failure): number | undefined {
  return failure.status;
}

function headersOf(error: SealgateError, status: number): Record<string, string> {
  const { code, details } = error;
  if (status === 429 || status === 503) {
    const wait = ('retryAfter' in details ? details.retryAfter : undefined) ?? customaryWait;
    return { 'retry-after': String(Math.max(1, Math.ceil(wait))) };
  }
  if (code === 'client_unauthenticated')
    return { 'www-authenticate': 'Basic realm="sealgate", charset="UTF-8"' };
  // RFC 9110, section 15.5.2: a 401 names a scheme. Here what is asked for is a signature.
  if (status === 401) return { 'www-authenticate': 'Signature realm="sealgate"' };
  if (isFailure(error, 'method_not_allowed')) return { allow: error.details.allowed };
  return {};
}
