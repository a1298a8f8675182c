import type { Language } from '../../failure/failure.ts';
import type { CertificatePlace, FailureWords } from '../bridge-message.ts';

/** What the agent's windows are given to show. Read by the agent and by its windows' code: types, and nothing of Node. */

/** What a page's script is given with the page. */
export interface PageData {
  /** Shown with each request of the page. */
  readonly key: string;
  readonly language: Language;
  readonly version: string;
}

/** A failure, in the words of the window's language. */
export interface FailureView {
  readonly code: string;
  readonly words: FailureWords;
}

/** A certificate: what it says of itself, unverified, and made safe to show. */
export interface CertificateView {
  readonly thumbprint: string;
  readonly organisation?: string;
  readonly inn?: string;
  readonly ogrn?: string;
  readonly person?: string;
  readonly title?: string;
  readonly authority: string;
  /** Hexadecimal. */
  readonly serialNumber: string;
  /** In ms since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly place: CertificatePlace;
  /** Why it cannot be signed with. */
  readonly flaw?: FailureView;
  readonly lastUsedAt?: number;
}

/** A certificate to choose, or a driver that could not be asked. */
export type ChoiceView =
  | { readonly certificate: CertificateView }
  | { readonly trouble: { readonly module: string; readonly failure: FailureView } };

/** A sign-in to be signed. */
export interface ChallengeView {
  readonly kind: 'challenge';
  readonly purpose: 'sign-in' | 'carrier';
  readonly text: string;
  readonly portal: string;
  readonly portalOrigin: string;
  /** Code of the screen on which the sign-in opens, where that is another one. */
  readonly handOver?: string;
}

/** A document to be signed. */
export interface DocumentView {
  readonly kind: 'document';
  readonly name: string;
  /** In octets. */
  readonly size: number;
  /** Hexadecimal, made of the octets that will be signed. */
  readonly sha256: string;
}

/** What a confirmation window shows. */
export interface DemandView {
  readonly language: Language;
  /** Who asks, by the browser's word. */
  readonly origin: string;
  readonly subject: { readonly kind: 'permission' } | ChallengeView | DocumentView;
  /** Until when it may be answered, in ms since the epoch. */
  readonly until: number;
  /** The certificate that the page has chosen; without it the person chooses. */
  readonly certificate?: CertificateView;
}

/** What has to be entered to sign with a certificate; `state` is what a token tells of the tries left. */
export type Question =
  | {
      /** The PIN of a token, entered here or at the keys of its reader. */
      readonly kind: 'pin' | 'pin-pad';
      readonly state: 'unset' | 'good' | 'few-tries' | 'final-try' | 'locked';
    }
  /** The password of a key file. */
  | { readonly kind: 'password' }
  | { readonly kind: 'nothing' };

/** A question, and whether its answer is kept from an earlier signature. */
export type QuestionView = Question & { readonly isKept: boolean };

/** How a demand stands, for its window. */
export type StateView =
  | { readonly name: 'open'; readonly refusal?: FailureView }
  | { readonly name: 'signing' | 'allowed' | 'signed' }
  | { readonly name: 'failed'; readonly failure: FailureView };

/** What the agent's own page shows at once. */
export interface HomeState {
  readonly version: string;
  readonly base: string;
  readonly origins: readonly { readonly origin: string; readonly allowedAt: number }[];
  readonly signatures: readonly {
    readonly at: number;
    readonly origin: string;
    readonly kind: 'challenge' | 'document';
    /** Name of the portal, or of the document. */
    readonly name: string;
  }[];
  readonly keptPins: number;
  /** A request whose window has not been opened. */
  readonly waiting?: { readonly origin: string; readonly path: string };
}

/** A token on the agent's page. */
export interface TokenView {
  readonly id: string;
  /** Name of its driver. */
  readonly module: string;
  readonly label: string;
  readonly serial: string;
  readonly model: string;
  readonly isInitialized: boolean;
  /** PINs are entered at its reader. */
  readonly hasPinPad: boolean;
  readonly pin: PinStateView;
  readonly officerPin: PinStateView;
  readonly mustChangePin: boolean;
  /** Kinds of keys that it generates. */
  readonly algorithms: readonly string[];
  readonly keys: readonly {
    /** CKA_ID, hexadecimal. */
    readonly id: string;
    readonly label: string;
    readonly algorithm?: string;
    readonly certificates: readonly {
      /** SHA-256, hexadecimal. */
      readonly fingerprint: string;
      readonly name: string;
      /** In ms since the epoch. */
      readonly notAfter: number;
    }[];
  }[];
  /** Why nothing on it could be read. */
  readonly failure?: FailureView;
}

/** What a token tells of a PIN; `unneeded` where it has none. */
export type PinStateView = 'unneeded' | 'unset' | 'good' | 'few-tries' | 'final-try' | 'locked';

/** The tokens, and the drivers that could not be asked. */
export interface TokensView {
  readonly tokens: readonly TokenView[];
  readonly troubles: readonly { readonly module: string; readonly failure: FailureView }[];
}
