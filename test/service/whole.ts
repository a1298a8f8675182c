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
import type { SignedPower } from '../authority/power-of-attorney.ts';
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
  /** Whom the operator comes to trust before the start; nobody anew where it is absent. */
  readonly authority?: Authority;
  /** Certificates (DER) that the operator trusts as anchors beside those of `authority`, for whatever reason. */
  readonly anchors?: readonly Uint8Array[];
  readonly now?: () => number;
  readonly renewal?: Partial<RenewalSettings>;
  readonly environment?: Record<string, string>;
}

/** What a whole service may fetch from, in these tests. */
export const networks = { SEALGATE_REVOCATION_NETWORKS: '127.0.0.0/8' };

/** The service as it runs: trust from its database, revocation from the network, rounds of 20 ms. */
export function startWhole(options: WholeOptions): Promise<TestService> {
  const { authority, anchors = [], now = Date.now, renewal = {} } = options;
  const environment = { ...networks, ...options.environment };
  return startTestService(
    {
      now,
      openVerifier: async (context) => {
        if (authority !== undefined) await trust(context.database, authority, anchors, now());
        const rounds = {
          trust: 20,
          renewal: { ...usualRenewal, tick: 20, ...renewal },
          watch: { lists: 20, paths: 20, registers: 1_000 },
        };
        return verifierOf(toConfig(readEnvironment(environment)), rounds)(context);
      },
    },
    environment,
  );
}

async function trust(
  database: Database,
  { root, accredited }: Authority,
  anchors: readonly Uint8Array[],
  at: number,
): Promise<void> {
  for (const [role, certificate] of [
    ['anchor', root.certificate],
    ['authority', accredited.certificate],
    ...anchors.map((anchor) => ['anchor', anchor] as const),
  ] as const) {
    const purposes = new Set(['sign-in'] as const);
    const addition = { certificate: parseCertificate(certificate), role, purposes, isConfirmed: true };
    await addLocal(database, noPins, addition, at);
  }
}

/**
 * Signs in with a certificate of the authority; the message holds the certificates of its `chain`, and a power of
 * attorney may come along.
 */
export async function signInWith(
  portal: Portal,
  signer: IssuedCertificate,
  at: number = Date.now(),
  power?: SignedPower,
): Promise<Reply<LoginBody & Problem>> {
  const { challenge, content } = await portal.challenge();
  const message = await signDetached(Buffer.from(content, 'base64'), signer, at);
  const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');
  const attached = power && { document: base64(power.document), signature: base64(power.signature) };
  return portal.post('/v1/logins', {
    ...{ challenge, signature: base64(message), origin, browser },
    ...(attached ? { powerOfAttorney: attached } : {}),
  });
}
