import { type DestinationStream, type Logger, pino } from 'pino';
import { assertionKeys } from '../assertion/keys.ts';
import { forgetRevocations } from '../assertion/revoke.ts';
import { followSignIns } from '../audit/sign-in.ts';
import { forgetTakenChallenges } from '../challenge/take.ts';
import { type Config, proxyOf } from '../config.ts';
import type { Database } from '../database/database.ts';
import { SealgateError } from '../error.ts';
import { type EvidenceKeeper, evidenceKeeper } from '../evidence/keep.ts';
import { countUnkept } from '../evidence/metrics.ts';
import type { VerifyLogin } from '../login/login.ts';
import type { VerifyPower } from '../login/verify.ts';
import { type NoticeOptions, startNotices } from '../notice/rounds.ts';
import { clientRegistry } from '../relying-party/registry.ts';
import { keyring } from '../secret/keyring.ts';
import { forgetLockOuts, lockOuts } from '../session/lock-out.ts';
import { forgetSessions } from '../session/session.ts';
import { endUnconfirmed } from '../sign-in/hand-over.ts';
import { forgetSignIns } from '../sign-in/storage.ts';
import type { Signer } from '../token/signer.ts';
import type { ServiceGround } from '../validation/ground.ts';
import { steadyClock } from './clock.ts';
import { rateLimit } from './limit.ts';
import { logOutput } from './log.ts';
import { type Metrics, makeMetrics } from './metrics.ts';
import { openPages, scriptMissing } from './pages.ts';
import type { Service } from './route.ts';
import { createServer } from './server.ts';
import { openState } from './state.ts';

/** What verification may build on: parts of the service that are open by then. */
export interface Ground {
  readonly database: Database;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly now: () => number;
}

/** Verification of logins, with what it keeps up to date in the background. */
export interface Verifier {
  readonly verifyLogin: VerifyLogin;
  /** Absent where the service takes no powers of attorney. */
  readonly verifyPower?: VerifyPower;
  /** What certificates and documents are validated by, beside logins. */
  readonly validation?: ServiceGround;
  close(): Promise<void>;
}

/** What the service takes from outside of its configuration: how logins are verified, and what tests exchange. */
export interface ServiceParts {
  /** Verifies logins; or, where that needs the service's own parts, `openVerifier`. */
  readonly verifyLogin?: VerifyLogin;
  readonly openVerifier?: (ground: Ground) => Promise<Verifier>;
  /** Opens a key that a PKCS#11 URI names. */
  readonly openToken?: (uri: string) => Promise<Signer>;
  /** Now, in milliseconds since the epoch; the machine's clock by default. */
  readonly now?: () => number;
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
const day = 24 * 60 * minute;

/**
 * Opens everything and begins to answer. Throws `configuration_invalid`, `audit_damaged`, `database_unusable`,
 * `storage_unavailable` or `assertion_key_unavailable`; what was already open is closed again.
 */
export async function startService(config: Config, parts: ServiceParts): Promise<RunningService> {
  const now = parts.now ?? Date.now;
  const { database, secrets } = await openState(config, now(), 'serve');
  const keys = assertionKeys({
    database,
    folder: config.keys,
    ...(parts.openToken ? { openToken: parts.openToken } : {}),
  });
  const output = parts.logTo ? undefined : logOutput(1);
  const log = pino(
    { level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    parts.logTo ?? output,
  );
  const clients = clientRegistry(database);
  let issuer = config.issuer ?? '';
  const metrics = makeMetrics(config.metrics);
  const verifier = await openVerifier(parts, { database, metrics, log, now }).catch(
    async (error: unknown) => {
      await output?.close();
      await database.close();
      throw error;
    },
  );
  const service: Service = {
    database,
    clients,
    challengeKeys: keyring(secrets, 'challenge'),
    assertionKeys: keys,
    get issuer() {
      return issuer;
    },
    verifyLogin: verifier.verifyLogin,
    ...(verifier.verifyPower ? { verifyPower: verifier.verifyPower } : {}),
    ...(verifier.validation ? { validation: verifier.validation } : {}),
    ...(config.evidenceDays > 0 ? { evidence: evidenceOf(config, database, metrics) } : {}),
    lockOuts: lockOuts(database),
    limit: rateLimit(config.requestsPerSecond),
    pages: openPages(config.agentPorts),
    metrics,
    log,
    now,
  };
  const server = createServer(service);

  try {
    for (const { secretHashes, ...registration } of config.clients) {
      await clients.seed(registration, secretHashes, now());
    }
    await provideKey(service, config.assertionKey);
    const { port } = await server.listen(config.port, config.host);
    const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
    issuer ||= `http://localhost:${port}`;
    log.info({ url, issuer }, 'listening');
    if (service.pages.script === undefined) log.warn(`the sign-in page runs no script: ${scriptMissing}`);
    log.flush();
    const isSteady = steadyClock();
    const forgetting = setInterval(() => {
      if (isSteady(now(), performance.now())) void forget(service);
    }, minute);
    forgetting.unref();
    const flushing = setInterval(() => log.flush(), 1_000);
    flushing.unref();
    const notices = startNotices(database, noticesOf(config), now, (error) => {
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'a notice was not sent');
    });
    const stop = async () => {
      clearInterval(forgetting);
      clearInterval(flushing);
      await server.close(config.shutdownSeconds * 1_000);
      await verifier.close();
      await notices.close();
      await keys.close();
      await database.close();
      log.info('stopped');
      log.flush();
      await output?.close();
    };
    let stopped: Promise<void> | undefined;
    return { url, service, stop: () => (stopped ??= stop()) };
  } catch (error) {
    await verifier.close();
    await keys.close();
    await database.close();
    await output?.close();
    throw error;
  }
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
  });
}

