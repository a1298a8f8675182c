import { type FailureCode, failureCodes, failures } from '../../failure/catalogue.ts';
import type { DetailKinds, Failure, Language, Wording } from '../../failure/failure.ts';
import { pageFailures } from '../../failure/page.ts';
import { defined } from '../../optional.ts';

/** Failures that the page itself tells of, beside those that are its own: a full wording goes along with each. */
const told: readonly FailureCode[] = [
  ...(['agent_failed', 'agent_origin_refused', 'agent_unreachable', 'service_unreachable'] as const),
  ...(['signing_cancelled', 'signing_timed_out'] as const),
  ...(['certificate_expired', 'certificate_not_yet_valid', 'certificate_usage_forbidden'] as const),
  ...(['algorithm_forbidden', 'key_not_found'] as const),
  ...(['pin_incorrect', 'pin_locked', 'token_not_present', 'token_removed'] as const),
  ...(Object.keys(pageFailures) as (keyof typeof pageFailures)[]),
];

/** A wording with its gaps, and the kinds of the details that fill them. */
export interface OpenWording extends Wording {
  readonly kinds?: DetailKinds;
}

/** Wordings of the failures that the page tells of without the service, by their codes. */
export function pageWordings(language: Language): Readonly<Record<string, OpenWording>> {
  return Object.fromEntries(
    told.map((code) => {
      const { details: kinds, [language]: wording }: Failure = failures[code];
      return [code, { ...wording, ...defined({ kinds }) }];
    }),
  );
}

/** Titles of what else an agent may report of its tokens and certificates; it words its failures itself. */
export function agentTitles(language: Language): Readonly<Record<string, string>> {
  const others = failureCodes.filter((code) => {
    const { status, stage }: Failure = failures[code];
    return status === undefined && stage === 'token' && !told.includes(code);
  });
  return Object.fromEntries(others.map((code) => [code, failures[code][language].title]));
}
