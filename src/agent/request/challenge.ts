import { parseChallengeText } from '../../challenge/parse.ts';
import type { TextFacts } from '../../challenge/text.ts';
import { SealgateError } from '../../error.ts';
import type { agentTerms } from '../../failure/agent-terms.ts';
import { isOrigin } from '../../relying-party/origin.ts';
import { longestText } from '../bridge-message.ts';

declare const proof: unique symbol;

/** A challenge that may be put to the person: read whole, and of the very origin that asks. */
export interface SignableChallenge {
  readonly [proof]: true;
  readonly kind: 'challenge';
  readonly text: string;
  /** The text in UTF-8: the octets to be signed. */
  readonly content: Uint8Array;
  readonly facts: TextFacts;
}

/**
 * Checks a challenge that a page of `origin` wants signed; `origin` is the browser's word. Throws
 * `agent_text_refused` for a text that is not wholly a challenge's, or whose octets are not those that came along,
 * and `agent_origin_mismatch` where the text names another page; without a page in it, that is the portal's.
 */
export function readChallenge(origin: string, text: string, content: Uint8Array): SignableChallenge {
  if (text.length > longestText) throw refused('text-too-long');
  const octets = Buffer.from(text);
  if (!octets.equals(content)) throw refused('text-content');
  const facts = parseChallengeText(text);
  if (facts === undefined) throw refused('text-unreadable');
  const named = facts.page ?? facts.origin;
  if (!isOrigin(facts.origin) || !isOrigin(named)) throw refused('text-origin');
  if (named !== origin) throw new SealgateError('agent_origin_mismatch', { origin, named });
  const challenge: Omit<SignableChallenge, typeof proof> = {
    kind: 'challenge',
    text,
    content: octets,
    facts,
  };
  return challenge as SignableChallenge;
}

function refused(problem: keyof typeof agentTerms): SealgateError {
  return new SealgateError('agent_text_refused', { problem });
}
