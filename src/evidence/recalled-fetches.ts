import { SealgateError } from '../error.ts';
import { FetchFailure } from '../fetch/failure.ts';
import type { FetchClient, Fetched, FetchOrder } from '../fetch/fetcher.ts';
import { fetchProblemNames } from '../fetch/problem.ts';
import { type Problem, type ProblemFacts, problemNames, RetrievalFailure } from '../revocation/problem.ts';
import type { StoredPiece } from './bundle-storage.ts';
import { disclose, enclose, mostAnswers, type RecordedAnswer } from './recorded-answers.ts';

const question = (url: string) => `revocation ${url}`;

/** What became of the sources of revocation that gave nothing, each once, as a record of a login keeps it. */
export function answersOfSources(problems: readonly Problem[]): readonly RecordedAnswer[] {
  const bySource = new Map<string, RecordedAnswer>();
  for (const { problem, source, details } of problems) {
    if (source === undefined) continue;
    bySource.set(source, {
      question: question(source),
      answer: enclose({ problem, details: { ...details } }),
    });
  }
  return [...bySource.values()].slice(0, mostAnswers);
}

/**
 * The network as it was for one login: each source gives what it gave then, be that nothing, and why. Who was not asked
 * then is not asked now.
 */
export class RecalledFetches implements FetchClient {
  readonly openCircuits = [];
  private readonly told: ReadonlyMap<string, RecordedAnswer>;
  private readonly lists: ReadonlyMap<string, StoredPiece>;

  constructor(told: readonly RecordedAnswer[], pieces: readonly StoredPiece[]) {
    this.told = new Map(told.map((each) => [each.question, each]));
    this.lists = new Map(pieces.filter(({ kind }) => kind === 'crl').map((piece) => [piece.url, piece]));
  }

  async fetch({ url, address = url }: FetchOrder): Promise<Fetched> {
    const failure = failureIn(disclose(this.told.get(question(address))?.answer, withoutObjects));
    if (failure !== undefined) throw failure;
    const list = this.lists.get(url);
    if (list === undefined) throw new FetchFailure('offline');
    return { status: 200, octets: Uint8Array.from(list.octets), headers: {} };
  }

  noteUse(): void {}

  async close(): Promise<void> {}
}

/** What became of a source has no octets in it. */
function withoutObjects(): never {
  throw new SealgateError('internal_error');
}

function failureIn(answer: unknown): FetchFailure | RetrievalFailure | undefined {
  if (typeof answer !== 'object' || answer === null || !('problem' in answer)) return undefined;
  const details = 'details' in answer ? (answer.details as ProblemFacts) : {};
  const ofFetching = fetchProblemNames.find((name) => name === answer.problem);
  if (ofFetching !== undefined) return new FetchFailure(ofFetching, details);
  const name = problemNames.find((each) => each === answer.problem);
  return name === undefined ? undefined : new RetrievalFailure(name, details);
}
