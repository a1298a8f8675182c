import type { SessionLimits } from '../session/session.ts';
import type { Policy } from './registration.ts';

/** How many sessions a relying party's policy lets one organisation, and one of its people, have at once. */
export function limitsOf({ sessionLimit, signerSessionLimit }: Policy): SessionLimits {
  return { organisation: sessionLimit, signer: signerSessionLimit };
}
