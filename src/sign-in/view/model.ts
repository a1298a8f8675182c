import type { Language } from '../../failure/failure.ts';
import type { ShownFailure } from '../../markup/refusal.ts';

/** Ways to sign that the page offers. */
export type Way = 'agent' | 'plugin';

/** What stays the same while the page is shown. */
export interface PageFacts {
  readonly language: Language;
  /** Who asks. */
  readonly requester: { readonly name: string; readonly origin: string };
  /** The organisation, where the portal named it. */
  readonly organisation?: { readonly name?: string; readonly inn?: string };
  /** The very text that is signed. */
  readonly text: string;
  /** Path of this page's requests: `/sign-in/ID`, `/sign-in/other/TOKEN` on another screen, or of another page that has something signed. */
  readonly action: string;
  readonly isOther: boolean;
  /** What is signed for; signing in if absent. */
  readonly purpose?: 'carrier';
  /** Until when the sign-in is open, in ms since the epoch. */
  readonly expiresAt: number;
}

/** Whether CryptoPro's plug-in is there, as far as it was looked for; a code names the part that is missing. */
export type PluginPresence =
  | { readonly state: 'searching' }
  | { readonly state: 'found'; readonly version?: string }
  | { readonly state: 'missing'; readonly code: string; readonly failure: ShownFailure };

/** What is being waited for. */
export type WaitingReason =
  | 'agent'
  | 'certificates'
  | 'origin-permission'
  | 'confirmation'
  | 'token'
  | 'pin'
  | 'plugin'
  | 'service';

/** Where a certificate lies. */
export interface ShownPlace {
  readonly kind: 'token' | 'file' | 'store';
  readonly label?: string;
  readonly serial?: string;
}

/** A certificate of the list. */
export interface ShownCertificate {
  /** SHA-256, base64url. */
  readonly thumbprint: string;
  readonly organisation?: string;
  readonly inn?: string;
  readonly person?: string;
  readonly position?: string;
  readonly authority: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly place: ShownPlace;
  /** `judging` while it is looked at; a title says why it cannot be used. */
  readonly verdict: 'judging' | 'usable' | { readonly code: string; readonly title: string };
  readonly isLastUsed: boolean;
}

/** A certificate of which nothing could be read. */
export interface UnreadCertificate {
  /** Its place in the list, for the page only. */
  readonly id: string;
  readonly title: string;
}

/** Who signed, as it was verified. */
export interface ShownSigner {
  readonly organisation: string;
  readonly inn?: string;
  readonly ogrn?: string;
  readonly person: string;
  readonly position?: string;
  readonly authority?: string;
  readonly serialNumber?: string;
  /** Milliseconds since the epoch. */
  readonly notAfter?: number;
}

/** A link for another screen, as the first one shows it. */
export interface ShownLink {
  readonly url: string;
  /** Outline of the code's dark squares, for a path of SVG, and the side of its field in squares. */
  readonly outline: string;
  readonly side: number;
}

/** What the page shows below who asks and what is signed. */
export type View =
  | {
      readonly kind: 'choice';
      /** Whether a script runs, so that agent and plug-in can be used. */
      readonly isLive: boolean;
      readonly plugin?: PluginPresence;
      /** The agent has answered before the page asked, as it may where the browser allows it. */
      readonly isAgentThere?: boolean;
      readonly lastWay?: Way;
      readonly challenge: string;
    }
  | {
      readonly kind: 'waiting';
      readonly for: WaitingReason;
      /** Milliseconds since the epoch. */
      readonly since: number;
      readonly canCancel: boolean;
    }
  | {
      readonly kind: 'certificates';
      readonly way: Way;
      readonly items: readonly ShownCertificate[];
      readonly unread: readonly UnreadCertificate[];
      readonly isComplete: boolean;
      /** How many there are, where that is known before they are read. */
      readonly total?: number;
      readonly chosen?: string;
      readonly search: string;
      /** Modules of tokens that could not be asked, each with its title. */
      readonly troubles: readonly { readonly name: string; readonly title: string }[];
      /** Now, by the service's clock. */
      readonly now: number;
    }
  | {
      readonly kind: 'failed';
      readonly failure: ShownFailure;
      readonly canRetry: boolean;
      readonly canCopy: boolean;
    }
  | {
      readonly kind: 'offered';
      readonly code: string;
      /** Absent once the page is loaded anew: the link is shown once. */
      readonly link?: ShownLink;
      readonly expiresAt: number;
      readonly isOpened: boolean;
    }
  | { readonly kind: 'confirm'; readonly signer: ShownSigner; readonly code: string; readonly now: number }
  | { readonly kind: 'invite'; readonly code: string }
  | { readonly kind: 'handed-in' }
  | { readonly kind: 'done'; readonly signer?: ShownSigner; readonly address: string; readonly now: number };

/** Names of the views. */
export type ViewKind = View['kind'];
