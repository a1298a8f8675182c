import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Language } from '../failure/failure.ts';
import type { ProofTerm } from '../failure/proof-terms.ts';
import { localError, type PortalError } from './error.ts';
import { type AssertionLedger, LedgerFullError } from './ledger.ts';
import { unreachable } from './transport.ts';

/** Signatures that the service's keys can make; a header cannot choose anything weaker, and never `none`. */
const algorithms = ['ES256', 'ES384', 'ES512', 'RS256', 'PS256', 'EdDSA', 'Ed25519'];
/** Longer assertions are never made, so they are not looked at. */
const longestAssertion = 8192;

const organisation = z.looseObject({
  inn: z.string().exactOptional(),
  ogrn: z.string().exactOptional(),
  name: z.string(),
});

const person = z.looseObject({
  name: z.string(),
  position: z.string().exactOptional(),
  inn: z.string().exactOptional(),
  snils: z.string().exactOptional(),
});

const authority = z.looseObject({
  /** `head`, `self`, `power-of-attorney`, or `certificate` where nothing but the certificate says so. */
  basis: z.string(),
  /** Number of the power of attorney. */
  power: z.string().exactOptional(),
});

const claimsSchema = z.looseObject({
  iss: z.string(),
  sub: z.string(),
  aud: z.string(),
  iat: z.number(),
  exp: z.number(),
  jti: z.string(),
  sid: z.string(),
  auth_time: z.number(),
  /** The relying party through which the organisation signed in. */
  client_id: z.string(),
  acr: z.string(),
  amr: z.array(z.string()),
  organisation,
  signer: person,
  /** By what right the signer acts for the organisation; absent where the service keeps no register. */
  authority: authority.exactOptional(),
  /** Names of checks that passed with a warning. */
  warnings: z.array(z.string()).exactOptional(),
  'x5t#S256': z.string(),
});

/** What a verified assertion says; times in seconds since the epoch. */
export type Claims = z.output<typeof claimsSchema>;

/** What assertions are checked against. */
export interface AssertionRules {
  /** Base address of the service, where its keys are. */
  readonly service: string;
  readonly issuer: string;
  /** The only audience that is taken. */
  readonly audience: string;
  /** The relying parties whose sign-ins are taken. */
  readonly clients: readonly string[];
  /** How far the clocks may differ, in seconds. */
  readonly clockTolerance: number;
  /** Milliseconds for fetching the keys. */
  readonly timeout: number;
  readonly language: Language;
  /** Where each assertion is taken once; undefined where it may be shown again. */
  readonly ledger: AssertionLedger | undefined;
}

/** Checks an assertion and returns its claims. Throws a PortalError. */
export type CheckAssertion = (assertion: string, language?: Language) => Promise<Claims>;

/**
 * A check of assertions against the service's published keys: signature, issuer, audience, relying party, term, and,
 * with a ledger, that it was not taken before. Keys are fetched when first needed, kept, and fetched again when an
 * assertion names one that is not known, at most every half minute.
 */
export function assertionCheck(rules: AssertionRules): CheckAssertion {
  const address = new URL('/.well-known/jwks.json', rules.service);
  const keys = createRemoteJWKSet(address, { timeoutDuration: rules.timeout });
  return async (assertion, language = rules.language) => {
    if (assertion.length > longestAssertion) throw invalid('assertion-too-long', language);
    const claims = await verify(assertion, keys, rules, address, language);
    if (!rules.clients.includes(claims.client_id)) throw invalid('assertion-portal', language);
    if (!(await isNew(claims, rules, language))) throw invalid('assertion-used', language);
    return claims;
  };
}

async function isNew({ jti, exp }: Claims, { ledger }: AssertionRules, language: Language): Promise<boolean> {
  try {
    return (await ledger?.take(jti, exp * 1000)) ?? true;
  } catch (error) {
    if (!(error instanceof LedgerFullError)) throw error;
    throw localError('rate_limited', { retryAfter: 60 }, language, { cause: error });
  }
}

async function verify(
  assertion: string,
  keys: ReturnType<typeof createRemoteJWKSet>,
  rules: AssertionRules,
  address: URL,
  language: Language,
): Promise<Claims> {
  try {
    const { payload } = await jwtVerify(assertion, keys, {
      issuer: rules.issuer,
      audience: rules.audience,
      clockTolerance: rules.clockTolerance,
      algorithms,
      typ: 'JWT',
      requiredClaims: ['exp', 'iat', 'jti', 'sid', 'sub'],
    });
    return claimsSchema.parse(payload);
  } catch (error) {
    throw refusal(error, address, language);
  }
}

function refusal(error: unknown, address: URL, language: Language): PortalError {
  if (error instanceof errors.JWTExpired) {
    const { exp } = error.payload;
    const details = exp === undefined ? {} : { expiredAt: new Date(exp * 1000) };
    return localError('assertion_expired', details, language, { cause: error });
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    const details = { problem: 'assertion-claim', claim: error.claim } as const;
    return localError('assertion_invalid', details, language, { cause: error });
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return invalid('assertion-key', language, error);
  }
  const isOfAssertion = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout);
  if (isOfAssertion && error.code !== 'ERR_JOSE_GENERIC') {
    return invalid('assertion-form', language, error);
  }
  if (error instanceof z.ZodError) return invalid('assertion-incomplete', language, error);
  return unreachable(address, 'its keys cannot be fetched', language, error);
}

function invalid(problem: ProofTerm, language: Language, cause?: unknown): PortalError {
  return localError('assertion_invalid', { problem }, language, cause === undefined ? undefined : { cause });
}
