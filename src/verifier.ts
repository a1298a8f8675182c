import { CertificateMemory } from './certificate/memory.ts';
import type { Config } from './config.ts';
import { LinkCache } from './path/cache.ts';
import { measureSources, revocationObserver } from './revocation/metrics.ts';
import { createSources, usualSources } from './revocation/sources.ts';
import { DatabaseStorage } from './revocation/store/database.ts';
import { Renewal, usualRenewal } from './revocation/store/renewal.ts';
import type { Ground, Verifier } from './start.ts';
import { readPins } from './trust-list/pin.ts';
import { openTrustStore } from './trust-list/store.ts';
import { loginVerifier } from './verify-login.ts';

/** How often it is looked whether an operator has changed what is trusted, in milliseconds. */
const trustInterval = 5_000;

/**
 * Verification as the service runs it: trust from the database and the pins, revocation from the network with its
 * lists in the database, both kept up to date until it is closed. Rejects with `configuration_invalid` for pins that
 * cannot be read, and as `openTrustStore` does.
 */
export async function openVerifier(
  config: Config,
  { database, metrics, log, now }: Ground,
): Promise<Verifier> {
  const warn = (error: unknown, told: string) => {
    log.warn({ reason: error instanceof Error ? error.message : String(error) }, told);
  };
  const trust = await openTrustStore(database, readPins(config.anchors), now());
  const fetch = {
    ...usualSources.fetch,
    allowedNetworks: config.revocationNetworks,
    allowedHosts: config.revocationHosts,
  };
  const observer = revocationObserver(metrics.registry, (error) => warn(error, 'revocation'));
  const sources = createSources({ ...usualSources, fetch }, new DatabaseStorage(database, now), observer);
  measureSources(metrics.registry, sources, now);
  const renewal = new Renewal(sources, usualRenewal, now);
  await renewal.start();
  const refreshing = setInterval(() => {
    trust.refresh(now()).catch((error: unknown) => warn(error, 'the trust in force stays as it was'));
  }, trustInterval);
  refreshing.unref();
  return {
    verifyLogin: loginVerifier({
      trust: () => trust.current,
      sources,
      links: new LinkCache(),
      certificates: new CertificateMemory(),
    }),
    async close() {
      clearInterval(refreshing);
      await renewal.stop();
    },
  };
}
