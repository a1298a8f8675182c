import { SealgateError } from '../error.ts';
import type { FailureCode } from '../failure/catalogue.ts';
import { toProblem } from './problem.ts';

type Json = Readonly<Record<string, unknown>>;

const origin = 'https://portal.example';
const browser = 'b3f2c1d09a7e4f55';
const challenge = 'eyJhbGciOiJIUzI1NiJ9.eyJyZWx5aW5nUGFydHkiOiJwb3J0YWwifQ.wJ2n0m3hQ8k';
const octets = 'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A';
const assertion = 'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL3NlYWxnYXRlLmV4YW1wbGUifQ.c2lnbmF0dXJl';

/** A request of each operation that has a body. Secrets, certificates and signatures are shortened. */
const requests: Readonly<Record<string, Json>> = {
  issueChallenge: { origin, browser, language: 'en', organisation: { inn: '7707083893' } },
  login: { challenge, signature: octets, origin, browser },
  introspectAssertion: { token: assertion },
  revokeAssertion: { token: assertion },
  sessionStatus: { session: '019a3f0a-5c1e-7d22-9b1f-2f6c0a4be771' },
  startSignIn: { returnUri: `${origin}/signed-in`, state: 'af0ifjsldkj', language: 'ru' },
  takeSignIn: { code: 'kD9x2mQvT7bN4sLw' },
  connectCarrier: { challenge, signature: octets, origin, browser, name: 'Second token' },
  issueCarrierChallenge: { origin, browser },
  confirmCarrier: {},
  nameCarrier: { name: 'Token in the safe' },
  disconnectCarrier: {},
  addPower: { document: octets, signature: octets },
  withdrawPower: {},
  endSession: {},
  endOtherSessions: {},
  withdrawConsent: { client: 'portal', certificate: 'kT1uY0l9mHqzJ5v2Yt0Zl4b8nRr3sQe7wXcVgBpDfGh' },
  setContact: { email: 'director@romashka.example', language: 'ru' },
  validateCertificate: { certificate: octets, profile: 'qualified-gost' },
  validateSignature: { message: octets, content: octets },
  validateTimestamp: { timestamp: octets, content: octets },
  extendSignature: { message: octets, content: octets, level: 'LT' },
};

/** A form of each operation that is asked with files. */
const forms: Readonly<Record<string, Json>> = {
  validateSignature: { message: 'contract.pdf.sig', content: ['contract.pdf'], profile: 'rfc5280' },
  validateTimestamp: { message: 'contract.pdf.tsr', content: ['contract.pdf'], profile: 'rfc5280' },
  extendSignature: { message: 'contract.pdf', level: 'LT', profile: 'rfc5280' },
};

/** The example of an operation's form, as a media type object has it; its files are named. */
export function formExample(operation: string): { readonly example?: Json } {
  const example = forms[operation];
  return example === undefined ? {} : { example };
}

/** The example of an operation's request, as a media type object has it; nothing where it has no body. */
export function requestExample(operation: string): { readonly example?: Json } {
  const example = requests[operation];
  return example === undefined ? {} : { example };
}

/** What people who build a portal meet first. */
const common: readonly SealgateError[] = [
  new SealgateError('client_unauthenticated'),
  new SealgateError('client_forbidden', { field: 'origin', value: 'https://other.example' }),
  new SealgateError('request_malformed', { field: 'origin', problem: 'is missing' }),
  new SealgateError('request_too_large', { field: 'body', limit: 393_216 }),
  new SealgateError('rate_limited', { retryAfter: 1 }),
  new SealgateError('challenge_used'),
  new SealgateError('challenge_expired', {
    expiredAt: new Date('2026-11-21T12:05:00Z'),
    at: new Date('2026-11-21T12:06:00Z'),
  }),
  new SealgateError('signature_invalid', { algorithm: 'GOST R 34.10-2012, 256 bits' }),
  new SealgateError('assertion_expired'),
  new SealgateError('session_ended'),
  new SealgateError('storage_unavailable'),
  new SealgateError('internal_error'),
];

/** Examples of those among `codes` that are common, by code, as a media type object has them. */
export function failureExamples(codes: readonly FailureCode[]): { readonly examples?: Json } {
  const shown = common.filter(({ code }) => codes.includes(code));
  if (shown.length === 0) return {};
  const examples = shown.map((error) => {
    const { problem } = toProblem(error, 'en', '4bf92f3577b34da6a3ce929d0e0e4736');
    return [error.code, { summary: problem.title, value: problem }];
  });
  return { examples: Object.fromEntries(examples) };
}
