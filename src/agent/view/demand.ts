import { isFailure, type SealgateError } from '../../error.ts';
import type { Language } from '../../failure/failure.ts';
import type { Agent } from '../agent.ts';
import type { FoundCertificate } from '../key/found.ts';
import { type PinQuestion, pinQuestion } from '../key/pin-question.ts';
import type { Demand } from '../request/demand.ts';
import { type CertificateView, certificateView } from './certificate.ts';
import { type FailureView, failureView } from './failure.ts';

/** What a window shows of a sign-in, beside the text itself. */
export interface ChallengeView {
  readonly kind: 'challenge';
  readonly purpose: 'sign-in' | 'carrier';
  readonly text: string;
  readonly portal: string;
  readonly portalOrigin: string;
  /** Code of the screen on which the sign-in opens, where that is another one. */
  readonly handOver?: string;
}

export interface DocumentView {
  readonly kind: 'document';
  readonly name: string;
  /** In octets. */
  readonly size: number;
  readonly sha256: string;
}

/** What a confirmation window shows. */
export interface DemandView {
  readonly language: Language;
  readonly origin: string;
  readonly subject: { readonly kind: 'permission' } | ChallengeView | DocumentView;
  /** Until when it may be answered, in ms since the epoch. */
  readonly until: number;
  /** The certificate that the page has chosen; without it the person chooses. */
  readonly certificate?: CertificateView;
}

/** What has to be entered to sign with a certificate, and whether it is kept from an earlier time. */
export type QuestionView = PinQuestion & { readonly isKept: boolean };

/** How a demand stands, for its window. */
export type StateView =
  | { readonly name: 'open'; readonly refusal?: FailureView }
  | { readonly name: 'signing' | 'allowed' | 'signed' }
  | { readonly name: 'failed'; readonly failure: FailureView };

/** A demand as its window shows it. */
export function demandView({ history }: Agent, demand: Demand, until: number): DemandView {
  const { language, origin, certificate } = demand;
  return {
    language,
    origin,
    subject: subjectView(demand),
    until,
    ...(certificate !== undefined && {
      certificate: certificateView(certificate, history.lastUse(certificate.thumbprint), language),
    }),
  };
}

function subjectView({ subject }: Demand): DemandView['subject'] {
  switch (subject.kind) {
    case 'permission':
      return { kind: 'permission' };
    case 'challenge': {
      const { portal, origin, purpose, handOver } = subject.facts;
      return {
        kind: 'challenge',
        purpose: purpose ?? 'sign-in',
        text: subject.text,
        portal,
        portalOrigin: origin,
        ...(handOver !== undefined && { handOver }),
      };
    }
    case 'document':
      return {
        kind: 'document',
        name: subject.name,
        size: subject.content.length,
        sha256: subject.sha256,
      };
  }
}

/** What has to be entered for a certificate. Throws the failures of its driver. */
export async function questionView({ pins }: Agent, found: FoundCertificate): Promise<QuestionView> {
  return { ...(await pinQuestion(found)), isKept: pins.has(found) };
}

/** How a demand stands. */
export function stateView({ state, language }: Demand): StateView {
  const { value } = state;
  switch (value.name) {
    case 'opening':
    case 'open':
      return 'refusal' in value && value.refusal !== undefined
        ? { name: 'open', refusal: shown(value.refusal, language) }
        : { name: 'open' };
    case 'failed':
      return { name: 'failed', failure: shown(value.failure, language) };
    default:
      return { name: value.name };
  }
}

function shown({ code, details }: SealgateError, language: Language): FailureView {
  return failureView(code, details, language);
}

/** A failure of whatever kind, for a window: one that nobody foresaw is the agent's own. */
export function anyFailureView(error: unknown, language: Language): FailureView {
  return isFailure(error) ? shown(error, language) : failureView('agent_failed', {}, language);
}
