import type { AuthorisationContext } from '../authorisation/context.ts';
import { CertificateMemory } from '../certificate/memory.ts';
import { type Config, proxyOf } from '../config.ts';
import type { Database } from '../database/database.ts';
import { type FetchSettings, usualFetch } from '../fetch/fetcher.ts';
import { IssuerStore } from '../issuer/store.ts';
import { loginVerifier, powerVerifier } from '../login/verify.ts';
import { LinkCache } from '../path/cache.ts';
import { fileStatus, httpStatus, type PowerStatusRegister } from '../power-of-attorney/status.ts';
import { httpRegister } from '../register/http.ts';
import { databaseRegister } from '../register/lookup.ts';
import { measureSources, revocationObserver } from '../revocation/metrics.ts';
import { createSources, usualSources } from '../revocation/sources.ts';
import { DatabaseStorage } from '../revocation/store/database.ts';
import { Renewal, type RenewalSettings, usualRenewal } from '../revocation/store/renewal.ts';
import { type Pins, readPins } from '../trust-list/pin.ts';
import { openTrustStore } from '../trust-list/store.ts';
import { recheckOrganisations } from '../watch/organisations.ts';
import { recheckPowers } from '../watch/power-status.ts';
import { followPowers, powerSignerRevoked } from '../watch/powers.ts';
import { followSessions, usualRound } from '../watch/sessions.ts';
import type { Ground, Verifier } from './start.ts';

/** How often it is looked whether an operator has changed what is trusted, in milliseconds. */
const trustInterval = 5_000;

/** How often other registers are asked again about what open sessions rest on, in milliseconds. */
const sessionInterval = 60_000;

/** How often things are looked after in the background. */
export interface Rounds {
  readonly renewal: RenewalSettings;
  /** How often it is looked which statuses of open sessions are to be asked for again, ms. */
  readonly round: number;
}

/**
 * Prepares verification as the service runs it: trust from the database and the pins, revocation from the network
 * with its lists in the database, both kept up to date until it is closed. All settings are judged by the time this
 * returns. Throws `configuration_invalid`, also for pins that cannot be read; opening rejects as `openTrustStore` does.
 */
export function verifierOf(
  config: Config,
  rounds: Rounds = { renewal: usualRenewal, round: usualRound },
): (ground: Ground) => Promise<Verifier> {
  const pins = readPins(config.anchors);
  return (ground) => openVerifier(config, pins, ground, rounds);
}

async function openVerifier(
  config: Config,
  pins: Pins,
  { database, metrics, log, now }: Ground,
  { renewal: renewing, round }: Rounds,
): Promise<Verifier> {
  await using opened = new AsyncDisposableStack();
  const trust = await openTrustStore(database, pins, now());
  const fetch = fetchSettingsOf(config);
  const observer = revocationObserver(metrics.registry, (error) => log.failed('revocation', error));
  const sources = createSources({ ...usualSources, fetch }, new DatabaseStorage(database, now), observer);
  measureSources(metrics.registry, sources, now);
  const { issuerHosts } = config;
  const issuers = issuerHosts.length > 0 ? new IssuerStore(issuerHosts, fetch, now, observer) : undefined;
  opened.defer(() => issuers?.close());
  const powers = followPowers(
    database,
    sources.lists,
    (error) => log.failed('rechecking powers of attorney for revocation', error),
    now,
    round,
  );
  opened.defer(() => powers.stop());
  const following = followSessions(
    {
      database,
      sources,
      trust: () => trust.current,
      signerRevoked: (signer, details, at) => powerSignerRevoked(database, signer, details, at),
      failed: (error) => log.failed('rechecking sessions for revocation', error),
    },
    now,
    round,
  );
  opened.defer(() => following.stop());
  // Begun after those who follow what it brings, and ended before them.
  const renewal = new Renewal(sources, renewing, now);
  renewal.start();
  opened.defer(() => renewal.stop());
  const authorisation = authorisationOf(config, database, now);
  const rechecking = setInterval(() => {
    const failed = (error: unknown) => log.failed('rechecking what sessions rest on', error);
    recheckSessions(config, authorisation, now(), failed).catch(failed);
  }, sessionInterval);
  rechecking.unref();
  opened.defer(() => clearInterval(rechecking));
  const refreshing = setInterval(() => {
    trust.refresh(now()).catch((error: unknown) => log.failed('refreshing what is trusted', error));
  }, trustInterval);
  refreshing.unref();
  opened.defer(() => clearInterval(refreshing));
  const context = {
    trust: () => trust.current,
    sources,
    ...(issuers === undefined ? {} : { issuers }),
    links: new LinkCache(),
    certificates: new CertificateMemory(),
    authorisation,
  };
  const running = opened.move();
  return {
    verifyLogin: loginVerifier(context),
    verifyPower: powerVerifier(context),
    validation: context,
    close: () => running.disposeAsync(),
  };
}

async function recheckSessions(
  config: Config,
  { database, register, powerStatus }: AuthorisationContext,
  at: number,
  failed: (error: unknown) => void,
): Promise<void> {
  if (powerStatus !== undefined) await recheckPowers(database, powerStatus, at, failed);
  // The register in the database ends sessions itself, with the row that it changes.
  if (config.registerUrl !== undefined) await recheckOrganisations(database, register, at, failed);
}

/** How lists, answers and certificates of issuers are fetched by this configuration. */
export function fetchSettingsOf(config: Config): FetchSettings {
  const { revocationNetworks: allowedNetworks, revocationHosts: allowedHosts } = config;
  return { ...usualFetch, allowedNetworks, allowedHosts, proxy: proxyOf(config) };
}

/** Register, powers and carriers as the configuration has them. */
export function authorisationOf(config: Config, database: Database, now: () => number): AuthorisationContext {
  const { registerUrl: url, registerToken: token } = config;
  const powerStatus = powerStatusOf(config);
  return {
    database,
    register:
      url === undefined
        ? databaseRegister(database)
        : httpRegister({ url, now, proxy: proxyOf(config), ...(token ? { token } : {}) }),
    ...(powerStatus ? { powerStatus } : {}),
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
