import { hash, randomBytes } from 'node:crypto';
import { SealgateError } from '../error.ts';
import type { Language } from '../failure/failure.ts';
import type { ProofTerm } from '../failure/proof-terms.ts';
import { type Keyring, macMatches } from '../secret/keyring.ts';
import { mac } from '../secret/mac.ts';
import {
  type ChallengeOrganisation,
  type ChallengePurpose,
  challengeText,
  isTextVersion,
  type TextVersion,
  textVersion,
} from './text.ts';

declare const proof: unique symbol;

/** A challenge of this service, for this relying party, origin and browser, and not yet too old. */
export interface Challenge {
  readonly [proof]: true;
  readonly relyingParty: string;
  readonly origin: string;
  readonly language: Language;
  readonly organisation?: ChallengeOrganisation;
  /** The text that was shown, and its UTF-8 octets, which are what must be signed. */
  readonly text: string;
  readonly content: Uint8Array;
  /** SHA-256 of the nonce: what is remembered of a challenge that was taken. */
  readonly nonceHash: Uint8Array;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** What a challenge is bound to. */
export interface ChallengeBinding {
  /** Identifier of the relying party. */
  readonly relyingParty: string;
  /** Origin of the portal's page, such as `https://portal.example`. */
  readonly origin: string;
  /** The portal's own mark of the browser's session, opaque here; only its hash goes into the token. */
  readonly browser: string;
  /** What the signature is for; signing in if absent. */
  readonly purpose?: ChallengePurpose;
  /** Origin of the page that shows the text, where that is the service's own and not the portal's. */
  readonly page?: string;
  /** Code to compare with the screen on which the sign-in was begun, where another one shows the text. */
  readonly handOver?: string;
}

/** What a new challenge says. Texts must have been made safe: no control characters, no bidirectional marks. */
export interface ChallengeInput extends ChallengeBinding {
  /** Name of the portal, in `language`. */
  readonly portal: string;
  readonly language: Language;
  readonly organisation?: ChallengeOrganisation;
  /** How long it is good for, in milliseconds. */
  readonly lifetime: number;
}

/** A new challenge, as it goes to the portal. */
export interface IssuedChallenge {
  /** The token, to be sent back together with the signature. */
  readonly challenge: string;
  /** The text to be shown and signed, as UTF-8. */
  readonly text: string;
  readonly expiresAt: number;
}

/** Challenges live five minutes: long enough to find the token and its PIN, short enough to be worthless later. */
export const challengeLifetime = 5 * 60_000;

/** Longer tokens are never made, so they are not looked at. */
export const longestChallenge = 4096;

interface Payload {
  /** Version of the text. */
  readonly v: TextVersion;
  readonly c: string;
  readonly p: string;
  readonly o: string;
  readonly b: string;
  readonly n: string;
  readonly t: number;
  readonly x: number;
  readonly l: Language;
  readonly g?: ChallengeOrganisation;
  /** Absent for signing in. */
  readonly u?: ChallengePurpose;
  /** Absent where the portal's own page shows the text. */
  readonly w?: string;
  readonly h?: string;
}

/**
 * Issues a challenge at the time `at`. Nothing is kept: the token itself carries what is needed, authenticated by
 * HMAC-SHA-256, so that a flood of requests fills nothing.
 */
export function issueChallenge(keys: Keyring, input: ChallengeInput, at: number): IssuedChallenge {
  const payload: Payload = {
    v: textVersion,
    c: input.relyingParty,
    p: input.portal,
    o: input.origin,
    b: browserHash(input.browser),
    n: randomBytes(32).toString('base64url'),
    t: at,
    x: at + input.lifetime,
    l: input.language,
    ...(input.organisation ? { g: input.organisation } : {}),
    ...(input.purpose ? { u: input.purpose } : {}),
    ...(input.page ? { w: input.page } : {}),
    ...(input.handOver ? { h: input.handOver } : {}),
  };
  const body = `${keys.current.id}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
  const tag = mac(keys.current.key, macMessage(body)).toString('base64url');
  return { challenge: `${body}.${tag}`, text: textOf(payload), expiresAt: payload.x };
}

/**
 * Opens a challenge that came back, as of `at`. Throws `challenge_malformed` for one that is not ours or was
 * altered, `challenge_foreign` for one of another relying party, origin or browser, `challenge_expired` for one
 * past its life. Whether it was already taken is settled when it is taken (`takeChallenge`).
 */
export function openChallenge(
  keys: Keyring,
  token: string,
  binding: ChallengeBinding,
  at: number,
): Challenge {
  const payload = authenticate(keys, token);
  expectBinding(payload, binding);
  if (at >= payload.x) {
    throw new SealgateError('challenge_expired', { expiredAt: new Date(payload.x), at: new Date(at) });
  }
  const text = textOf(payload);
  return authentic({
    relyingParty: payload.c,
    origin: payload.o,
    language: payload.l,
    ...(payload.g ? { organisation: payload.g } : {}),
    text,
    content: Buffer.from(text),
    nonceHash: hash('sha256', Buffer.from(payload.n, 'base64url'), 'buffer'),
    issuedAt: payload.t,
    expiresAt: payload.x,
  });
}

/** What is kept of a challenge as evidence: everything but the nonce, which the text shows. */
export type KeptChallenge = Omit<Challenge, typeof proof | 'content' | 'nonceHash'> & {
  /** Base64url. */
  readonly nonceHash: string;
};

/** What evidence keeps of a challenge. */
export function keepChallenge(challenge: Challenge): KeptChallenge {
  const { relyingParty, origin, language, organisation, text, nonceHash, issuedAt, expiresAt } = challenge;
  return {
    relyingParty,
    origin,
    language,
    ...(organisation === undefined ? {} : { organisation }),
    text,
    nonceHash: Buffer.from(nonceHash).toString('base64url'),
    issuedAt,
    expiresAt,
  };
}

/** A challenge out of evidence: to repeat a verification that was made once, never to let anybody in. */
export function recallChallenge({ nonceHash, ...kept }: KeptChallenge): Challenge {
  return authentic({
    ...kept,
    content: Buffer.from(kept.text),
    nonceHash: Buffer.from(nonceHash, 'base64url'),
  });
}

/** Declares a challenge authentic, of this service, whether it was opened or kept. */
function authentic(challenge: Omit<Challenge, typeof proof>): Challenge {
  return challenge as Challenge;
}

function authenticate(keys: Keyring, token: string): Payload {
  if (token.length > longestChallenge) throw malformed('challenge-too-long');
  const end = token.lastIndexOf('.');
  const begin = token.indexOf('.');
  if (begin < 0 || end === begin) throw malformed('challenge-form');
  const body = token.slice(0, end);
  const tag = Buffer.from(token.slice(end + 1), 'base64url');
  // Lenient decoding would let one challenge have several spellings.
  if (tag.toString('base64url') !== token.slice(end + 1)) throw malformed('challenge-form');
  if (!macMatches(keys, token.slice(0, begin), macMessage(body), tag)) throw malformed('challenge-altered');
  const payload = JSON.parse(Buffer.from(token.slice(begin + 1, end), 'base64url').toString()) as Payload;
  if (!isTextVersion(payload.v)) throw malformed('challenge-version');
  return payload;
}

function expectBinding(payload: Payload, binding: ChallengeBinding): void {
  const { relyingParty, origin, browser, purpose, page, handOver } = binding;
  if (payload.u !== purpose) throw new SealgateError('challenge_foreign', { field: 'purpose' });
  if (payload.c !== relyingParty) throw new SealgateError('challenge_foreign', { field: 'relyingParty' });
  if (payload.o !== origin) throw new SealgateError('challenge_foreign', { field: 'origin' });
  if (payload.w !== page) throw new SealgateError('challenge_foreign', { field: 'page' });
  if (payload.b !== browserHash(browser) || payload.h !== handOver)
    throw new SealgateError('challenge_foreign', { field: 'browser' });
}

function textOf({ v, l, p, o, g, t, n, u, w, h }: Payload): string {
  const facts = {
    language: l,
    portal: p,
    origin: o,
    ...(g ? { organisation: g } : {}),
    ...(u ? { purpose: u } : {}),
    ...(w ? { page: w } : {}),
    ...(h ? { handOver: h } : {}),
    issuedAt: t,
    nonce: Buffer.from(n, 'base64url'),
  };
  return challengeText(facts, v);
}

function browserHash(browser: string): string {
  return hash('sha256', `sealgate browser\n${browser}`, 'base64url');
}

function macMessage(body: string): string {
  return `sealgate challenge\n${body}`;
}

function malformed(problem: ProofTerm): SealgateError {
  return new SealgateError('challenge_malformed', { problem });
}
