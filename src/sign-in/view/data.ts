import type { OpenWording } from '../words/failure.ts';
import type { PageFacts, View } from './model.ts';

/** What the server hands to the page's script, as JSON in the page. */
export interface PageData {
  readonly facts: PageFacts;
  readonly view: View;
  /** The challenge that is shown; times in ms since the epoch, by the service's clock. */
  readonly challenge: { readonly challenge: string; readonly expiresAt: number };
  /** The service's clock when the page was made. */
  readonly now: number;
  /** Origin at which the page has to be for a signature to count. */
  readonly origin: string;
  /** Ports at which the agent may be. */
  readonly agentPorts: readonly number[];
  /** Wordings, with their gaps, of failures that no service tells. */
  readonly wordings: Readonly<Record<string, OpenWording>>;
  /** Titles of failures that the agent may report of tokens and certificates. */
  readonly titles: Readonly<Record<string, string>>;
  /** Number of the state that is shown. */
  readonly version?: number;
}

/** What `GET …/state` answers. */
export interface StateData {
  readonly view: View;
  readonly version: number;
}

/** What `POST …/challenge` answers: the challenge to sign now. */
export interface ChallengeData {
  readonly challenge: string;
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What `POST …/signature` answers: where to go, or `null` on another screen, which goes nowhere. */
export interface SignedData {
  readonly location: string | null;
}
