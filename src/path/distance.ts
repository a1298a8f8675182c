import type { Certificate } from '../certificate/certificate.ts';
import type { Name } from '../certificate/name.ts';
import type { AnchorSet, CertificateSet } from './pool.ts';

/**
 * How many certificates a name is away from the nearest anchor, judged by names alone: one sweep from the anchors
 * down through all certificates at hand. It leads the search through cross-certified authorities on the shortest
 * way; what it says is a guess until signatures have been verified.
 */
export class Distances {
  private readonly byName = new Map<string, number>();

  constructor(pools: readonly CertificateSet[], anchors: AnchorSet) {
    const issued = new Map<string, Certificate[]>();
    for (const { certificates } of pools) {
      for (const certificate of certificates) {
        const known = issued.get(certificate.issuer.key);
        if (known === undefined) issued.set(certificate.issuer.key, [certificate]);
        else known.push(certificate);
      }
    }
    let front = anchors.anchors.map(({ name }) => name.key);
    for (const key of front) this.byName.set(key, 0);
    for (let distance = 1; front.length > 0; distance++) {
      front = front.flatMap((key) => this.reach(issued.get(key) ?? [], distance));
    }
  }

  /** 0 for the name of an anchor; undefined where no chain of names leads to one. */
  of(name: Name): number | undefined {
    return this.byName.get(name.key);
  }

  private reach(certificates: readonly Certificate[], distance: number): string[] {
    const reached: string[] = [];
    for (const { subject } of certificates) {
      if (this.byName.has(subject.key)) continue;
      this.byName.set(subject.key, distance);
      reached.push(subject.key);
    }
    return reached;
  }
}