async function openVerifier(
  { verifyLogin, openVerifier: open }: ServiceParts,
  ground: Ground,
): Promise<Verifier> {
  if (open) return open(ground);
  if (verifyLogin) return { verifyLogin, close: async () => {} };
  throw new Error('the service needs a way to verify logins');
}

/** How notices go out by this configuration. Throws `configuration_invalid` for a webhook without a secret. */
export function noticesOf(config: Config): NoticeOptions {
  const { smtp, noticeFrom, noticeWebhook, noticeSecret } = config;
  if (noticeWebhook !== undefined && noticeSecret === undefined) {
    const problem = 'is needed where noticeWebhook is set';
    throw new SealgateError('configuration_invalid', { field: 'noticeSecret', problem });
  }
  const secret = Buffer.from(noticeSecret?.slice('whsec_'.length) ?? '', 'base64');
  return {
    ...(smtp === undefined ? {} : { mail: { url: smtp, from: noticeFrom } }),
    ...(noticeWebhook === undefined
      ? {}
      : { webhook: { url: noticeWebhook, secret, proxy: proxyOf(config) } }),
  };
}

/** The first start makes a key; a start with another token than before brings that one in. */
async function provideKey(
  { assertionKeys: keys, now }: Service,
  location: string | undefined,
): Promise<void> {
  const listed = await keys.list();
  const isThere = location ? listed.some((key) => key.location === location) : listed.length > 0;
  if (!isThere) await keys.rotate(now(), location ? { location } : {});
  await keys.signer(now());
}

/** What is past its use is forgotten, a little every minute, so that the database does not grow with time alone. */
async function forget({
  database,
  evidence,
  now,
  log,
}: Pick<Service, 'database' | 'evidence' | 'now' | 'log'>): Promise<void> {
  const at = now();
  try {
    await database.write({
      statements: [
        forgetTakenChallenges(at),
        forgetSessions(at),
        forgetRevocations(at),
        forgetLockOuts(at),
        ...forgetSignIns(at),
        ...(evidence?.forget(at) ?? []),
      ],
    });
    await endUnconfirmed({ database }, at);
    await followSignIns(database);
  } catch (error) {
    log.warn({ error: error instanceof Error ? error.message : String(error) }, 'forgetting failed');
  }
}
