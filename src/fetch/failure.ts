import type { Problem, ProblemFacts, ProblemName } from './problem.ts';

/** A fetch that gave nothing; turned into a Problem of its source by whoever asked. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure';
  readonly problem: ProblemName;
  readonly details: ProblemFacts;

  constructor(problem: ProblemName, details: ProblemFacts = {}, options?: ErrorOptions) {
    super(problem, options);
    this.problem = problem;
    this.details = details;
  }

  at(source: string): Problem {
    return { problem: this.problem, source, details: this.details };
  }
}

/** Whether the host is to blame, so that it is asked less: not where the request was refused before it left. */
export function isFaultOfHost({ problem, details }: FetchFailure): boolean {
  if (problem === 'http-status') return (details.status ?? 0) >= 500;
  return (
    problem === 'host-unknown' ||
    problem === 'connection-failed' ||
    problem === 'timed-out' ||
    problem === 'cut-off' ||
    problem === 'too-large'
  );
}
