import type { DestinationStream } from 'pino';
import type { AssertionKeys } from '../assertion/keys.ts';
import { RefusedAssertions } from '../assertion/refused.ts';
import { expectTokenUri } from '../assertion/token-key.ts';
import { expectAnchored } from '../audit-anchor/expect.ts';
import { inSlices } from '../budget/slices.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import { joinReplicas, type Replicas } from '../database/replicas.ts';
import { SealgateError } from '../error.ts';
import type { EsiaState } from '../esia/open.ts';
import { type EvidenceKeeper, evidenceKeeper } from '../evidence/keep.ts';
import { countReduced, countUnkept } from '../evidence/metrics.ts';
import { loadTransport } from '../fetch/transport.ts';
import type { VerifyLogin } from '../login/verified-login.ts';
import type { VerifyPower } from '../login/verify.ts';
import { type Oidc, openOidc } from '../oidc/oidc.ts';
import { defined } from '../optional.ts';
import { moveAllEarlierPowers } from '../power-of-attorney/earlier.ts';
import { clientRegistry } from '../relying-party/registry.ts';
import { keyring } from '../secret/keyring.ts';
import { wrapping } from '../secret/wrapping.ts';
import { lockOuts } from '../session/lock-out.ts';
import { pageBase } from '../sign-in/challenge.ts';
import type { Signer } from '../token/signer.ts';
import type { ServiceTrust } from '../validation/context.ts';
import { causesOf } from './cause.ts';
import { type Patience, usualPatience } from './connections.ts';
import { openKeys, privateKeysOf } from './keys.ts';
import { organisationRequestsPerSecond, rateLimit } from './limit.ts';
import { type ServiceLog, serviceLog } from './log.ts';
import { logOutput } from './log-output.ts';
import { type Metrics, makeMetrics, type ShareMeasurements } from './metrics.ts';
import { certificateHeaderOf, keySetFetcher } from './oidc-keys.ts';
import { openApiDocument } from './openapi.ts';
import type { Load } from './overload.ts';
import { openPages } from './pages.ts';
import { Reading } from './reading.ts';
import { renewSeals } from './records.ts';
import { RefusedRequests } from './refused-requests.ts';
import { startRounds, tellLogouts } from './rounds.ts';
import type { Service } from './route.ts';
import { routes } from './routes.ts';
import { createServer, type SealgateServer } from './server.ts';
import { openState } from './state.ts';
import { Uploads } from './uploads.ts';

/** What verification may build on: parts of the service that are open by then. */
export interface VerifierContext {
  readonly database: Database;
  readonly metrics: Metrics;
  readonly log: ServiceLog;
  readonly now: () => number;
  readonly replicas: Replicas;
}

/** Verification of logins, with what it keeps up to date in the background. */
export interface Verifier {
  readonly verifyLogin: VerifyLogin;
  /** Absent where the service takes no powers of attorney. */
  readonly verifyPower?: VerifyPower;
  /** What certificates and documents are validated by, beside logins. */
  readonly validation?: ServiceTrust;
  close(): Promise<void>;
}

/** What the service takes from outside of its configuration: how logins are verified, and what tests exchange. */
export interface ServiceParts {
  /** Verifies logins; or, where that needs the service's own parts, `openVerifier`. */
  readonly verifyLogin?: VerifyLogin;
  readonly openVerifier?: (context: VerifierContext) => Promise<Verifier>;
  /** Opens a key that a PKCS#11 URI names. */
  readonly openToken?: (uri: string) => Promise<Signer>;
  /** Now, in milliseconds since the epoch; the machine's clock by default. */
  readonly now?: () => number;
  readonly patience?: Patience;
  /** So many ms idle connections stay open when the service stops; none where absent. */
  readonly farewell?: number;
  /** Whether this process keeps up with what is asked; absent where nothing is refused for that. */
  readonly load?: Load;
  /** How the measurements of all workers are had; absent where one process serves. */
  readonly shareMeasurements?: ShareMeasurements;
  /** Where the log goes; standard output by default. */
  readonly logTo?: DestinationStream;
}

/** A service that answers. */
export interface RunningService {
  readonly url: string;
  readonly service: Service;
  /** Stops accepting, finishes what has begun, closes key and database. */
  stop(): Promise<void>;
}

const minute = 60_000;

/** Documents a second that one address may have checked on the page of verification. */
const verificationsPerSecond = 2;

/** Addresses of strangers whose use is remembered. */
const mostAddresses = 20_000;
const day = 24 * 60 * minute;

