import type { PathStatus } from '../validation/context.ts';
import type { Material } from './examined.ts';

/**
 * Takes in the certificates of paths that were found to hold, their anchors excepted, and what told of their
 * revocation: with these a document can be judged in the same way where nobody can be asked any more.
 */
export class UsedEvidence {
  private readonly certificates = new Map<string, Uint8Array>();
  private readonly lists = new Map<string, Uint8Array>();
  private readonly answers = new Map<string, Uint8Array>();

  /** Notes what one path rests on; nothing where its signer is himself an anchor. */
  add(status: PathStatus | undefined): void {
    if (status === undefined) return;
    for (const { sha256, der } of status.path.certificates) this.certificates.set(sha256, der);
    for (const each of status.evidence) {
      if (each.source === 'break-glass') continue;
      (each.source === 'crl' ? this.lists : this.answers).set(each.sha256, each.der);
    }
  }

  /** All of it, each encoding once. */
  get material(): Material {
    const { certificates, lists, answers } = this;
    return {
      certificates: [...certificates.values()],
      lists: [...lists.values()],
      answers: [...answers.values()],
    };
  }
}
