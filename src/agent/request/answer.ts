import { SealgateError } from '../../error.ts';
import type { Language } from '../../failure/failure.ts';
import type { Agent } from '../agent.ts';
import type { BridgeBody, CertificateItem, PageBody } from '../bridge-message.ts';
import type { FoundCertificate } from '../key/found.ts';
import { readChallenge, type SignableChallenge } from './challenge.ts';
import type { Demand, DemandState } from './demand.ts';
import { readDocument, type SignableDocument } from './document.ts';

/** What a page may ask for; `cancel` needs no answer of its own. */
export type PageRequest = Exclude<PageBody, { type: 'cancel' }>;

/**
 * Answers what a page of `origin` asks, message by message; `origin` is the browser's word, and `signal` says that
 * nobody waits any more. What is to be signed is checked before anything is shown to the person. Throws the failures
 * of the content, `agent_origin_refused`, `agent_busy`, `rate_limited`, `signing_cancelled`, `signing_timed_out` and
 * those of the token.
 */
export async function* answerPage(
  agent: Agent,
  origin: string,
  request: PageRequest,
  signal: AbortSignal,
): AsyncGenerator<BridgeBody> {
  const subject = await subjectOf(origin, request);
  yield* permission(agent, origin, request.language, signal);
  yield { type: 'ready' };
  if (subject === undefined) yield* certificates(agent);
  else yield* signature(agent, origin, request, subject, signal);
}

async function subjectOf(
  origin: string,
  request: PageRequest,
): Promise<SignableChallenge | SignableDocument | undefined> {
  if (request.type === 'list') return undefined;
  const content = Buffer.from(request.content, 'base64');
  if (content.toString('base64') !== request.content) {
    throw new SealgateError('request_malformed', { field: 'content', problem: 'not base64' });
  }
  return request.type === 'sign'
    ? readChallenge(origin, request.challenge, content)
    : readDocument(request.name, content, request.isDetached);
}

/** Lets an origin that is not on the list ask the person first. */
async function* permission(
  agent: Agent,
  origin: string,
  language: Language,
  signal: AbortSignal,
): AsyncGenerator<BridgeBody> {
  if (agent.origins.has(origin)) return;
  const demand = agent.desk.put({ origin, language, subject: { kind: 'permission' } }, false);
  yield* outcome(demand, signal);
}

async function* certificates({ keys, history }: Agent): AsyncGenerator<BridgeBody> {
  yield { type: 'waiting', for: 'token', since: Date.now() };
  for await (const { found, ...missed } of keys.search()) {
    const troubles = missed.troubles.map(({ module, failure: { code } }) => ({ module, code }));
    const items = found.map((each) => itemOf(each, history.lastUse(each.thumbprint)));
    if (items.length + troubles.length > 0)
      yield { type: 'certificates', items, troubles, isComplete: false };
  }
  yield { type: 'certificates', items: [], troubles: [], isComplete: true };
}

/** A certificate as the page sees it. */
function itemOf(
  { thumbprint, certificate, place, usable }: FoundCertificate,
  lastUsedAt: number | undefined,
): CertificateItem {
  const der = Buffer.from(certificate.der).toString('base64');
  return { thumbprint, der, place, usable, ...(lastUsedAt !== undefined && { lastUsedAt }) };
}

async function* signature(
  agent: Agent,
  origin: string,
  { language, ...request }: PageRequest,
  subject: SignableChallenge | SignableDocument,
  signal: AbortSignal,
): AsyncGenerator<BridgeBody> {
  const wanted = 'thumbprint' in request ? request.thumbprint : undefined;
  const certificate = wanted === undefined ? undefined : await agent.keys.find(wanted);
  const demand = agent.desk.put({ origin, language, subject, certificate }, true);
  const end = yield* outcome(demand, signal);
  if (end.name !== 'signed') throw new Error('a signature was neither made nor refused');
  yield {
    type: 'signed',
    signature: Buffer.from(end.signature).toString('base64'),
    thumbprint: end.thumbprint,
  };
}

/** Follows a demand to its end. Throws what ended it, if that was no consent. */
async function* outcome(demand: Demand, signal: AbortSignal): AsyncGenerator<BridgeBody, DemandState> {
  const cancel = () => demand.fail(new SealgateError('signing_cancelled'));
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  try {
    for await (const state of demand.state.follow()) {
      if (!demand.state.isFinal) yield { type: 'waiting', for: waitingFor(demand, state), since: Date.now() };
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    // Whoever stops reading has gone.
    cancel();
  }
  const end = demand.state.value;
  if (end.name === 'failed') throw end.failure;
  return end;
}

function waitingFor(
  { subject }: Demand,
  { name }: DemandState,
): Extract<BridgeBody, { type: 'waiting' }>['for'] {
  if (name === 'signing') return 'token';
  return subject.kind === 'permission' ? 'origin-permission' : 'confirmation';
}
