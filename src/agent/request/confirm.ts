import { type FailureCode, isFailure, SealgateError } from '../../error.ts';
import type { Agent } from '../agent.ts';
import type { FoundCertificate } from '../key/found.ts';
import type { Demand, DemandSubject } from './demand.ts';

/** What came from the confirmation window. `pin` is wiped before the confirmation ends. */
export interface Confirmation {
  /** The certificate that the person chose, where the page named none. */
  readonly thumbprint: string | undefined;
  /** PIN or password in UTF-8; empty where none was asked for. */
  readonly pin: Uint8Array;
  readonly confirmFinalTry: boolean;
}

/** Refusals after which the person may try again in the same window. */
const mendable: ReadonlySet<FailureCode> = new Set([
  'pin_incorrect',
  'pin_final_try',
  'pin_unacceptable',
  'key_file_password_incorrect',
  'token_removed',
  'token_not_present',
  'certificate_choice_needed',
]);

/** Lets an origin in, because the person says so. */
export async function allow(agent: Agent, demand: Demand): Promise<void> {
  if (demand.subject.kind !== 'permission' || demand.state.isFinal) return;
  await agent.origins.allow(demand.origin, Date.now());
  demand.state.change({ name: 'allowed' }, true);
}

/** Ends a demand, because the person says so. */
export function refuse(demand: Demand): void {
  const { origin, subject } = demand;
  demand.fail(
    subject.kind === 'permission'
      ? new SealgateError('agent_origin_refused', { origin })
      : new SealgateError('signing_cancelled'),
  );
}

/**
 * Signs what the person has confirmed. A wrong PIN and a token that was pulled out leave the window open for another
 * try; every other failure ends the demand. A PIN goes to the token once for each time that somebody typed it, or,
 * where the person has had it kept, for each signature; one that was refused is never shown again by itself.
 */
export async function confirm(agent: Agent, demand: Demand, confirmation: Confirmation): Promise<void> {
  const { subject, state } = demand;
  if (subject.kind === 'permission' || state.value.name !== 'open') return;
  state.change({ name: 'signing' });
  try {
    const found = demand.certificate ?? (await chosen(agent, confirmation.thumbprint));
    const signature = await signed(agent, found, subject, confirmation);
    const { thumbprint } = found;
    if (!state.change({ name: 'signed', signature, thumbprint }, true)) return;
    const { origin } = demand;
    const name = subject.kind === 'challenge' ? subject.facts.portal : subject.name;
    await agent.history.add({ at: Date.now(), origin, kind: subject.kind, name, thumbprint });
  } catch (error) {
    const failure = isFailure(error) ? error : new SealgateError('agent_failed', {}, { cause: error });
    if (mendable.has(failure.code)) state.change({ name: 'open', refusal: failure });
    else demand.fail(failure);
  } finally {
    confirmation.pin.fill(0);
  }
}

function chosen(agent: Agent, thumbprint: string | undefined): Promise<FoundCertificate> {
  if (thumbprint === undefined) throw new SealgateError('certificate_choice_needed', { certificates: [] });
  return agent.keys.find(thumbprint);
}

async function signed(
  { keys, pins }: Agent,
  found: FoundCertificate,
  subject: Exclude<DemandSubject, { kind: 'permission' }>,
  { pin, confirmFinalTry }: Confirmation,
): Promise<Uint8Array> {
  const isDetached = subject.kind === 'document' && subject.isDetached;
  const kept = pin.length === 0 ? pins.copy(found) : undefined;
  const entered = kept ?? pin;
  try {
    const signature = await keys.sign(found, subject.content, isDetached, {
      pin: entered,
      confirmFinalTry,
    });
    pins.keep(found, entered);
    return signature;
  } catch (error) {
    // Whatever the reason: a PIN that may have been refused is not shown to a token again.
    pins.forget(found);
    throw error;
  } finally {
    entered.fill(0);
  }
}
