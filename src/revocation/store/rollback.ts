import type { CertificateList } from '../crl/list.ts';
import { sequenceOf } from '../crl/sequence.ts';

interface Mark {
  readonly number: bigint | undefined;
  readonly thisUpdate: number;
}

/**
 * Remembers how far each sequence of lists has come, so that nobody can bring back an older list which does not
 * yet name a certificate. Only lists that have been verified are noted.
 */
export class Rollback {
  private readonly marks = new Map<string, Mark>();

  /** Whether an older issue than one that was seen before is being put forward. */
  isOlder(list: CertificateList): boolean {
    const mark = this.marks.get(sequenceOf(list));
    if (mark === undefined) return false;
    if (mark.number !== undefined && list.number !== undefined && list.number !== mark.number) {
      return list.number < mark.number;
    }
    return list.thisUpdate < mark.thisUpdate;
  }

  note(list: CertificateList): void {
    if (this.isOlder(list)) return;
    this.marks.set(sequenceOf(list), { number: list.number, thisUpdate: list.thisUpdate });
  }
}