/**
 * Opens everything and begins to answer. Every setting is judged before anything is opened; whatever fails after that,
 * what was opened is closed again, the last first. Throws `configuration_invalid`, `audit_damaged`, `record_unsealed`,
 * `database_unusable`, `storage_unavailable` or `assertion_key_unavailable`.
 */
export async function startService(config: Config, parts: ServiceParts): Promise<RunningService> {
  const now = parts.now ?? Date.now;
  if (config.assertionKey !== undefined) expectTokenUri(config.assertionKey);
  await using opened = new AsyncDisposableStack();
  const log = openLog(opened, config, parts.logTo);
  const { database, secrets } = await openState(config, now(), 'serve');
  opened.defer(() => database.close());
  await expectWhole(database, secrets, config);
  await privateKeysOf({ database, secrets }).renew();
  const keys = openKeys({ database, secrets }, config, parts.openToken);
  opened.defer(() => keys.close());
  const metrics = makeMetrics(config.metrics, parts.shareMeasurements);
  await movePowers({ database, log });
  const replicas = await joinReplicas(database, (error) =>
    log.failed('keeping up with other replicas', error),
  );
  opened.defer(() => replicas.close());
  const shared = { replicas: () => replicas.count() };
  const verifier = await openVerifier(parts, { database, metrics, log, now, replicas });
  opened.defer(() => verifier.close());
  const front =
    config.esiaPath === undefined
      ? undefined
      : await openFront(config.esiaPath, { database, wrapping: wrapping(secrets) }, now());
  const fetcher = keySetFetcher(config);
  opened.defer(() => fetcher.close());
  let issuer = config.issuer ?? '';
  const base = pageBase({ issuer: config.issuer ?? 'http://localhost' });
  let openApi: Promise<Uint8Array> | undefined;
  let oidc: Oidc | undefined;
  const challengeKeys = keyring(secrets, 'challenge');
  const service: Service = {
    database,
    clients: clientRegistry(database),
    challengeKeys,
    assertionKeys: keys,
    get issuer() {
      return issuer;
    },
    verifyLogin: verifier.verifyLogin,
    ...(verifier.verifyPower ? { verifyPower: verifier.verifyPower } : {}),
    ...(verifier.validation ? { validation: verifier.validation } : {}),
    ...defined({ esia: front?.esia }),
    ...(config.evidenceDays > 0 ? { evidence: evidenceOf(config, database, metrics) } : {}),
    lockOuts: lockOuts(database),
    limit: rateLimit(config.requestsPerSecond, shared),
    organisationLimit: rateLimit(organisationRequestsPerSecond, shared),
    refusedAssertions: new RefusedAssertions(),
    refusedRequests: new RefusedRequests(challengeKeys),
    pages: openPages(config.agentPorts, base),
    get oidc() {
      oidc ??= openOidc({
        database,
        clients: service.clients,
        challengeKeys: service.challengeKeys,
        assertionKeys: keys,
        issuer,
        pages: service.pages,
        now,
        idleTime: config.singleSignOnMinutes * minute,
        fetcher,
        ...defined({ certificates: certificateHeaderOf(config) }),
        failed: (error) => log.failed('answering by OpenID Connect', error),
      });
      return oidc;
    },
    strangers: rateLimit(config.openRequestsPerSecond, { ...shared, most: mostAddresses }),
    reading: new Reading(),
    uploads: uploadsOf(config.uploadMegabytes),
    ...(config.verifyPageMegabytes > 0
      ? {
          verification: {
            uploads: uploadsOf(config.verifyPageMegabytes),
            limit: rateLimit(verificationsPerSecond, { ...shared, most: mostAddresses }),
          },
        }
      : {}),
    patience: parts.patience ?? usualPatience,
    get openApi() {
      openApi ??= contractOf(issuer);
      return openApi;
    },
    metrics,
    log,
    now,
  };
  await provide(service, config);
  startRounds(opened, service, config, replicas);
  const server = createServer(service, {
    ...config,
    base,
    ...defined({ fronts: front?.routes, farewell: parts.farewell, load: parts.load }),
  });
  const port = await listen(server, config);
  opened.defer(() => server.close(config.shutdownSeconds * 1_000));
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
  issuer ||= `http://localhost:${port}`;
  tellLogouts(opened, service, config);
  await loadForSignIns(service);
  log.write('info', 'listening', { url, issuer });
  if (service.pages.script === undefined) log.write('warn', 'page without script', {});
  log.flush();
  // Made before anybody asks, and in pieces: it takes longer than any request may.
  void service.openApi;
  const running = opened.move();
  let stopped: Promise<void> | undefined;
  return { url, service, stop: () => (stopped ??= running.disposeAsync()) };
}

