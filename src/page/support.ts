import type { ShownFailure } from '../markup/refusal.ts';
import type { PageData } from '../sign-in/view/data.ts';

/** What support needs to know of a failure: no names, no certificates, nothing that opens anything. */
export function supportText(
  { code, title, traceId }: ShownFailure,
  { origin, facts }: PageData,
  more: Readonly<Record<string, string | undefined>>,
): string {
  const lines: Readonly<Record<string, string | undefined>> = {
    code,
    title,
    trace: traceId,
    time: new Date().toISOString(),
    page: origin,
    portal: facts.requester.origin,
    ...more,
    browser: navigator.userAgent,
  };
  return Object.entries(lines)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]))
    .join('\n');
}
