import type { Certificate } from '../../certificate/certificate.ts';
import { isFailure } from '../../error.ts';
import type { Checks } from '../../report/check.ts';
import type { RevocationEvidence } from '../evidence.ts';

/** One row for each piece of evidence: which source said what, and when. */
export function reportEvidence(report: Checks, evidence: readonly RevocationEvidence[]): void {
  for (const each of evidence) {
    const { subject } = each.certificate;
    if (each.source === 'break-glass') {
      const { reason, operator, until } = each.breakGlass;
      const details = { reason, operator, until: new Date(until), problems: each.problems };
      report.add({
        stage: 'revocation',
        name: 'revocation.break-glass',
        outcome: 'warning',
        subject,
        details,
      });
      continue;
    }
    const { source, origin, sha256, thisUpdate, nextUpdate, isInGrace, isLastResort } = each;
    report.add({
      stage: 'revocation',
      name: `revocation.${source}`,
      outcome: isInGrace || isLastResort ? 'warning' : 'passed',
      subject,
      details: {
        origin,
        sha256,
        thisUpdate: new Date(thisUpdate),
        ...(nextUpdate === undefined ? {} : { nextUpdate: new Date(nextUpdate) }),
        ...(isInGrace ? { grace: true } : {}),
        ...(isLastResort ? { fromMessage: true } : {}),
      },
    });
  }
}

/** The row of a certificate that is revoked, or whose status stayed open. */
export function reportFailure(report: Checks, certificate: Certificate, error: unknown): void {
  if (!isFailure(error)) return;
  const { code, details } = error;
  const { subject } = certificate;
  report.add({ stage: 'revocation', name: 'revocation.status', outcome: 'failed', subject, code, details });
}
