import { createPrivateKey, createPublicKey, hash, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssertionClaims } from '../../src/assertion/claims.ts';
import { readEnvironment, toConfig } from '../../src/config.ts';
import { SealgateError } from '../../src/error.ts';
import type { VerifyLogin } from '../../src/login/verified-login.ts';
import type { Registration } from '../../src/relying-party/registration.ts';
import { registrationSchema } from '../../src/relying-party/registration.ts';
import type { LoginVerdict } from '../../src/report/login-verdict.ts';
import type { Problem } from '../../src/service/problem.ts';
import { type RunningService, type ServiceParts, startService } from '../../src/service/start.ts';

import { undeclaredRefusals } from './declared.ts';
import { personalIn } from './personal.ts';

/** The portal's page in these tests. */
export const origin = 'https://portal.example';

/** The portal's mark of the browser in these tests. */
export const browser = 'browser-session-1';

/** Made from a seed of zeros, so that a service in another process knows it too (RFC 8410, section 7). */
const privateKey = createPrivateKey({
  key: Buffer.from(`302e020100300506032b657004220420${'00'.repeat(32)}`, 'hex'),
  format: 'der',
  type: 'pkcs8',
});
const publicKey = createPublicKey(privateKey);
const thumbprint = hash('sha256', publicKey.export({ type: 'spki', format: 'der' }), 'base64url');

/** Signs the challenge's text as `verifyTestSignature` wants it: an Ed25519 signature as an OCTET STRING, in base64. */
export function signText(text: string): string {
  return Buffer.concat([octetString, sign(null, Buffer.from(text), privateKey)]).toString('base64');
}

/** DER's head of 64 octets: without it, one signature in a thousand happens to be text, and is taken for no encoding. */
const octetString = Uint8Array.of(0x04, 64);

/**
 * Verification of the signature alone, by a key that stands for an organisation's: what follows it in a login is
 * tested here, and what goes into it is tested where it stands.
 */
export const verifyTestSignature: VerifyLogin = async ({ challenge, message }) => {
  if (!verify(null, challenge.content, publicKey, message.subarray(octetString.length)))
    throw new SealgateError('signature_invalid', { algorithm: 'Ed25519' });
  return {
    organisation: { inn: '7707083893', ogrn: '1027700132195', name: 'ПАО «Ромашка»' },
    signer: { name: 'Иванова Анна Петровна', position: 'Директор' },
    certificateThumbprint: thumbprint,
    acr: 'urn:sealgate:acr:test',
    amr: ['hwk'],
    checks: [{ stage: 'signature', name: 'signature.value', outcome: 'passed' }],
  };
};

/** An answer of the service, with its body parsed. */
export interface Reply<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** What `POST /v1/challenges` answers. */
export interface ChallengeBody {
  readonly challenge: string;
  readonly text: string;
  readonly content: string;
  readonly expiresAt: string;
}

/** What `POST /v1/logins` answers. */
export interface LoginBody {
  readonly assertion: string;
  readonly expiresAt: string;
  readonly sessionId: string;
  readonly organisation: AssertionClaims['organisation'];
  readonly signer: AssertionClaims['signer'];
  readonly verdict: LoginVerdict;
}

/** A registered relying party with its credentials. */
export interface Portal {
  readonly id: string;
  readonly authorization: string;
  post<Body = Problem>(path: string, body: unknown, headers?: Record<string, string>): Promise<Reply<Body>>;
  challenge(input?: Record<string, unknown>): Promise<ChallengeBody>;
  /** Challenge, signature and login in one. */
  signIn(input?: Record<string, unknown>): Promise<Reply<LoginBody & Problem>>;
}

/** A running service with a folder of its own and a clock that tests move. */
export interface TestService extends RunningService {
  readonly folder: string;
  readonly log: string[];
  /** Moves the service's clock by so many milliseconds. */
  pass(milliseconds: number): void;
  portal(registration?: Partial<Registration>): Promise<Portal>;
  /** Ends it. Throws where its log names somebody, or a failure that its OpenAPI document does not name for the route. */
  dispose(): Promise<void>;
}

/** Starts a service on a free port and a database of its own. */
export async function startTestService(
  parts: Partial<ServiceParts> = {},
  environment: Record<string, string> = {},
): Promise<TestService> {
  const folder = environment.SEALGATE_DATA ?? mkdtempSync(join(tmpdir(), 'sealgate-'));
  const log: string[] = [];
  let moved = 0;
  const running = await startService(
    toConfig(readEnvironment({ SEALGATE_DATA: folder, SEALGATE_PORT: '0', ...environment })),
    {
      verifyLogin: verifyTestSignature,
      now: () => Date.now() + moved,
      logTo: { write: (line: string) => void log.push(line) },
      ...parts,
    },
  );
  return {
    ...running,
    folder,
    log,
    pass: (milliseconds) => {
      moved += milliseconds;
    },
    portal: async (registration = {}) => {
      const complete = registrationSchema.parse({
        id: 'portal',
        name: { en: 'Trading Floor', ru: 'Торговая площадка' },
        origins: [origin],
        ...registration,
      });
      const { secret } = await running.service.clients.add(complete, Date.now() + moved);
      return portalOf(running.url, complete.id, secret);
    },
    dispose: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
      const undeclared = undeclaredRefusals(log);
      const personal = personalIn(log.join(''));
      if (personal.length > 0) throw new Error(`in the log: ${personal.join(', ')}`);
      if (undeclared.length > 0) throw new Error(`not in the OpenAPI document: ${undeclared.join(', ')}`);
    },
  };
}

/** A relying party of the service at `url`. */
export function portalOf(url: string, id: string, secret: string): Portal {
  const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  const post = async <Body>(path: string, body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
  };
  const challenge = async (input: Record<string, unknown> = {}) => {
    const { body } = await post<ChallengeBody>('/v1/challenges', { origin, browser, ...input });
    return body;
  };
  return {
    id,
    authorization,
    post,
    challenge,
    async signIn(input = {}) {
      const { challenge: token, text } = await challenge();
      const body = { challenge: token, signature: signText(text), origin, browser, ...input };
      return post<LoginBody & Problem>('/v1/logins', body);
    },
  };
}
