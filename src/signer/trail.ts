import type { Certificate } from '../certificate/certificate.ts';
import { Consulted } from '../revocation/consulted.ts';
import type { TrustView } from '../trust-list/view.ts';

/** What a search for paths went by. */
export interface TrustAsked {
  readonly view: TrustView;
  readonly target: Certificate;
  /** Certificates of the message, unverified. */
  readonly pool: readonly Certificate[];
  /** Certificates of issuers who were asked, as they come. */
  readonly found: Certificate[];
}

/** What is noted while certificates of signers are proven, whatever comes of it. */
export class SignerTrail {
  /** The lists and answers that were looked at, and what became of the other sources. */
  readonly consulted = new Consulted();
  readonly asked: TrustAsked[] = [];
}
