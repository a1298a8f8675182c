import { z } from 'zod';
import { type FailureCode, failures } from '../failure/catalogue.ts';
import type { Details } from '../failure/details.ts';
import { explain } from '../failure/explain.ts';
import type { Failure, Language } from '../failure/failure.ts';
import { defined } from '../optional.ts';

/** What the client reads of a problem document (RFC 9457); a newer service may send more, and codes unknown here. */
const problemSchema = z.looseObject({
  code: z.string().max(100),
  title: z.string().max(1000),
  status: z.number(),
  detail: z.string().max(10_000).default(''),
  remedy: z.string().max(10_000).default(''),
  stage: z.string().max(100).default('service'),
  traceId: z.string().max(100).exactOptional(),
});

/** What there is to know of a failure; all texts are meant for the person, in the language that was asked for. */
export interface PortalFailure {
  /** Stable; the README of the service lists them. */
  readonly code: string;
  /** HTTP status of the service's answer; of a failure that the client found itself, the one it stands for. */
  readonly status: number;
  readonly title: string;
  /** The cause. */
  readonly detail: string;
  /** What to do next. */
  readonly remedy: string;
  readonly stage: string;
  /** Give it to the service's support. */
  readonly traceId?: string;
  /** Seconds to wait before another try. */
  readonly retryAfter?: number;
}

/** The one error of the portal client. */
export class PortalError extends Error implements PortalFailure {
  override readonly name = 'PortalError';
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly remedy: string;
  readonly stage: string;
  readonly traceId?: string;
  readonly retryAfter?: number;

  constructor(failure: PortalFailure, options?: ErrorOptions) {
    super(`${failure.code}: ${failure.title}`, options);
    this.code = failure.code;
    this.status = failure.status;
    this.title = failure.title;
    this.detail = failure.detail;
    this.remedy = failure.remedy;
    this.stage = failure.stage;
    if (failure.traceId !== undefined) this.traceId = failure.traceId;
    if (failure.retryAfter !== undefined) this.retryAfter = failure.retryAfter;
  }
}

/** A failure that the client found itself, worded from the catalogue. */
export function localError<Code extends FailureCode>(
  code: Code,
  details: Details<Code>,
  language: Language,
  options?: ErrorOptions,
): PortalError {
  const { title, cause, remedy } = explain(code, details, language);
  const { status = 503, stage }: Failure = failures[code];
  return new PortalError({ code, status, title, detail: cause, remedy, stage }, options);
}

/** The failure that an answer of the service tells of; undefined where its body is no problem document. */
export function problemError(body: unknown, retryAfter: string | null): PortalError | undefined {
  const parsed = problemSchema.safeParse(body);
  if (!parsed.success) return undefined;
  const { code, title, status, detail, remedy, stage, traceId } = parsed.data;
  const seconds = retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined;
  return new PortalError({
    code,
    title,
    status,
    detail,
    remedy,
    stage,
    ...defined({ traceId, retryAfter: seconds }),
  });
}
