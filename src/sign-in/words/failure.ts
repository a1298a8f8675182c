import { type FailureCode, failureCodes, failures } from '../../failure/catalogue.ts';
import type { DetailKinds, Failure, Language, Wording } from '../../failure/failure.ts';

/** What the page itself finds wrong with a certificate, beside what happens at the workplace. */
const judged: readonly FailureCode[] = [
  'certificate_expired',
  'certificate_not_yet_valid',
  'certificate_usage_forbidden',
  'algorithm_forbidden',
];

/** A wording with its gaps, and the kinds of the details that fill them. */
export interface OpenWording extends Wording {
  readonly kinds?: DetailKinds;
}

/** Wordings of all failures that the page can meet without the service, by their codes. */
export function workplaceWordings(language: Language): Readonly<Record<string, OpenWording>> {
  const codes = failureCodes.filter((code) => {
    const { status, stage }: Failure = failures[code];
    return judged.includes(code) || (status === undefined && (stage === 'token' || stage === 'workplace'));
  });
  return Object.fromEntries(
    codes.map((code) => {
      const { details: kinds, [language]: wording }: Failure = failures[code];
      return [code, { ...wording, ...(kinds === undefined ? {} : { kinds }) }];
    }),
  );
}
