import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { FetchFailure } from '../fetch/failure.ts';
import { fetchProblemNames } from '../fetch/problem.ts';
import type { IssuerSource } from '../issuer/source.ts';
import { disclose, type Recollection, type RecordedAnswers } from './recorded-answers.ts';

const question = (url: string) => `issuer ${url}`;

/** `issuers`, with what came noted in `answers`. */
export function recordingIssuers(issuers: IssuerSource, answers: RecordedAnswers): IssuerSource {
  const note = (url: string, answer: unknown) => answers.answered(question(url), answer);
  return {
    allows: (url) => issuers.allows(url),
    proved: (url) => issuers.proved(url),
    requestedBy: (requester) => recordingIssuers(issuers.requestedBy(requester), answers),
    async issuersOf(certificate, url, timeout) {
      try {
        const found = await issuers.issuersOf(certificate, url, timeout);
        note(
          url,
          found.map(({ der }) => der),
        );
        return found;
      } catch (error) {
        if (error instanceof FetchFailure) note(url, { problem: error.problem });
        throw error;
      }
    },
  };
}

/** The same certificates as they came then; only the addresses that were asked then are allowed. */
export function recalledIssuers({ told, objectOf }: Pick<Recollection, 'told' | 'objectOf'>): IssuerSource {
  const answers = new Map(told.map((each) => [each.question, each]));
  const recalled: IssuerSource = {
    allows: (url) => answers.has(question(url)),
    proved: () => {},
    requestedBy: () => recalled,
    async issuersOf(_, url) {
      const answer = disclose(answers.get(question(url))?.answer, objectOf);
      if (!Array.isArray(answer)) throw new FetchFailure(problemIn(answer));
      return answer.flatMap((der: unknown): Certificate[] =>
        der instanceof Uint8Array ? [parseCertificate(der)] : [],
      );
    },
  };
  return recalled;
}

function problemIn(answer: unknown) {
  const named =
    typeof answer === 'object' && answer !== null && 'problem' in answer ? answer.problem : undefined;
  return fetchProblemNames.find((name) => name === named) ?? 'connection-failed';
}
