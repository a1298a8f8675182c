import { canonicalJson } from '../audit/canonical.ts';
import type { LoginVerdict } from '../report/login-verdict.ts';
import type { ReadRecord } from './record.ts';
import type { VerificationResult } from './verification-result.ts';

/**
 * In what a verdict differs from the recorded one, in words: indication, code, each section's outcome, each row, and
 * who signed in. Details are not compared, because they hold durations; nor is the order of rows, because statuses
 * are asked for side by side.
 */
export function differencesOf(
  { verdict: recorded, result: recordedResult }: ReadRecord,
  verdict: LoginVerdict,
  result: VerificationResult | undefined,
): readonly string[] {
  const differences: string[] = [];
  const expect = (what: string, was: unknown, is: unknown) => {
    if (was !== is) differences.push(`${what}: was ${String(was ?? 'absent')}, is ${String(is ?? 'absent')}`);
  };
  expect('indication', recorded.indication, verdict.indication);
  expect('sub-indication', recorded.subIndication, verdict.subIndication);
  expect('code', recorded.code, verdict.code);
  for (const { section, outcome, code } of recorded.sections) {
    const found = verdict.sections.find((each) => each.section === section);
    expect(section, outcome, found?.outcome);
    expect(`${section}, code`, code, found?.code);
  }
  const before = rowsOf(recorded);
  const now = rowsOf(verdict);
  for (const row of new Set([...before, ...now])) {
    const times = (rows: readonly string[]) => rows.filter((each) => each === row).length;
    expect(row, times(before), times(now));
  }
  if (recordedResult !== null) {
    const { organisation, signer, certificate, acr, revocation } = recordedResult;
    expect('organisation', canonicalJson(organisation), canonicalJson(result?.organisation));
    expect('signer', canonicalJson(signer), canonicalJson(result?.signer));
    expect('certificate', certificate, result?.certificateThumbprint);
    expect('acr', acr, result?.acr);
    expect('revocation', canonicalJson(revocation), canonicalJson(result?.revocation ?? null));
  }
  return differences;
}

function rowsOf({ sections }: LoginVerdict): readonly string[] {
  return sections.flatMap(({ section, checks }) =>
    checks.map(({ name, outcome, subject, code }) =>
      [section, name, outcome, subject, code].filter((part) => part !== undefined).join(' '),
    ),
  );
}
