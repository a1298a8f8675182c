import { EncodingError } from '../../asn1/error.ts';
import { Reader } from '../../asn1/reader.ts';
import { compareOctets } from '../../asn1/writer.ts';
import type { Certificate } from '../../certificate/certificate.ts';
import type { Extensions, ExtensionType } from '../../certificate/extension.ts';
import { termAt } from '../freshness.ts';
import { isLater, type LaterRevocation } from '../past-time.ts';
import type { Problem } from '../problem.ts';
import type { RevocationReason } from '../reason.ts';
import { isAbout } from './certificate-id.ts';
import { ocspOids } from './oids.ts';
import { type ResponderQuestion, signerProblem } from './responder.ts';
import type { SingleAnswer } from './response.ts';

/** The status of one certificate by one OCSP answer: everything that the verdict depends on. */
export interface OcspQuestion extends ResponderQuestion {
  readonly certificate: Certificate;
  /** The nonce that was sent; undefined where none was, or the answer was compared with it when it came. */
  readonly nonce?: Uint8Array | undefined;
  /** Whether an answer has to have a nonce, that which was sent; responders that prepare their answers have none. */
  readonly requiresNonce?: boolean;
  /** How long ago an answer may have been produced that has none although one was sent, ms; no limit where absent. */
  readonly longestWithoutNonce?: number | undefined;
}

/** What an OCSP answer says of a certificate. `undetermined` is not good: it denies. */
export type OcspVerdict =
  | {
      readonly status: 'good';
      readonly single: SingleAnswer;
      readonly isInGrace: boolean;
      /** A revocation that it tells of and that lies after the time in question. */
      readonly later?: LaterRevocation;
    }
  | {
      readonly status: 'revoked';
      readonly single: SingleAnswer;
      readonly revokedAt: number;
      readonly reason: RevocationReason;
    }
  | { readonly status: 'undetermined'; readonly problems: readonly Problem[] };

const nonce: ExtensionType<Uint8Array> = {
  oid: ocspOids.nonce,
  name: 'nonce',
  decode(value) {
    const reader = Reader.der(value);
    const octets = reader.octetString();
    reader.finish();
    return octets;
  },
};

const knownExtensions: ReadonlySet<string> = new Set(Object.values(ocspOids));

/**
 * Determines the status of a certificate from one OCSP answer (RFC 6960, section 3.2): it is about this
 * certificate, in its term, answers this request, and is signed by the authority or by a responder that this very
 * authority appointed. No I/O, no clock; pauses between steps. Does not throw on bad answers, but `budget_exhausted`.
 */
export function* evaluateOcsp(question: OcspQuestion): Generator<undefined, OcspVerdict> {
  const { certificate, issuer, answer } = question;
  const singles = answer.answers.filter(({ id }) => isAbout(id, certificate, issuer));
  if (singles.length === 0) return undetermined({ problem: 'other-certificate' });
  const problem =
    unknownCritical(answer.extensions) ?? nonceProblem(question) ?? (yield* signerProblem(question));
  if (problem !== undefined) return undetermined(problem);
  // Several answers about one certificate: the worst of those that can be used, so that order changes nothing.
  const verdicts = singles.map((single) => judge(single, question));
  return (
    verdicts.find(({ status }) => status === 'revoked') ??
    verdicts.find(({ status }) => status === 'undetermined') ??
    verdicts[0]!
  );
}

function undetermined(problem: Problem): OcspVerdict {
  return { status: 'undetermined', problems: [problem] };
}

function unknownCritical(extensions: Extensions): Problem | undefined {
  for (const { oid, isCritical } of extensions.values()) {
    if (isCritical && !knownExtensions.has(oid)) {
      return { problem: 'unknown-critical-extension', details: { extension: oid } };
    }
  }
  return undefined;
}

const archiveCutoff: ExtensionType<number> = {
  oid: ocspOids.archiveCutoff,
  name: 'archiveCutoff',
  decode(value) {
    const reader = Reader.der(value);
    const time = reader.generalizedTime();
    reader.finish();
    return time;
  },
};

/**
 * RFC 6960, section 4.4.4: a responder may forget a certificate once its term is over, unless it says how far back
 * it remembers. Until then nothing is asked of it.
 */
function isForgotten(notAfter: number, { thisUpdate, extensions }: SingleAnswer): boolean {
  if (thisUpdate <= notAfter) return false;
  const extension = extensions.get(archiveCutoff.oid);
  return extension === undefined || archiveCutoff.decode(extension.value) > notAfter;
}

/**
 * The nonce shows that an answer was made for this request. Without it somebody on the way may have put an older good
 * answer in the place of the present one, in its term, though from before a revocation; so that it has to be fresh.
 */
function nonceProblem(question: OcspQuestion): Problem | undefined {
  const { answer, nonce: sent, at, longestWithoutNonce = Number.POSITIVE_INFINITY } = question;
  const extension = answer.extensions.get(nonce.oid);
  if (extension === undefined) {
    if (question.requiresNonce === true) return { problem: 'nonce-missing' };
    if (sent === undefined || answer.producedAt >= at - longestWithoutNonce) return undefined;
    return { problem: 'nonce-missing', details: { producedAt: new Date(answer.producedAt) } };
  }
  if (sent === undefined) return undefined;
  try {
    return compareOctets(nonce.decode(extension.value), sent) === 0 ? undefined : { problem: 'nonce-wrong' };
  } catch (error) {
    if (error instanceof EncodingError) return { problem: 'nonce-wrong' };
    throw error;
  }
}

function judge(single: SingleAnswer, question: OcspQuestion): OcspVerdict {
  try {
    return judgeReadable(single, question);
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    return undetermined({ problem: 'malformed', details: { rule: error.rule } });
  }
}

function judgeReadable(
  single: SingleAnswer,
  { certificate, at, past, freshness }: OcspQuestion,
): OcspVerdict {
  const problem = unknownCritical(single.extensions);
  if (problem !== undefined) return undetermined(problem);
  const { thisUpdate, nextUpdate, status } = single;
  const term = termAt(at, thisUpdate, nextUpdate, freshness, past?.validationTime);
  const details = {
    thisUpdate: new Date(thisUpdate),
    ...(nextUpdate === undefined ? {} : { nextUpdate: new Date(nextUpdate) }),
  };
  if (term === 'early') return undetermined({ problem: 'not-yet-valid', details });
  if (term === 'stale') return undetermined({ problem: 'stale', details });
  if (nextUpdate !== undefined && nextUpdate < thisUpdate) {
    return undetermined({ problem: 'malformed', details: { rule: 'nextUpdate lies before thisUpdate' } });
  }
  switch (status.kind) {
    case 'good':
      if (isForgotten(certificate.notAfter, single))
        return undetermined({ problem: 'status-unknown', details });
      return { status: 'good', single, isInGrace: term === 'grace' };
    case 'revoked':
      if (isLater(status, at, past))
        return { status: 'good', single, isInGrace: term === 'grace', later: status };
      return { status: 'revoked', single, revokedAt: status.revokedAt, reason: status.reason };
    case 'unknown':
      return undetermined({ problem: 'status-unknown' });
  }
}
