import { randomUUID } from 'node:crypto';
import type { Language } from '../failure/failure.ts';
import { defined } from '../optional.ts';
import { createPortalClient } from '../portal/client.ts';
import type { PortalCheck } from '../portal/index.ts';
import { requireSecret } from '../terminal/command.ts';
import { openSigner, type SignerChoice } from '../token/command-line.ts';
import { makeMessage } from './message.ts';
import { requireCertificate } from './signer.ts';

/** What `sealgate login` is told. */
export interface LoginOptions extends SignerChoice {
  readonly service: string;
  readonly client: string;
  readonly clientSecretFd?: number;
  readonly origin: string;
  readonly audience?: string;
  /** Name of the service in its assertions, where it differs from its address. */
  readonly issuer?: string;
  readonly detached?: boolean;
}

/** A sign-in as the portal would see it. */
export interface LoginOutcome {
  readonly organisation: { readonly name: string; readonly inn?: string; readonly ogrn?: string };
  readonly signer: { readonly name: string };
  readonly assertion: string;
  readonly expiresAt: Date;
  readonly checks: readonly PortalCheck[];
}

/**
 * Signs in to a service the way a portal does, for testers: challenge, signature with the key of a token or a
 * file, verification, check of the assertion. Throws a PortalError with the service's own words, or the failures
 * of the token.
 */
export async function signIn(options: LoginOptions, language: Language): Promise<LoginOutcome> {
  const portal = await connect(options, language);
  const binding = { origin: options.origin, browser: randomUUID() };
  const signer = await openSigner(options);
  try {
    const { challenge, content } = await portal.challenge({ ...binding, language });
    const isDetached = options.detached === true;
    const signature = await makeMessage(content, requireCertificate(signer), {
      isDetached,
      signingTime: Date.now(),
    });
    const { claims, ...result } = await portal.signIn({ ...binding, challenge, signature, language });
    return { ...result, organisation: claims.organisation, signer: claims.signer };
  } finally {
    await signer.close();
  }
}

async function connect(options: LoginOptions, language: Language) {
  const source = {
    fd: options.clientSecretFd,
    variable: 'SEALGATE_CLIENT_SECRET',
    question: 'Secret of the client',
  };
  const secret = await requireSecret(source);
  return createPortalClient({
    service: options.service,
    clientId: options.client,
    clientSecret: Buffer.from(secret).toString('utf8'),
    language,
    ...defined({ audience: options.audience, issuer: options.issuer }),
  });
}
