import type { Authority } from '../../src/authority/authority.ts';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { readEnvironment, toConfig } from '../../src/config.ts';
import type { Database } from '../../src/database/database.ts';
import { type RenewalSettings, usualRenewal } from '../../src/revocation/store/renewal.ts';
import type { Problem } from '../../src/service/problem.ts';
import { verifierOf } from '../../src/service/verifier.ts';
import { addLocal } from '../../src/trust-list/local-store.ts';
import { noPins } from '../../src/trust-list/pin.ts';
import {
  browser,
  type LoginBody,
  origin,
  type Portal,
  type Reply,
  startTestService,
  type TestService,
} from './portal.ts';

/** How a whole service is started. */
export interface WholeOptions {
  readonly authority: Authority;
  readonly now?: () => number;
  readonly renewal?: Partial<RenewalSettings>;
  readonly environment?: Record<string, string>;
}

/** What a whole service may fetch from, in these tests. */
export const networks = { SEALGATE_REVOCATION_NETWORKS: '127.0.0.0/8' };

/** The service as it runs: trust from its database, revocation from the network, rounds of 20 ms. */
export function startWhole(options: WholeOptions): Promise<TestService> {
  const { authority, now = Date.now, renewal = {} } = options;
  const environment = { ...networks, ...options.environment };
  return startTestService(
    {
      now,
      openVerifier: async (ground) => {
        await trust(ground.database, authority, now());
        const rounds = { renewal: { ...usualRenewal, tick: 20, ...renewal }, round: 20 };
        return verifierOf(toConfig(readEnvironment(environment)), rounds)(ground);
      },
    },
    environment,
  );
}

async function trust(database: Database, { root, accredited }: Authority, at: number): Promise<void> {
  for (const [role, { certificate }] of [
    ['anchor', root],
    ['authority', accredited],
  ] as const) {
    const purposes = new Set(['sign-in'] as const);
    const addition = { certificate: parseCertificate(certificate), role, purposes, isConfirmed: true };
    await addLocal(database, noPins, addition, at);
  }
}

/** Signs in with a certificate of the authority; the message holds the certificates of its `chain`. */
export async function signInWith(
  portal: Portal,
  signer: IssuedCertificate,
  at: number = Date.now(),
): Promise<Reply<LoginBody & Problem>> {
  const { challenge, content } = await portal.challenge();
  const message = await signDetached(Buffer.from(content, 'base64'), signer, at);
  const signature = Buffer.from(message).toString('base64');
  return portal.post('/v1/logins', { challenge, signature, origin, browser });
}
