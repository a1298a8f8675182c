import type { Budget } from '../../budget/budget.ts';
import { inSlices } from '../../budget/slices.ts';
import { SealgateError } from '../../error.ts';
import type { PdfRevision } from '../pdf/file.ts';
import type { Modification } from '../report.ts';
import { type Comparison, compareRevisions } from './compare.ts';
import { permissionsIn } from './permission.ts';

const severity: readonly Modification[] = ['none', 'allowed', 'annotations', 'forbidden'];

/** What each update of a document did, compared once however many signatures stand before it. */
export class Changes {
  private readonly revisions: readonly PdfRevision[];
  private readonly budget: Budget;
  private readonly steps = new Map<number, Comparison>();

  constructor(revisions: readonly PdfRevision[], budget: Budget) {
    this.revisions = revisions;
    this.budget = budget;
  }

  /** What was done after the `at`-th revision, and what of it refuses a signature in that. Rejects with a PdfError. */
  async after(at: number): Promise<{
    readonly modifications: Modification;
    readonly failure: SealgateError | undefined;
  }> {
    let modifications: Modification = 'none';
    const changes: string[] = [];
    const signed = this.revisions[at]!;
    for (let step = at; step + 1 < this.revisions.length; step++) {
      const comparison = await this.step(step);
      const found = [...comparison.changes, ...permissionsIn(signed, comparison)];
      const modification = found.length > 0 ? 'forbidden' : comparison.modification;
      if (severity.indexOf(modification) > severity.indexOf(modifications)) modifications = modification;
      changes.push(...found);
    }
    if (modifications !== 'forbidden') return { modifications, failure: undefined };
    return { modifications, failure: new SealgateError('pdf_changed', { found: [...new Set(changes)] }) };
  }

  private async step(at: number): Promise<Comparison> {
    const known = this.steps.get(at);
    if (known !== undefined) return known;
    const work = compareRevisions(this.revisions[at]!, this.revisions[at + 1]!);
    const comparison = await inSlices(work, this.budget.share);
    this.steps.set(at, comparison);
    return comparison;
  }
}
