/** What a portal's backend imports. */
export type { Claims } from './assertion.ts';
export {
  type BrowserBinding,
  type ChallengeRequest,
  createPortalClient,
  type Introspection,
  type PortalChallenge,
  type PortalCheck,
  type PortalClient,
  type PortalOptions,
  type PowerOfAttorney,
  type SignIn,
  type SignInRequest,
} from './client.ts';
export { PortalError, type PortalFailure } from './error.ts';
export { type AssertionLedger, LedgerFullError, MemoryLedger, type MemoryLedgerOptions } from './ledger.ts';
export {
  requireSignIn,
  type SealgateMiddleware,
  type SealgateOptions,
  type SealgateRequest,
  sealgate,
} from './middleware.ts';
export {
  createOpenIdPortal,
  type OpenIdClaims,
  type OpenIdOptions,
  type OpenIdPortal,
  type OpenIdRequest,
  type OpenIdSignIn,
  type PendingSignIn,
} from './open-id.ts';
export { type PortalSession, type PortalSessionOptions, PortalSessions } from './session.ts';
export { type VerifyAssertionOptions, verifyAssertion } from './verify-assertion.ts';
