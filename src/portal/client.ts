import { z } from 'zod';
import type { Language } from '../failure/failure.ts';
import { defined } from '../optional.ts';
import { assertionCheck, type Claims } from './assertion.ts';
import { type AssertionLedger, MemoryLedger } from './ledger.ts';
import { connect, unreachable } from './transport.ts';

/** How a portal is connected to the service. */
export interface PortalOptions {
  /** Base address of the service, such as `https://sealgate.example`; `https`, or `http` on the machine itself. */
  readonly service: string;
  /** Identifier and secret from the registration. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** Whom assertions are for; the portal's identifier unless it registered another audience. */
  readonly audience?: string;
  /** The service's name in assertions; its base address unless its operator set another. */
  readonly issuer?: string;
  /** Milliseconds for one request; 15 seconds by default, since a sign-in may wait for revocation answers. */
  readonly timeout?: number;
  /** Language of failures, unless a call names another. English by default. */
  readonly language?: Language;
  /** How far the clocks may differ, in seconds; 5 by default. */
  readonly clockTolerance?: number;
  /**
   * Relying parties whose sign-ins are taken; the portal itself by default. A system behind another portal, which gets
   * its assertions from there, names that one.
   */
  readonly clients?: readonly string[];
  /**
   * Where each assertion is taken once: in memory by default, in a store that they share where a portal has several
   * processes. False only where one assertion is shown again and again, and whoever overhears it may show it too.
   */
  readonly ledger?: AssertionLedger | false;
}

/** What ties a challenge to one browser at one page of the portal; the same for challenge and sign-in. */
export interface BrowserBinding {
  /** Origin of the page, such as `https://portal.example`; has to be registered. */
  readonly origin: string;
  /** What the portal knows this browser's session by, 8 to 256 characters that nobody can guess; opaque to the service. */
  readonly browser: string;
}

/** A request for a challenge. */
export interface ChallengeRequest extends BrowserBinding {
  readonly language?: Language;
  /** Shown in the text, where the portal already knows who wants to sign in. */
  readonly organisation?: { readonly name?: string; readonly inn?: string };
}

/** A challenge: show `text`, have `content` signed, send `challenge` back with the signature. */
export interface PortalChallenge {
  readonly challenge: string;
  readonly text: string;
  /** The octets to sign: `text` in UTF-8. */
  readonly content: Uint8Array;
  readonly expiresAt: Date;
}

/** A machine-readable power of attorney (МЧД) of the unified format 003, as its two files have it. */
export interface PowerOfAttorney {
  /** The very octets of the XML document, 128 KiB at most. */
  readonly document: Uint8Array;
  /** The detached CMS signature over them. */
  readonly signature: Uint8Array;
}

/** A request to sign in. */
export interface SignInRequest extends BrowserBinding {
  readonly challenge: string;
  /** CMS SignedData, DER or BER. */
  readonly signature: Uint8Array;
  /**
   * By what a representative acts; not needed where it came with an earlier sign-in or lies in the organisation's
   * account. The claim `authority` tells what the sign-in rests on in the end.
   */
  readonly powerOfAttorney?: PowerOfAttorney;
  /**
   * Address from where the person comes, IPv4 or IPv6: for the service to lock out one from which too much is refused.
   * Behind a proxy, take it from a header only that the proxy itself sets.
   */
  readonly address?: string;
  readonly language?: Language;
}

/** A sign-in that passed. The claims come from the assertion, which has been checked against the service's keys. */
export interface SignIn {
  readonly assertion: string;
  readonly claims: Claims;
  readonly expiresAt: Date;
  /** What was checked, a row each, in the order of the flow; for showing and keeping, not for deciding. */
  readonly checks: readonly PortalCheck[];
}

/** One row of the service's verdict. */
export type PortalCheck = z.output<typeof check>;

/** What the service says of an assertion at this moment (RFC 7662). */
export interface Introspection {
  readonly active: boolean;
  readonly [claim: string]: unknown;
}