const mebibyte = 1024 * 1024;

/** The largest file with signatures: a report with pictures and a few appendices. It is held in memory, octets. */
const largestDocument = 64 * mebibyte;

function uploadsOf(megabytes: number): Uploads {
  const largest = megabytes * mebibyte;
  return new Uploads({ largest, largestDocument: Math.min(largest, largestDocument) });
}

/** The front that speaks ЕСИА's dialect, off by default: what it is made of is loaded only where it is on. */
async function openFront(path: string, state: EsiaState, at: number) {
  const { openEsia } = await import('../esia/open.ts');
  const { esiaRoutes } = await import('./esia-routes.ts');
  const esia = await openEsia(path, state, at);
  return { esia, routes: esiaRoutes(esia.base) };
}

/** Listens, and gives the port. What the system says against it is a matter of the configuration. */
async function listen(server: SealgateServer, { host, port }: Config): Promise<number> {
  try {
    return (await server.listen(port, host)).port;
  } catch (error) {
    const { problem } = causesOf(error)[0] ?? {};
    throw new SealgateError(
      'configuration_invalid',
      { field: 'host, port', problem: `${host}:${port}: ${problem ?? 'cannot be listened at'}` },
      { cause: error },
    );
  }
}

function openLog(
  opened: AsyncDisposableStack,
  { logLevel }: Config,
  logTo: DestinationStream | undefined,
): ServiceLog {
  const log = serviceLog(logLevel, logTo ?? opened.adopt(logOutput(1), (output) => output.close()));
  const flushing = setInterval(() => log.flush(), 1_000);
  flushing.unref();
  opened.defer(() => {
    clearInterval(flushing);
    log.write('info', 'stopped', {});
    log.flush();
  });
  return log;
}

/**
 * Expects the audit to hold what was put down of it outside, and the records that decide who is trusted to be those of
 * this service.
 */
async function expectWhole(
  database: Database,
  secrets: readonly Uint8Array[],
  { auditAnchors }: Config,
): Promise<void> {
  const keys = keyring(secrets, 'journal');
  for (const place of auditAnchors) {
    if (place.kind === 'file') await expectAnchored(database, keys, place.file);
  }
  await renewSeals(database);
}

/** What the configuration brings into the database: relying parties, and a key to sign with. */
async function provide({ clients, assertionKeys: keys, now }: Service, config: Config): Promise<void> {
  for (const { secretHashes, ...registration } of config.clients) {
    await clients.seed(registration, secretHashes, now());
  }
  await provideKey(keys, now(), config.assertionKey);
}

async function contractOf(issuer: string): Promise<Uint8Array> {
  return Buffer.from(JSON.stringify(await inSlices(openApiDocument(routes, issuer))));
}

/** What sign-ins need is loaded before anybody signs in; where no relying party is registered, nobody does. */
async function loadForSignIns({ clients, oidc }: Pick<Service, 'clients' | 'oidc'>): Promise<void> {
  const known = await clients.list();
  if (known.length > 0) await loadTransport();
  if (known.some((client) => client.oidc !== undefined)) await oidc.load();
}

function evidenceOf(
  { evidenceDays, refusedEvidenceKilobytes }: Config,
  database: Database,
  { registry }: Metrics,
): EvidenceKeeper {
  return evidenceKeeper(database, {
    retention: evidenceDays * day,
    refusedOctets: refusedEvidenceKilobytes * 1024,
    notKept: countUnkept(registry),
    reduced: countReduced(registry),
  });
}

async function openVerifier(
  { verifyLogin, openVerifier: open }: ServiceParts,
  context: VerifierContext,
): Promise<Verifier> {
  if (open) return open(context);
  if (verifyLogin) return { verifyLogin, close: async () => {} };
  throw new Error('the service needs a way to verify logins');
}

/** Powers of attorney that an earlier version kept are moved before anybody looks for one, or watches its signer. */
async function movePowers({ database, log }: Pick<Service, 'database' | 'log'>): Promise<void> {
  const { moved, unreadable } = await moveAllEarlierPowers(database);
  if (moved > 0) log.write('info', 'powers moved', { moved, unreadable });
}

/** The first start makes a key; a start with another token than before brings that one in. */
async function provideKey(keys: AssertionKeys, at: number, location: string | undefined): Promise<void> {
  const listed = await keys.list();
  const isThere = location ? listed.some((key) => key.location === location) : listed.length > 0;
  if (!isThere) await keys.rotate(at, location ? { location } : {});
  await keys.signer(at);
}
