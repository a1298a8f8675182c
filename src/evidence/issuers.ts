import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { FetchFailure } from '../fetch/failure.ts';
import { fetchProblemNames } from '../fetch/problem.ts';
import type { IssuerSource } from '../issuer/source.ts';
import { disclose, enclose, mostTold, type Told } from './told.ts';

const question = (url: string) => `issuer ${url}`;

/** `issuers`, with what came noted in `told`; `onFound` is told of it as well. */
export function witnessedIssuers(
  issuers: IssuerSource,
  told: Told[],
  onFound: (found: readonly Certificate[]) => void,
): IssuerSource {
  const note = (url: string, answer: unknown) => {
    if (told.length < mostTold) told.push({ question: question(url), answer: enclose(answer) });
  };
  return {
    allows: (url) => issuers.allows(url),
    proved: (url) => issuers.proved(url),
    requestedBy: (requester) => witnessedIssuers(issuers.requestedBy(requester), told, onFound),
    async issuersOf(certificate, url, timeout) {
      try {
        const found = await issuers.issuersOf(certificate, url, timeout);
        note(
          url,
          found.map(({ der }) => der),
        );
        onFound(found);
        return found;
      } catch (error) {
        if (error instanceof FetchFailure) note(url, { problem: error.problem });
        throw error;
      }
    },
  };
}

/** The same certificates as they came then; only the addresses that were asked then are allowed. */
export function recalledIssuers(told: readonly Told[]): IssuerSource {
  const answers = new Map(told.map((each) => [each.question, each]));
  const recalled: IssuerSource = {
    allows: (url) => answers.has(question(url)),
    proved: () => {},
    requestedBy: () => recalled,
    async issuersOf(_, url) {
      const answer = disclose(answers.get(question(url))?.answer);
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
