import { isFailure, type SealgateError } from '../../error.ts';
import type { Language } from '../../failure/failure.ts';
import type { Agent } from '../agent.ts';
import { personLimit } from '../bridge-message.ts';
import type { FoundCertificate } from '../key/found.ts';
import { pinQuestion } from '../key/pin-question.ts';
import type { Demand } from '../request/demand.ts';
import { certificateView } from './certificate.ts';
import { failureView } from './failure.ts';
import type { DemandView, FailureView, QuestionView, StateView } from './model.ts';

/** A demand as its window shows it. */
export function demandView({ history }: Agent, demand: Demand): DemandView {
  const { language, origin, certificate } = demand;
  return {
    language,
    origin,
    subject: subjectView(demand),
    until: demand.since + personLimit,
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
