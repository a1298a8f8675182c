import { assertionCheck, type CheckAssertion } from './assertion.ts';
import type { PortalOptions } from './client.ts';
import { MemoryLedger } from './ledger.ts';

/** Whose assertions are taken. No secret is needed: the service's published keys are enough. */
export type VerifyAssertionOptions = Omit<PortalOptions, 'clientSecret'>;

/**
 * A check of assertions for systems that get them from a portal: signature by the service's keys, which are cached,
 * issuer, audience, relying party, term, and that none is taken twice. What it gives throws a PortalError.
 */
export function verifyAssertion(options: VerifyAssertionOptions): CheckAssertion {
  const { service, clientId, timeout = 15_000, language = 'en', clockTolerance = 5 } = options;
  return assertionCheck({
    ...{ service, timeout, language, clockTolerance },
    issuer: options.issuer ?? new URL(service).origin,
    audience: options.audience ?? clientId,
    clients: options.clients ?? [clientId],
    ledger: options.ledger === false ? undefined : (options.ledger ?? new MemoryLedger()),
  });
}
