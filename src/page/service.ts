import type { Language } from '../failure/failure.ts';
import type { ChallengeData, SignedData, StateData } from '../sign-in/view/data.ts';
import { PageFailure, ServiceFailure } from './failure.ts';
import { within } from './limit.ts';

/** Longest wait for the service; the check of a signature may ask the network itself. */
const patience = 60_000;

/** The page's requests to its own service. Each rejects with a ServiceFailure, or `service_unreachable`. */
export class SignInService {
  private readonly action: string;
  private readonly language: Language;

  constructor(action: string, language: Language) {
    this.action = action;
    this.language = language;
  }

  /** The challenge to sign now. */
  async challenge(signal: AbortSignal): Promise<ChallengeData> {
    return (await this.ask('challenge', { method: 'POST' }, signal)) as ChallengeData;
  }

  /** Hands a signature in. */
  async sign(challenge: string, signature: string, signal: AbortSignal): Promise<SignedData> {
    const body = JSON.stringify({ challenge, signature });
    const headers = { 'content-type': 'application/json' };
    return (await this.ask('signature', { method: 'POST', headers, body }, signal)) as SignedData;
  }

  /** How the sign-in stands, undefined where that is still `version`. */
  async state(version: number, signal: AbortSignal): Promise<StateData | undefined> {
    const headers = { 'if-none-match': `"${version}"` };
    return (await this.ask('state', { headers }, signal)) as StateData | undefined;
  }

  private async ask(path: string, init: RequestInit, signal: AbortSignal): Promise<unknown> {
    const address = `${this.action}/${path}?language=${this.language}`;
    const headers = { ...init.headers, accept: 'application/json' };
    const response = await within(
      fetch(address, { ...init, headers, cache: 'no-store', redirect: 'error', signal }).catch(() => {
        throw signal.aborted ? new PageFailure('signing_cancelled') : unreachable();
      }),
      patience,
      unreachable,
      signal,
    );
    if (response.status === 304) return undefined;
    const body: unknown = await response.json().catch(() => {
      throw unreachable();
    });
    if (response.ok) return body;
    throw problemOf(body);
  }
}

function unreachable(): PageFailure {
  return new PageFailure('service_unreachable', { address: location.host });
}

function problemOf(body: unknown): Error {
  const { title, detail, remedy, code, traceId } = body as Readonly<Record<string, unknown>>;
  const texts = [title, detail, remedy, code, traceId];
  if (!texts.every((text) => typeof text === 'string')) return unreachable();
  const [shownTitle = '', cause = '', toDo = '', shownCode = '', trace = ''] = texts;
  return new ServiceFailure({ title: shownTitle, cause, remedy: toDo, code: shownCode, traceId: trace });
}