/** A portal's connection to the service. Every method throws a PortalError. */
export interface PortalClient {
  /** Asks for a challenge. */
  challenge(request: ChallengeRequest): Promise<PortalChallenge>;
  /** Hands in the signature; returns once the service has let the organisation in and the assertion is checked. */
  signIn(request: SignInRequest): Promise<SignIn>;
  /** Checks an assertion that came another way: signature, issuer, audience, relying party, term, single use. */
  check(assertion: string): Promise<Claims>;
  /** Asks the service whether the assertion and its session are still in force. */
  introspect(assertion: string): Promise<Introspection>;
  /** Ends the session (RFC 7009). */
  signOut(assertion: string): Promise<void>;
}

const challengeAnswer = z.looseObject({
  challenge: z.string().min(1),
  text: z.string().min(1),
  expiresAt: z.union([z.number(), z.string()]).transform((value) => new Date(value)),
});
const check = z.looseObject({
  stage: z.string(),
  name: z.string(),
  outcome: z.string(),
  subject: z.string().exactOptional(),
  code: z.string().exactOptional(),
  details: z.record(z.string(), z.unknown()).exactOptional(),
});
const signInAnswer = z.looseObject({
  assertion: z.string().min(1),
  verdict: z
    .looseObject({ sections: z.array(z.looseObject({ checks: z.array(check) })) })
    .default({ sections: [] }),
});
const introspectionAnswer = z.looseObject({ active: z.boolean() });

const defaultTimeout = 15_000;
const defaultTolerance = 5;

/**
 * Connects a portal's backend to the service.
 *
 * ```ts
 * const portal = createPortalClient({ service: 'https://sealgate.example', clientId, clientSecret });
 * const { challenge, text } = await portal.challenge({ origin, browser });
 * // … the person signs the text …
 * const { claims } = await portal.signIn({ challenge, signature, origin, browser });
 * console.log(claims.organisation.name, claims.signer.name);
 * ```
 */
export function createPortalClient(options: PortalOptions): PortalClient {
  const { service, clientId, clientSecret, language = 'en', timeout = defaultTimeout } = options;
  if (!isSafeAddress(service)) throw new TypeError('service: https, or http on the machine itself');
  const post = connect({ service, clientId, clientSecret, timeout, language });
  const audience = options.audience ?? clientId;
  const checkAssertion = assertionCheck({
    service,
    issuer: options.issuer ?? new URL(service).origin,
    audience,
    clockTolerance: options.clockTolerance ?? defaultTolerance,
    timeout,
    language,
    clients: options.clients ?? [clientId],
    ledger: options.ledger === false ? undefined : (options.ledger ?? new MemoryLedger()),
  });
  const read = <T>(schema: z.ZodType<T>, answer: unknown, spoken: Language = language): T => {
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw unreachable(new URL(service), 'something else answers at this address', spoken, parsed.error);
  };
  return {
    async challenge(request) {
      const { origin, browser, language: spoken, organisation } = request;
      const json = { origin, browser, language: spoken, organisation };
      const { challenge, text, expiresAt } = read(
        challengeAnswer,
        await post('/v1/challenges', { json }, spoken),
        spoken,
      );
      return { challenge, text, content: Buffer.from(text, 'utf8'), expiresAt };
    },
    async signIn({
      challenge,
      signature,
      origin,
      browser,
      powerOfAttorney: power,
      address,
      language: spoken,
    }) {
      const json = {
        challenge,
        signature: base64(signature),
        origin,
        browser,
        audience,
        ...(power === undefined
          ? {}
          : { powerOfAttorney: { document: base64(power.document), signature: base64(power.signature) } }),
        ...defined({ address }),
      };
      const answer = read(signInAnswer, await post('/v1/logins', { json }, spoken), spoken);
      const { assertion, verdict } = answer;
      const claims = await checkAssertion(assertion, spoken);
      return {
        assertion,
        claims,
        expiresAt: new Date(claims.exp * 1000),
        checks: verdict.sections.flatMap((section) => section.checks),
      };
    },
    check: (assertion) => checkAssertion(assertion),
    async introspect(token) {
      return read(introspectionAnswer, await post('/v1/assertions/introspect', { form: { token } }));
    },
    async signOut(token) {
      await post('/v1/assertions/revoke', { form: { token } });
    },
  };
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('base64');
}

/** The secret travels with every request, so plain HTTP is good enough only inside the machine. */
function isSafeAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return protocol === 'https:' || (protocol === 'http:' && isLoopback);
}
