import type { Certificate } from '../certificate/certificate.ts';
import type { TrustAnchor } from '../certificate/trust-anchor.ts';
import type { Checks } from '../report/check.ts';
import type { PathProblem } from './problem.ts';
import type { OnPassed, ValidPath } from './validation.ts';

/** Paths beyond this number are searched but no longer written down, so that a hostile pool writes no endless report. */
const reportedPaths = 50;

/** The same for everything that fails on the way. */
const reportedFailures = 100;

/** Where a failure was met; the name of its row. */
export type FailedStep = 'path.target' | 'path.rule' | 'path.candidate' | 'path.issuer' | 'path.budget';

/**
 * Writes the rows of one search: for each path that was tried its checks, `details.path` counting the paths and
 * `details.position` the certificates from the anchor down, and for each branch that ended why. Details hold only what is at hand.
 */
export class PathReport {
  private readonly checks: Checks;
  private path: number;
  private failures = 0;
  /** Counts the certificates of a path from the anchor down, since names do not tell self-issued ones apart. */
  private position = 0;
  private current: Certificate | undefined;

  /** Goes on counting where an earlier search has ended that wrote into the same rows. */
  constructor(checks: Checks) {
    this.checks = checks;
    this.path = checks.list.filter(({ name }) => name === 'path.tried').length;
  }

  /** Begins the rows of a path that has reached an anchor. */
  begin(chain: readonly Certificate[], anchor: TrustAnchor): void {
    this.path++;
    this.position = 0;
    this.current = undefined;
    if (this.path > reportedPaths) return;
    this.checks.add({
      stage: 'path',
      name: 'path.tried',
      outcome: 'passed',
      details: {
        path: this.path,
        certificates: chain.map(({ subject }) => subject),
        anchor: anchor.name,
      },
    });
  }

  readonly onPassed: OnPassed = (certificate, name) => {
    if (this.path > reportedPaths) return;
    const { subject } = certificate;
    this.checks.add({ stage: 'path', name, outcome: 'passed', subject, details: this.placeOf(certificate) });
  };

  private placeOf(certificate: Certificate): { readonly path: number; readonly position: number } {
    if (certificate !== this.current) this.position++;
    this.current = certificate;
    return { path: this.path, position: this.position };
  }

  /** A path that holds, with what was accepted but should be known. */
  found({ certificates, warnings, policies, anchor }: ValidPath): void {
    for (const { certificate, rule } of warnings) {
      const { subject } = certificate;
      const position = certificates.length - certificates.indexOf(certificate);
      const details = { path: this.path, position, rule };
      this.checks.add({ stage: 'path', name: 'path.warning', outcome: 'warning', subject, details });
    }
    const details = { path: this.path, policies, anchor: anchor.name };
    this.checks.add({ stage: 'path', name: 'path.valid', outcome: 'passed', details });
  }

  /**
   * Something that fails: the target itself (`path.target`), the path begun last (`path.rule`), a certificate that
   * might have been an issuer (`path.candidate`), a branch without issuer (`path.issuer`), the whole search
   * (`path.budget`).
   */
  failed(name: FailedStep, flaw: PathProblem): void {
    if (++this.failures > reportedFailures && name !== 'path.budget') return;
    const isOfPath = name === 'path.rule';
    if (isOfPath && this.path > reportedPaths) return;
    this.checks.add({
      stage: 'path',
      name,
      outcome: 'failed',
      subject: flaw.certificate.subject,
      code: flaw.code,
      details: { ...(isOfPath ? this.placeOf(flaw.certificate) : {}), ...flaw.details() },
    });
  }
}
