import { describe, expect, it } from 'vitest';
import { failureCodes, failures } from '../../src/failure/catalogue.ts';
import { detailKinds } from '../../src/failure/details.ts';
import type { Failure } from '../../src/failure/failure.ts';

/** The codes that portals and support lines build on, with their HTTP status; undefined at the workplace. */
const promised: Record<string, number | undefined> = {
  signature_malformed: 400,
  signature_content_mismatch: 401,
  signature_invalid: 401,
  signature_signer_count: 422,
  signature_attributes_missing: 422,
  signature_attributes_ambiguous: 401,
  signer_certificate_missing: 422,
  signer_certificate_substituted: 401,
  algorithm_forbidden: 422,
  certificate_malformed: 422,
  certificate_expired: 401,
  certificate_not_yet_valid: 401,
  private_key_period_over: 401,
  certificate_revoked: 401,
  certificate_usage_forbidden: 401,
  chain_incomplete: 401,
  chain_invalid: 401,
  root_untrusted: 401,
  authority_not_accredited: 401,
  authority_accreditation_ended: 401,
  certificate_not_qualified: 403,
  assurance_too_low: 403,
  revocation_unavailable: 503,
  revocation_stale: 503,
  clock_skewed: 422,
  organisation_missing: 403,
  organisation_identifier_invalid: 422,
  organisation_unknown: 403,
  organisation_mismatch: 403,
  organisation_blocked: 403,
  certificate_not_bound: 403,
  authority_unproven: 403,
  power_of_attorney_invalid: 403,
  power_of_attorney_expired: 403,
  power_of_attorney_withdrawn: 403,
  power_of_attorney_mismatch: 403,
  power_of_attorney_scope: 403,
  challenge_malformed: 400,
  challenge_foreign: 400,
  challenge_expired: 410,
  challenge_used: 409,
  client_unauthenticated: 401,
  client_forbidden: 403,
  assertion_invalid: 401,
  assertion_expired: 401,
  assertion_revoked: 401,
  session_ended: 401,
  session_limit: 403,
  locked_out: 429,
  rate_limited: 429,
  request_malformed: 400,
  request_too_large: 413,
  storage_unavailable: 503,
  internal_error: 500,
  pkcs11_module_not_found: undefined,
  pkcs11_module_incompatible: undefined,
  token_not_present: undefined,
  token_not_recognized: undefined,
  token_uninitialized: undefined,
  token_removed: undefined,
  pin_incorrect: undefined,
  pin_final_try: undefined,
  pin_locked: undefined,
  pin_expired: undefined,
  pin_default: undefined,
  key_not_found: undefined,
  mechanism_unsupported: undefined,
  certificate_choice_needed: undefined,
  signing_cancelled: undefined,
  signing_timed_out: undefined,
  agent_unreachable: undefined,
  agent_origin_refused: undefined,
  service_unreachable: undefined,
  service_certificate_expired: undefined,
};

/** Sub-indications of ETSI EN 319 102-1, section 5.1.3, by the indication they belong to. */
const subIndications: Record<string, readonly string[]> = {
  'TOTAL-FAILED': [
    'FORMAT_FAILURE',
    'HASH_FAILURE',
    'SIG_CRYPTO_FAILURE',
    'REVOKED',
    'EXPIRED',
    'NOT_YET_VALID',
  ],
  INDETERMINATE: [
    'SIG_CONSTRAINTS_FAILURE',
    'CHAIN_CONSTRAINTS_FAILURE',
    'CERTIFICATE_CHAIN_GENERAL_FAILURE',
    'CRYPTO_CONSTRAINTS_FAILURE',
    'POLICY_PROCESSING_ERROR',
    'SIGNATURE_POLICY_NOT_AVAILABLE',
    'TIMESTAMP_ORDER_FAILURE',
    'NO_SIGNING_CERTIFICATE_FOUND',
    'NO_CERTIFICATE_CHAIN_FOUND',
    'REVOKED_NO_POE',
    'REVOKED_CA_NO_POE',
    'OUT_OF_BOUNDS_NO_POE',
    'OUT_OF_BOUNDS_NOT_REVOKED',
    'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
    'NO_POE',
    'TRY_LATER',
    'SIGNED_DATA_NOT_FOUND',
  ],
};

describe('the catalogue of failures', () => {
  it.each(Object.entries(promised))('has %s with HTTP status %s', (code, status) => {
    expect(failureCodes).toContain(code);
    expect((failures as Record<string, Failure>)[code]?.status).toBe(status);
  });

  it.each(failureCodes)('%s asks for the same details in both languages', (code) => {
    const names = (wording: Failure['en']) =>
      [...`${wording.cause} ${wording.remedy}`.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    expect(names(failures[code].en)).toEqual(names(failures[code].ru));
    expect(failures[code].en.title).not.toMatch(/[{.]/);
    expect(Object.keys(detailKinds(code)).every((name) => /^[a-z][A-Za-z0-9]*$/.test(name))).toBe(true);
  });

  it.each(failureCodes)('%s speaks in whole sentences, in its own language', (code) => {
    const { en, ru } = failures[code] as Failure;
    for (const text of [en.cause, en.remedy, ru.cause, ru.remedy]) expect(text).toMatch(/^[\p{Lu}{].*\.$/su);
    expect(`${en.title} ${en.cause} ${en.remedy}`).not.toMatch(/\p{Script=Cyrillic}/u);
    for (const text of [ru.title, ru.cause, ru.remedy]) expect(text).toMatch(/\p{Script=Cyrillic}/u);
  });

  it.each(failureCodes)('%s has a sub-indication that its indication allows', (code) => {
    const { indication, subIndication } = failures[code] as Failure;
    if (subIndication) expect(subIndications[indication]).toContain(subIndication);
    expect(indication).not.toBe('TOTAL-PASSED');
  });
});
