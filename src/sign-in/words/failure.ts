import { type FailureCode, failureCodes, failures } from '../../failure/catalogue.ts';
import type { Failure, Language, Wording } from '../../failure/failure.ts';

/** What the page itself finds wrong with a certificate, beside what happens at the workplace. */
const judged: readonly FailureCode[] = [
  'certificate_expired',
  'certificate_not_yet_valid',
  'certificate_usage_forbidden',
  'algorithm_forbidden',
];

/** Wordings, with their gaps, of all failures that the page can meet without the service. */
export function workplaceWordings(language: Language): Readonly<Record<string, Wording>> {
  const codes = failureCodes.filter((code) => {
    const { status, stage }: Failure = failures[code];
    return judged.includes(code) || (status === undefined && (stage === 'token' || stage === 'workplace'));
  });
  return Object.fromEntries(codes.map((code) => [code, failures[code][language]]));
}
