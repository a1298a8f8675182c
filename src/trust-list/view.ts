import type { Certificate } from '../certificate/certificate.ts';
import { anchorOf } from '../certificate/trust-anchor.ts';
import { AnchorSet, CertificateSet } from '../path/pool.ts';
import { AccreditationIndex } from './accreditation.ts';
import type { TrustList } from './list.ts';
import type { LocalAuthority } from './local.ts';
import type { Pins } from './pin.ts';

/** What is trusted, at one state of list, pins and the operator's own certificates. Never changed: a new state is a new view. */
export interface TrustView {
  /** Where paths may end. */
  readonly anchors: AnchorSet;
  /** Certificates of authorities, to build paths with. */
  readonly intermediates: CertificateSet;
  readonly accreditation: AccreditationIndex;
  /** The list in force; undefined where none was imported. `date` in milliseconds since the epoch. */
  readonly list: { readonly version: number; readonly date: number } | undefined;
}

/** What an operator trusts beside the list. */
export interface LocalTrust {
  readonly anchors: readonly Certificate[];
  readonly authorities: readonly LocalAuthority[];
}

/** Nothing beside the list. */
export const noLocalTrust: LocalTrust = { anchors: [], authorities: [] };

/**
 * The view of a list that has been opened, the pins, and what the operator added. Anchors are the pinned roots, as
 * far as the list holds their certificates, and the operator's; a root without a pin is no anchor, though listed.
 */
export function trustViewOf(
  list: TrustList | undefined,
  pins: Pins,
  local: LocalTrust = noLocalTrust,
): TrustView {
  const listed =
    list?.authorities.flatMap(({ keys }) => keys.flatMap(({ certificates }) => certificates)) ?? [];
  const pinned = listed.filter(({ sha256 }) => pins.roots.has(sha256));
  const own = local.authorities.map(({ certificate }) => certificate);
  return {
    anchors: new AnchorSet(unique([...pinned, ...local.anchors]).map((root) => anchorOf(root))),
    intermediates: new CertificateSet(unique([...listed, ...own])),
    accreditation: new AccreditationIndex(list?.authorities ?? [], local.authorities),
    list: list === undefined ? undefined : { version: list.version, date: list.date },
  };
}

function unique(certificates: readonly Certificate[]): readonly Certificate[] {
  return [...new Map(certificates.map((certificate) => [certificate.sha256, certificate])).values()];
}
