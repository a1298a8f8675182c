import { basename } from 'node:path';
import { type Details, isFailure, SealgateError } from '../../error.ts';
import { explain } from '../../failure/explain.ts';
import type { Language } from '../../failure/failure.ts';
import type { BridgeBody } from '../bridge-message.ts';

/**
 * What ended a request, for the page that asked. Paths lose their folders, which hold the name of this computer's
 * user; an error that nobody foresaw is the agent's own and says nothing of the inside.
 */
export function failedBody(error: unknown, language: Language): Extract<BridgeBody, { type: 'failed' }> {
  const failure: SealgateError = isFailure(error) ? error : new SealgateError('agent_failed');
  const details = forPage(failure.details);
  const words = explain(failure.code, details, language);
  // Dates become ISO 8601 strings.
  return { type: 'failed', code: failure.code, details: JSON.parse(JSON.stringify(details)), words };
}

function forPage(details: Details): Details {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => {
      return [name, name === 'path' && typeof value === 'string' ? basename(value) : value];
    }),
  );
}
