import type { DocumentQuestion } from '../document/judge.ts';
import type { ServiceReport } from '../document/service.ts';
import { certificatesIn } from '../encoding/certificates.ts';
import { answersIn, listsIn } from '../encoding/revocation.ts';
import { SealgateError } from '../error.ts';
import type { Language } from '../failure/failure.ts';
import type { ProfileName } from '../path/profile.ts';
import type { Answer, Call } from './route.ts';

/** What reads documents is loaded with the first of them: a service that only signs people in needs none of it. */
export const documents = () => import('../document/service.ts');

/** What a question about a document or a certificate brings beside it; evidence as people have it in files. */
export interface QuestionParts {
  readonly untrusted: readonly Uint8Array[];
  readonly lists: readonly Uint8Array[];
  readonly answers: readonly Uint8Array[];
  /** ISO 8601; now if absent. */
  readonly at?: string | undefined;
  readonly profile: ProfileName;
}

/** Clocks differ; milliseconds. */
const tolerance = 60_000;

/** A question as it is judged. Throws `request_malformed` for a time to come, and `encoding_unexpected`. */
export function questionOf({ request, at }: Pick<Call, 'request' | 'at'>, parts: QuestionParts) {
  const moment = parts.at === undefined ? at : Date.parse(parts.at);
  if (moment > at + tolerance)
    throw new SealgateError('request_malformed', { field: 'at', problem: 'in the future' });
  const language: Language = request.acceptsLanguages('en', 'ru') === 'ru' ? 'ru' : 'en';
  return {
    untrusted: parts.untrusted.flatMap((octets) => certificatesIn(octets, 'untrusted')),
    lists: parts.lists.flatMap((octets) => listsIn(octets, 'lists')),
    answers: parts.answers.flatMap((octets) => answersIn(octets, 'answers')),
    at: moment,
    isPast: at - moment > tolerance,
    profile: parts.profile,
    language,
  } satisfies DocumentQuestion;
}

/** Media types that a report is told in beside JSON. */
export const reportTypes: readonly string[] = ['text/html', 'application/xml'];

/** A report as JSON, as a page for people or as XML of ETSI TS 119 102-2, by what is asked for. */
export async function reportAnswer(
  { request }: Pick<Call, 'request'>,
  report: ServiceReport,
  language: Language,
): Promise<Answer> {
  const vary = 'Accept, Accept-Language';
  switch (request.accepts(['application/json', ...reportTypes])) {
    case 'text/html': {
      const { documentPage } = await import('../document/page.ts');
      const { html, policy } = documentPage(report, language);
      const headers = { 'content-security-policy': `${policy}; frame-ancestors 'none'`, vary };
      return { body: html, type: 'text/html; charset=utf-8', headers };
    }
    case 'application/xml': {
      const { etsiReport } = await import('../document/etsi-report.ts');
      return { body: etsiReport(report), type: 'application/xml; charset=utf-8', headers: { vary } };
    }
    default:
      return { body: report, headers: { vary } };
  }
}
