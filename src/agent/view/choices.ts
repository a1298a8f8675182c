import type { Language } from '../../failure/failure.ts';
import type { Agent } from '../agent.ts';
import { certificateView } from './certificate.ts';
import { anyFailureView } from './demand.ts';
import type { ChoiceView } from './model.ts';

/** The certificates of this computer for a window of the agent, as they are found. */
export async function* choices({ keys, history }: Agent, language: Language): AsyncGenerator<ChoiceView> {
  for await (const { found, troubles } of keys.search()) {
    for (const each of found) {
      yield { certificate: certificateView(each, history.lastUse(each.thumbprint), language) };
    }
    for (const { module, failure } of troubles) yield troubleOf(module, failure, language);
  }
}

/** What ended the search, or a driver's part of it. */
export function troubleOf(module: string, error: unknown, language: Language): ChoiceView {
  return { trouble: { module, failure: anyFailureView(error, language) } };
}
