import { EncodingError } from '../asn1/error.ts';
import type { Budget } from '../budget/budget.ts';
import { type CertificateList, parseCertificateList } from './crl/list.ts';
import { type OcspAnswer, type OcspResponse, parseGivenResponse } from './ocsp/response.ts';
import type { SourceKind } from './policy.ts';
import type { Problem, ProblemFacts, ProblemName } from './problem.ts';

/** Lists and answers as a message or a question brings them. */
export interface EncodedValues {
  /** DER CertificateLists. */
  readonly lists: readonly Uint8Array[];
  /** DER OCSPResponses or BasicOCSPResponses. */
  readonly answers: readonly Uint8Array[];
}

/** Lists and answers that came inside of a message (RFC 5126, section 6.3.4; RFC 5652, section 10.2.1), parsed. */
export interface MessageValues {
  readonly lists: readonly CertificateList[];
  readonly answers: readonly OcspAnswer[];
  /** What could not be read, and where a responder only said that it gives no answer. */
  readonly problems: readonly Problem[];
}

/** Most lists, and most answers, of one message that are looked at: as many as it may have signers. */
const mostValues = 64;

/** The values of a message that brings none. */
export const noValues: MessageValues = { lists: [], answers: [], problems: [] };

/**
 * Parses what a message brings, once for all its signers and their paths; pauses after each. What cannot be read
 * becomes a problem. Throws `budget_exhausted`.
 */
export function* readValues(
  { lists, answers }: EncodedValues,
  budget: Budget,
): Generator<undefined, MessageValues> {
  if (lists.length === 0 && answers.length === 0) return noValues;
  const problems: Problem[] = [];
  const read = { budget, problems };
  const parsedLists = yield* readAll(lists, 'crl', parseCertificateList, read);
  const responses: readonly OcspResponse[] = yield* readAll(answers, 'ocsp', parseGivenResponse, read);
  for (const response of responses) {
    if (response.kind === 'refusal') problems.push(problemOfGiven(response.refusal, { kind: 'ocsp' }));
  }
  const parsedAnswers = responses.flatMap((each) => (each.kind === 'answer' ? [each.answer] : []));
  return { lists: parsedLists, answers: parsedAnswers, problems };
}

function* readAll<T>(
  encodings: readonly Uint8Array[],
  kind: SourceKind,
  read: (der: Uint8Array) => T,
  { budget, problems }: { readonly budget: Budget; readonly problems: Problem[] },
): Generator<undefined, readonly T[]> {
  const found: T[] = [];
  for (const der of encodings.slice(0, mostValues)) {
    budget.spend('octets', der.length);
    try {
      found.push(read(der));
    } catch (error) {
      if (!(error instanceof EncodingError)) throw error;
      problems.push(problemOfGiven('malformed', { kind, rule: error.rule }));
    }
    yield undefined;
  }
  return found;
}

function problemOfGiven(problem: ProblemName, details: ProblemFacts): Problem {
  return { problem, source: 'message', details };
}
