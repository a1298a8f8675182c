import { digestOfKey, type PublicKeyInfo } from '../../algorithm/public-key-info.ts';
import { SharedCache } from '../../cache/shared-cache.ts';
import type { CertificateList } from '../crl/list.ts';
import { sequenceOf } from '../crl/sequence.ts';

interface Mark {
  readonly number: bigint | undefined;
  readonly thisUpdate: number;
}

/** Most sequences that are remembered; an authority has one, or one for each part of its certificates. */
const mostMarks = 50_000;

/**
 * Remembers how far each sequence of lists has come, so that nobody can bring back an older list which does not yet
 * name a certificate. A sequence is that of a key: only lists whose signature holds under it are noted, and they say
 * nothing of anybody else's, whatever name, number or key identifier stands in them.
 */
export class IssueMarks {
  private readonly marks = new SharedCache<Mark>(mostMarks);

  /** Whether an older issue is put forward than one that was verified under the same key before, in whatever branch. */
  isOlder(list: CertificateList, signer: PublicKeyInfo): boolean {
    for (const mark of this.marks.ofAll(nameOf(list, signer))) if (isBefore(list, mark)) return true;
    return false;
  }

  /** Notes a list that was accepted in `branch` (see `Requester`) and whose signature holds under `signer`. */
  note(list: CertificateList, signer: PublicKeyInfo, branch: string): void {
    const name = nameOf(list, signer);
    const mark = this.marks.get(branch, name);
    if (mark !== undefined && isBefore(list, mark)) return;
    this.marks.set(branch, name, { number: list.number, thisUpdate: list.thisUpdate });
  }
}

function isBefore({ number, thisUpdate }: CertificateList, mark: Mark): boolean {
  if (mark.number !== undefined && number !== undefined && number !== mark.number)
    return number < mark.number;
  return thisUpdate < mark.thisUpdate;
}

function nameOf(list: CertificateList, signer: PublicKeyInfo): string {
  return `${digestOfKey(signer)} ${sequenceOf(list)}`;
}
