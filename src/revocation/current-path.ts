import type { ValidPath } from '../path/valid-path.ts';
import type { RevocationEvidence } from './evidence.ts';

declare const current: unique symbol;

/**
 * A valid path every certificate of which is known not to be revoked, or is let pass by a break-glass decision that
 * the evidence names. Only `checkRevocation` makes one.
 */
export interface CurrentPath {
  readonly [current]: true;
  readonly path: ValidPath;
  /** At least one piece for each certificate, in the order of the path. */
  readonly evidence: readonly [RevocationEvidence, ...RevocationEvidence[]];
}

/** Declares a path current; called at the end of `checkRevocation` and nowhere else. */
export function proveCurrent(path: ValidPath, evidence: readonly RevocationEvidence[]): CurrentPath {
  const covered = new Set(evidence.map(({ certificate }) => certificate));
  if (!path.certificates.every((certificate) => covered.has(certificate))) {
    throw new Error('evidence does not cover the path');
  }
  return { path, evidence } as unknown as CurrentPath;
}
