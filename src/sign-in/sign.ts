import type { AssertionClaims } from '../assertion/claims.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { SealgateError } from '../error.ts';
import { finishLogin, prepareLogin } from '../login/login.ts';
import { defined } from '../optional.ts';
import { otherBinding, ownBinding, type PageBinding, type SignInService } from './challenge.ts';
import type { OpenedOther, OpenedSignIn } from './open.ts';
import { codeLifetime, complete, countTry, noteSigned, type Outcome, type SignIn } from './storage.ts';
import { newToken, tokenHash } from './token.ts';

/** A signature as the page hands it in. */
export interface HandedIn {
  /** The challenge that was shown. */
  readonly challenge: string;
  /** CMS SignedData in base64. */
  readonly signature: string;
  readonly traceId: string;
  /** From where the person comes, as a trusted proxy or the connection says. */
  readonly address?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A sign-in that is done: where the browser goes now, with the code. */
export interface CompletedSignIn {
  readonly returnTo: string;
  readonly outcome: Outcome;
}

/**
 * Verifies what the first browser signed and completes its sign-in, in one unit with the session. Throws whatever
 * `login` does, `sign_in_completed` where it has ended meanwhile, and `rate_limited` after too many tries; the sign-in
 * stays open then.
 */
export async function signHere(
  service: SignInService,
  opened: OpenedSignIn,
  handedIn: HandedIn,
): Promise<CompletedSignIn> {
  const { signIn } = opened;
  const code = newToken();
  const kept = { hash: tokenHash('code', code), expiresAt: handedIn.at + codeLifetime };
  const binding = ownBinding(service, signIn.idHash, signIn.request);
  const outcome = await verify(service, opened, handedIn, binding, (found) => complete(signIn, kept, found));
  return { returnTo: returnAddress(service, signIn, { code }), outcome };
}

/**
 * Verifies what was signed on another screen; the sign-in then waits for the first browser to confirm it. Throws as
 * `signHere` does.
 */
export async function signThere(
  service: SignInService,
  opened: OpenedOther,
  handedIn: HandedIn,
): Promise<Outcome> {
  const binding = otherBinding(service, opened.other, opened.signIn.request);
  return verify(service, opened, handedIn, binding, (found) => noteSigned(opened.signIn, found));
}

async function verify(
  service: SignInService,
  { signIn, client }: OpenedSignIn,
  { challenge, signature, traceId, address, at }: HandedIn,
  binding: PageBinding,
  written: (outcome: Outcome) => ReturnType<typeof complete>,
): Promise<Outcome> {
  if (signIn.state === 'completed' || signIn.state === 'taken') throw new SealgateError('sign_in_completed');
  await service.database.write({ statements: [countTry(signIn)] });
  const { audience } = signIn.request;
  const prepared = await prepareLogin(service, {
    ...binding,
    ...{ client, challenge, signature, traceId, at },
    ...defined({ audience, address }),
  });
  const outcome = outcomeOf(prepared.claims, prepared.verified.certificate);
  await finishLogin(service, prepared, [written(outcome)]);
  return outcome;
}

function outcomeOf(claims: AssertionClaims, certificate: Certificate | undefined): Outcome {
  if (certificate === undefined) return { claims };
  const { shortIssuerName: issuer, serialNumberHex: serialNumber, notAfter } = certificate;
  return { claims, certificate: { issuer, serialNumber, notAfter } };
}

/** Where the browser goes: the front's own address, with what it is given there and who gives it (RFC 9207). */
export function returnAddress(
  { issuer }: Pick<SignInService, 'issuer'>,
  { request }: SignIn,
  given: Readonly<Record<string, string>>,
): string {
  const address = new URL(request.returnTo);
  for (const [name, value] of Object.entries({ ...given, iss: issuer }))
    address.searchParams.append(name, value);
  return address.href;
}
