import type { AuthorisationContext } from '../authorisation/context.ts';
import { every } from '../background/round.ts';
import { CertificateMemory } from '../certificate/memory.ts';
import { type Config, proxyOf } from '../config.ts';
import type { Database } from '../database/database.ts';
import { Fetcher, type FetchSettings, usualFetch } from '../fetch/fetcher.ts';
import { IssuerStore } from '../issuer/store.ts';
import { loginVerifier, powerVerifier } from '../login/verify.ts';
import { defined } from '../optional.ts';
import { LinkCache } from '../path/cache.ts';
import { usualQuota } from '../power-of-attorney/quota.ts';
import { fileStatus, httpStatus, type PowerStatusRegister } from '../power-of-attorney/status.ts';
import { httpRegister } from '../register/http.ts';
import { databaseRegister } from '../register/lookup.ts';
import { measureSources, revocationObserver } from '../revocation/metrics.ts';
import { createSources, usualSources } from '../revocation/sources.ts';
import { Arrivals } from '../revocation/store/arrivals.ts';
import { DatabaseStorage } from '../revocation/store/database.ts';
import { Renewal, type RenewalSettings, usualRenewal } from '../revocation/store/renewal.ts';
import type { TimestampAuthorities } from '../timestamp/ask.ts';
import { type Pins, readPins } from '../trust-list/pin.ts';
import { openTrustStore } from '../trust-list/store.ts';
import { startWatch, usualWatch, type WatchIntervals } from '../watch/watch.ts';
import type { Verifier, VerifierContext } from './start.ts';

/** How often things are looked after in the background; ms. */
export interface Rounds {
  /** Whether an operator has changed what is trusted. */
  readonly trust: number;
  readonly renewal: RenewalSettings;
  readonly watch: WatchIntervals;
}

const usualRounds: Rounds = { trust: 5_000, renewal: usualRenewal, watch: usualWatch };

/**
 * Prepares verification as the service runs it: trust from the database and the pins, revocation from the network
 * with its lists in the database, both kept up to date until it is closed. All settings are judged by the time this
 * returns. Throws `configuration_invalid`, also for pins that cannot be read; opening rejects as `openTrustStore` does.
 */
export function verifierOf(
  config: Config,
  rounds: Rounds = usualRounds,
): (parts: VerifierContext) => Promise<Verifier> {
  const pins = readPins(config.anchors);
  return (parts) => openVerifier(config, pins, parts, rounds);
}

async function openVerifier(
  config: Config,
  pins: Pins,
  { database, metrics, log, now, replicas }: VerifierContext,
  rounds: Rounds,
): Promise<Verifier> {
  await using opened = new AsyncDisposableStack();
  const trust = await openTrustStore(database, pins, now());
  const fetch = fetchSettingsOf(config);
  const observer = revocationObserver(metrics.registry, (error) => log.failed('revocation', error));
  const arrivals = new Arrivals();
  const storage = new DatabaseStorage(database, now);
  const sources = createSources({ ...usualSources, fetch }, { storage, observer, arrivals });
  measureSources(metrics.registry, sources, now);
  const { issuerHosts } = config;
  const issuers = issuerHosts.length > 0 ? new IssuerStore(issuerHosts, fetch, now, observer) : undefined;
  opened.defer(() => issuers?.close());
  const authorisation = authorisationOf(config, database, now);
  const timestamps = timestampsOf(config);
  opened.defer(() => timestamps?.fetcher.close());
  const context = {
    trust: () => trust.current,
    sources,
    ...defined({ issuers, timestamps }),
    links: new LinkCache(),
    certificates: new CertificateMemory(),
    authorisation,
  };
  const watch = startWatch(
    {
      ...{ database, sources, arrivals, trust: context.trust, links: context.links, now },
      // The register in the database ends sessions itself, with the row that it changes.
      organisations: config.registerUrl === undefined ? undefined : authorisation.register,
      powerStatus: authorisation.powerStatus,
      isFirst: () => replicas.isFirst(),
      failed: (error) => log.failed('rechecking what sessions rest on', error),
    },
    rounds.watch,
  );
  opened.defer(() => watch.close());
  // Begun after what follows it, and ended before that.
  const renewal = new Renewal(sources, rounds.renewal, now, () => replicas.isFirst());
  renewal.start();
  opened.defer(() => renewal.stop());
  const refreshing = every(
    rounds.trust,
    () => trust.refresh(now()),
    (error) => log.failed('refreshing what is trusted', error),
  );
  opened.defer(() => refreshing.close());
  const running = opened.move();
  return {
    verifyLogin: loginVerifier(context),
    verifyPower: powerVerifier(context),
    validation: context,
    close: () => running.disposeAsync(),
  };
}

/** How lists, answers and certificates of issuers are fetched by this configuration. */
export function fetchSettingsOf(config: Config): FetchSettings {
  const { revocationNetworks: allowedNetworks, revocationHosts: allowedHosts } = config;
  return { ...usualFetch, allowedNetworks, allowedHosts, proxy: proxyOf(config) };
}

/** Who gives time-stamps by this configuration: only the hosts that it names are asked. */
function timestampsOf(config: Config): TimestampAuthorities | undefined {
  const { timestampAuthorities: urls } = config;
  if (urls.length === 0) return undefined;
  const allowedHosts = urls.map((url) => new URL(url).hostname);
  return { urls, fetcher: new Fetcher({ ...fetchSettingsOf(config), allowedHosts }) };
}

/** Register, powers and carriers as the configuration has them. */
export function authorisationOf(config: Config, database: Database, now: () => number): AuthorisationContext {
  const { registerUrl: url, registerToken: token, powersPerOrganisation: inForce } = config;
  const powerStatus = powerStatusOf(config);
  return {
    database,
    register:
      url === undefined
        ? databaseRegister(database)
        : httpRegister({ url, now, proxy: proxyOf(config), ...(token ? { token } : {}) }),
    ...(powerStatus ? { powerStatus } : {}),
    powerQuota: { ...usualQuota, inForce },
  };
}

function powerStatusOf(config: Config): PowerStatusRegister | undefined {
  const { powerStatus: place, powerStatusToken: token, powerActiveWords, powerWithdrawnWords } = config;
  if (place === undefined) return undefined;
  if (!/^https?:\/\//.test(place)) return fileStatus(place);
  const lower = (words: readonly string[]) => words.map((word) => word.toLowerCase());
  return httpStatus({
    url: place,
    proxy: proxyOf(config),
    ...(token ? { token } : {}),
    ...(powerActiveWords ? { activeWords: lower(powerActiveWords) } : {}),
    ...(powerWithdrawnWords ? { withdrawnWords: lower(powerWithdrawnWords) } : {}),
  });
}
