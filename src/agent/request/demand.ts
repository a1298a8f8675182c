import type { SealgateError } from '../../error.ts';
import type { Language } from '../../failure/failure.ts';
import { Changing } from '../changing.ts';
import type { FoundCertificate } from '../key/found.ts';
import type { SignableChallenge } from './challenge.ts';
import type { SignableDocument } from './document.ts';

/** What is asked of the person: to let an origin in, or a signature. */
export type DemandSubject = { readonly kind: 'permission' } | SignableChallenge | SignableDocument;

/** How a demand stands. The last four are final. */
export type DemandState =
  /** The window has been asked for. */
  | { readonly name: 'opening' }
  /** The window is there, and the person has not decided; `refusal` is why what was last entered did not do. */
  | { readonly name: 'open'; readonly refusal?: SealgateError }
  /** The person has confirmed, and the token is at work. */
  | { readonly name: 'signing' }
  | { readonly name: 'allowed' }
  /** `signature` is a CMS SignedData message, DER. */
  | { readonly name: 'signed'; readonly signature: Uint8Array; readonly thumbprint: string }
  | { readonly name: 'failed'; readonly failure: SealgateError };

/** What a page of `origin` asks of the person, from when its window is opened until it is answered. */
export class Demand {
  readonly origin: string;
  readonly language: Language;
  readonly subject: DemandSubject;
  /** The certificate to sign with; without one the person chooses. */
  readonly certificate: FoundCertificate | undefined;
  /** In ms since the epoch. */
  readonly since: number;
  readonly state = new Changing<DemandState>({ name: 'opening' });

  constructor(
    asked: Pick<Demand, 'origin' | 'language' | 'subject'> & {
      readonly certificate?: FoundCertificate | undefined;
    },
    since: number,
  ) {
    this.origin = asked.origin;
    this.language = asked.language;
    this.subject = asked.subject;
    this.certificate = asked.certificate;
    this.since = since;
  }

  /** Ends the demand; one that has ended already stays as it is. */
  fail(failure: SealgateError): void {
    this.state.change({ name: 'failed', failure }, true);
  }
}
