import { EncodingError } from '../asn1/error.ts';
import type { Budget } from '../budget/budget.ts';
import { type CertificateList, parseCertificateList } from './crl/list.ts';
import { type OcspAnswer, parseBasicResponse, parseOcspResponse } from './ocsp/response.ts';
import type { Problem } from './problem.ts';

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
  /** What could not be read. */
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
  const parsedLists = yield* readAll(lists, parseCertificateList, budget, problems);
  const parsedAnswers = yield* readAll(answers, readAnswer, budget, problems);
  return { lists: parsedLists, answers: parsedAnswers.flat(), problems };
}

function* readAll<T>(
  encodings: readonly Uint8Array[],
  read: (der: Uint8Array) => T,
  budget: Budget,
  problems: Problem[],
): Generator<undefined, readonly T[]> {
  const found: T[] = [];
  for (const der of encodings.slice(0, mostValues)) {
    budget.spend('octets', der.length);
    try {
      found.push(read(der));
    } catch (error) {
      if (!(error instanceof EncodingError)) throw error;
      problems.push({ problem: 'malformed', source: 'message', details: { rule: error.rule } });
    }
    yield undefined;
  }
  return found;
}

function readAnswer(der: Uint8Array): readonly OcspAnswer[] {
  // An OCSPResponse begins with an ENUMERATED, a BasicOCSPResponse with a SEQUENCE.
  try {
    const response = parseOcspResponse(der);
    return response.kind === 'answer' ? [response.answer] : [];
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    return [parseBasicResponse(der)];
  }
}
