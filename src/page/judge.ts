import type { ShownCertificate, ShownPlace } from '../sign-in/view/model.ts';
import { thumbprintOf } from './base64.ts';
import { type ReadCertificate, readCertificate } from './certificate.ts';

/** A certificate that was found, as it is kept beside the list. */
export interface FoundCertificate {
  readonly thumbprint: string;
  readonly read: ReadCertificate;
}

/** Reads a certificate that a way has given; undefined where it cannot be read. */
export async function found(der: Uint8Array<ArrayBuffer>): Promise<FoundCertificate | undefined> {
  try {
    return { thumbprint: await thumbprintOf(der), read: readCertificate(der) };
  } catch {
    return undefined;
  }
}

/** Why a certificate cannot sign in, as far as it says so itself, at the service's time `now`. */
export function fault(
  { notBefore, notAfter, maySign, forbiddenAlgorithm }: ReadCertificate,
  now: number,
): string | undefined {
  if (now > notAfter) return 'certificate_expired';
  if (now < notBefore) return 'certificate_not_yet_valid';
  if (!maySign) return 'certificate_usage_forbidden';
  return forbiddenAlgorithm === undefined ? undefined : 'algorithm_forbidden';
}

/** A certificate as the list shows it. */
export function shown(
  { thumbprint, read }: FoundCertificate,
  place: ShownPlace,
  verdict: ShownCertificate['verdict'],
  isLastUsed: boolean,
): ShownCertificate {
  const { organisation, inn, person, position, authority, notBefore, notAfter } = read;
  return {
    ...{ thumbprint, authority, notBefore, notAfter, place, verdict, isLastUsed },
    ...(organisation === undefined ? {} : { organisation }),
    ...(inn === undefined ? {} : { inn }),
    ...(person === undefined ? {} : { person }),
    ...(position === undefined ? {} : { position }),
  };
}

/** Those that can sign in first; of them the last used one, then by organisation, the longest term first. */
export function inOrder(items: readonly ShownCertificate[]): ShownCertificate[] {
  const rank = ({ verdict, isLastUsed }: ShownCertificate) =>
    typeof verdict === 'object' ? 2 : isLastUsed ? 0 : 1;
  return items.toSorted(
    (left, right) =>
      rank(left) - rank(right) ||
      (left.organisation ?? left.person ?? '').localeCompare(right.organisation ?? right.person ?? '') ||
      right.notAfter - left.notAfter ||
      left.thumbprint.localeCompare(right.thumbprint),
  );
}
