import { EncodingError } from '../asn1/error.ts';
import { inSlices } from '../budget/slices.ts';
import type { Certificate } from '../certificate/certificate.ts';
import {
  type AccessDescription,
  accessMethodOids,
  authorityInfoAccess,
} from '../certificate/distribution-point.ts';
import { isFailure, type SealgateError } from '../error.ts';
import { FetchFailure } from '../fetch/failure.ts';
import { nextPath, pathSteps } from '../path/find.ts';
import type { PathInput } from '../path/input.ts';
import type { ValidPath } from '../path/validation.ts';
import type { Facts } from '../report/check.ts';
import { Patience } from '../revocation/check/patience.ts';
import type { IssuerSource } from './source.ts';

/** Places that are asked for one search, and how often it goes on with what they brought. */
const mostFetches = 4;
const mostRounds = 3;

/** A search that may ask for issuers. */
export interface SearchInput extends Omit<PathInput, 'pool' | 'onDeadEnd'> {
  readonly pool: readonly Certificate[];
  /** Nobody is asked where it is absent. */
  readonly issuers?: IssuerSource | undefined;
  readonly patience?: Patience | undefined;
  /** Takes the certificates that came from issuers who were asked, whatever comes of the search. */
  readonly found?: Certificate[];
}

/**
 * As `validPaths`; but where these are at an end and certificates have been met whose issuer is not at hand, it is
 * asked for at the addresses that they name, as far as the operator allows, and the search goes on with what came, on
 * the same budget, in slices. What was asked for stands in the report, row `path.fetched`.
 */
export async function* searchPaths(input: SearchInput): AsyncGenerator<ValidPath, SealgateError> {
  const { issuers, patience = new Patience(defaultPatience), ...given } = input;
  const inquiry = new Inquiry(input, patience);
  const { share } = input.budget;
  const yielded = new Set<string>();
  let { pool } = given;
  for (let round = 0; ; round++) {
    const deadEnds: Certificate[] = [];
    const steps = pathSteps({ ...given, pool, onDeadEnd: (last) => deadEnds.push(last) });
    let step = await inSlices(nextPath(steps), share);
    for (; !step.done; step = await inSlices(nextPath(steps), share)) {
      const key = keyOf(step.value);
      if (yielded.has(key)) continue;
      yielded.add(key);
      inquiry.noteProven(step.value, issuers);
      yield step.value;
    }
    if (issuers === undefined || round >= mostRounds || isFailure(step.value, 'path_budget_exhausted')) {
      return step.value;
    }
    const known = new Set(pool.map(({ sha256 }) => sha256));
    const found = (await inquiry.issuersOf(deadEnds, issuers)).filter(({ sha256 }) => !known.has(sha256));
    input.found?.push(...found);
    if (found.length === 0) return step.value;
    pool = [...pool, ...found];
  }
}

const defaultPatience = 8_000;

function keyOf({ certificates, anchor }: ValidPath): string {
  return [
    ...certificates.map(({ sha256 }) => sha256),
    Buffer.from(anchor.name.der).toString('base64'),
  ].join();
}

/** Asks for issuers, each place once a search. */
class Inquiry {
  private readonly report: PathInput['report'];
  private readonly patience: Patience;
  private readonly asked = new Set<string>();
  /** Where each certificate that was found came from, by its digest. */
  private readonly origins = new Map<string, string>();

  constructor({ report }: SearchInput, patience: Patience) {
    this.report = report;
    this.patience = patience;
  }

  async issuersOf(deadEnds: readonly Certificate[], issuers: IssuerSource): Promise<readonly Certificate[]> {
    const found = new Map<string, Certificate>();
    for (const certificate of deadEnds) {
      for (const url of issuerUrls(certificate)) {
        if (this.asked.has(url) || this.asked.size >= mostFetches || !issuers.allows(url)) continue;
        this.asked.add(url);
        for (const issuer of await this.ask(certificate, url, issuers)) {
          found.set(issuer.sha256, issuer);
          this.origins.set(issuer.sha256, url);
        }
      }
    }
    return [...found.values()];
  }

  /** What came from an address lies on a valid path. */
  noteProven({ certificates }: ValidPath, issuers: IssuerSource | undefined): void {
    for (const { sha256 } of certificates) {
      const url = this.origins.get(sha256);
      if (url !== undefined) issuers?.proved(url);
    }
  }

  private async ask(
    certificate: Certificate,
    url: string,
    issuers: IssuerSource,
  ): Promise<readonly Certificate[]> {
    const { subject } = certificate;
    const note = (outcome: 'passed' | 'failed', details: Facts) =>
      this.report?.add({
        ...{ stage: 'path', name: 'path.fetched', outcome, subject },
        details: { url, ...details },
      });
    try {
      const timeout = this.patience.grant(this.patience.left() / 2);
      if (timeout === undefined) throw new FetchFailure('timed-out');
      const found = await issuers.issuersOf(certificate, url, timeout);
      note('passed', { certificates: found.map(({ sha256 }) => sha256) });
      return found;
    } catch (error) {
      if (!(error instanceof FetchFailure)) throw error;
      note('failed', { problem: error.problem, ...error.details });
      return [];
    }
  }
}

/** Where a certificate says that its issuer's may be had (RFC 5280, section 4.2.2.1). */
function issuerUrls(certificate: Certificate): readonly string[] {
  const descriptions = accessOf(certificate);
  return descriptions.flatMap(({ method, location }) =>
    method === accessMethodOids.caIssuers && location.kind === 'uri' ? [location.value] : [],
  );
}

/** A certificate at a dead end may be anything, and one whose extension cannot be read names nobody. */
function accessOf(certificate: Certificate): readonly AccessDescription[] {
  try {
    return certificate.extension(authorityInfoAccess) ?? [];
  } catch (error) {
    if (isFailure(error) || error instanceof EncodingError) return [];
    throw error;
  }
}
