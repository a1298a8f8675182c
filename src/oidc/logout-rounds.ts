import { Counter, Gauge, type Registry } from 'prom-client';
import { auditEntry } from '../audit/record.ts';
import { every, type Round } from '../background/round.ts';
import { sideBySide } from '../background/side-by-side.ts';
import { writeUnless } from '../database/write-unless.ts';
import { fault } from '../error.ts';
import type { ProxySettings } from '../fetch/proxy.ts';
import { Transport } from '../fetch/transport.ts';
import type { Client } from '../relying-party/registry.ts';
import { type EndedSession, endedSessions } from '../session/session.ts';
import { type OidcDependencies, oidcIssuer } from './dependencies.ts';
import { signLogoutToken } from './logout-token.ts';
import { dropGrant } from './object.ts';
import {
  claimLogout,
  type DueLogout,
  dueLogouts,
  endReach,
  expiredReaches,
  giveLogoutUp,
  type Reach,
  type ReachFront,
  reachesOf,
  settleLogout,
  waitingLogouts,
} from './reach.ts';
import { forgetSignIn } from './sign-in.ts';

/** How relying parties of one front are told of the end of a session. */
export interface LogoutFront {
  /** Where a relying party wants to be told; undefined where it does not. */
  addressOf(client: Client): string | undefined;
  /** What it is told, of what it knows by `sid`. Rejects where no key can sign just now. */
  tokenFor(client: Client, sid: string, at: number): Promise<string>;
}

/** What telling relying parties of logouts works with. */
export interface LogoutOptions
  extends Pick<OidcDependencies, 'database' | 'clients' | 'assertionKeys' | 'issuer' | 'now'> {
  /** Fronts beside OpenID Connect, where they are open. */
  readonly fronts?: Partial<Record<ReachFront, LogoutFront>>;
  readonly proxy?: ProxySettings;
  readonly registry: Registry;
  /** Is told of what goes wrong; it is tried again. */
  readonly failed: (error: unknown) => void;
}

/** Seconds from a session's end to its portals, where they answer. */
const interval = 500;

/** A process that ends a session a moment ago by its own clock is not missed, ms. */
const overlap = 30_000;

/** Portals are told for so long, ms. */
const patience = 24 * 3_600_000;

const [atOnce, mostOfRound, mostOfPage] = [8, 64, 500];

/** When it is tried again after so many tries, in ms: soon at first, at last every five minutes. */
function pauseAfter(tries: number): number {
  return Math.min(1_000 * 2 ** Math.min(tries, 10), 300_000);
}

/**
 * Tells relying parties of the end of sessions that reached them (OpenID Connect Back-Channel Logout 1.0), whoever ended
 * them: person, portal, organisation, operator, or what the sign-in rested on. What is to be told stands in the
 * database, so that it survives a restart, and one of several replicas takes each upon itself. A portal that does not
 * answer is tried for a day; then that is written into the audit and counted.
 */
export function startLogouts(options: LogoutOptions): Round {
  const rounds = new LogoutRounds(options);
  const round = every(interval, () => rounds.act(), options.failed);
  return {
    run: () => round.run(),
    async close() {
      await round.close();
      await rounds.close();
    },
  };
}

/** Relying parties of OpenID Connect (Back-Channel Logout 1.0). */
function oidcLogouts(options: Pick<LogoutOptions, 'assertionKeys' | 'issuer'>): LogoutFront {
  return {
    addressOf: ({ oidc }) => oidc?.backchannelLogoutUri,
    async tokenFor({ id: client }, sid, at) {
      const facts = { issuer: oidcIssuer(options), client, sid };
      return signLogoutToken(await options.assertionKeys.signer(at), facts, at);
    },
  };
}

/** Where a relying party is told, and what; each try has a token of its own. */
interface Delivery {
  readonly address: string;
  token(): Promise<string>;
}

class LogoutRounds {
  private readonly options: LogoutOptions;
  private readonly fronts: Partial<Record<ReachFront, LogoutFront>>;
  private readonly transport: Transport;
  private readonly undelivered: Counter;
  /** The end of sessions that was seen last; at first all that are kept are looked at. */
  private seen: EndedSession = { id: '', endedAt: 0 };

  constructor(options: LogoutOptions) {
    const { proxy, registry, database } = options;
    this.options = options;
    this.fronts = { oidc: oidcLogouts(options), ...options.fronts };
    this.transport = new Transport(proxy, () => ({ connect: { timeout: 3_000 } }));
    this.undelivered = new Counter({
      name: 'sealgate_logouts_undelivered_total',
      help: 'Relying parties that could not be told of the end of a session within a day',
      registers: [registry],
    });
    new Gauge({
      name: 'sealgate_logouts_waiting',
      help: 'Relying parties that are still to be told of the end of a session',
      aggregator: 'max',
      registers: [registry],
      async collect() {
        this.set(await waitingLogouts(database));
      },
    });
  }

  async act(): Promise<void> {
    await this.endReaches();
    await this.tell();
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  /** What was given because of a session falls with it, and whom it reached is to be told. */
  private async endReaches(): Promise<void> {
    const { database, now } = this.options;
    for (;;) {
      const ended = await endedSessions(database, this.seen, mostOfPage);
      for (const { id } of ended) await this.end(await reachesOf(database, id));
      const last = ended.at(-1);
      if (last !== undefined) this.seen = last;
      if (ended.length < mostOfPage) break;
    }
    this.seen = { id: '', endedAt: Math.max(0, Math.min(this.seen.endedAt, now() - overlap)) };
    await this.end(await expiredReaches(database, now()));
  }

  private async end(reaches: readonly Reach[]): Promise<void> {
    const at = this.options.now();
    for (const { grant, session } of reaches) {
      const statements = [endReach(grant, at), ...dropGrant(grant), forgetSignIn(session)];
      await this.options.database.write({ statements });
    }
  }

  private async tell(): Promise<void> {
    const { database, now, failed } = this.options;
    const due = await dueLogouts(database, now(), mostOfRound);
    /** Those that did not answer just now are not waited for again for each of their sessions. */
    const silent = new Set<string>();
    await sideBySide(due, atOnce, (logout) => this.tellOne(logout, silent), failed);
  }

  private async tellOne(logout: DueLogout, silent: Set<string>): Promise<void> {
    const { database, now } = this.options;
    const { client: id, session, grant, tries, endedAt } = logout;
    const at = now();
    const unit = { statements: [claimLogout(logout, at + pauseAfter(tries))] };
    if (!(await writeUnless(database, unit, 'oidc_object_used'))) return;
    const delivery = await this.deliveryOf(logout, at);
    if (delivery === undefined) {
      await database.write({ statements: [settleLogout(grant)] });
      return;
    }
    if (!silent.has(delivery.address) && (await this.send(logout, delivery, silent))) {
      const entry = auditEntry({
        event: 'logout.delivered',
        at,
        client: id,
        session,
        details: { tries: tries + 1 },
      });
      await database.write({ statements: [settleLogout(grant)], journal: [entry] });
      return;
    }
    if (at - endedAt < patience) return;
    this.undelivered.inc();
    const entry = auditEntry({
      event: 'logout.undelivered',
      at,
      client: id,
      session,
      details: { tries: tries + 1 },
    });
    await database.write({ statements: [giveLogoutUp(grant, at)], journal: [entry] });
  }

  /** Where a relying party is to be told, and what; undefined where it is gone, or does not want to be. */
  private async deliveryOf({ client: id, front, sid }: DueLogout, at: number): Promise<Delivery | undefined> {
    const client = await this.options.clients.find(id, at);
    const told = this.fronts[front];
    const address = client && told?.addressOf(client);
    if (client === undefined || told === undefined || address === undefined) return undefined;
    return { address, token: () => told.tokenFor(client, sid, at) };
  }

  private async send(
    { tries }: DueLogout,
    { address, token }: Delivery,
    silent: Set<string>,
  ): Promise<boolean> {
    try {
      const { statusCode, body } = await this.transport.request(address, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ logout_token: await token() }).toString(),
        signal: AbortSignal.timeout(5_000),
      });
      await body.dump();
      if (statusCode === 200 || statusCode === 204) return true;
      throw fault('the portal did not take the logout', statusCode);
    } catch (error) {
      silent.add(address);
      // Told once for each, and not with every try.
      if (tries === 0) this.options.failed(error);
      return false;
    }
  }
}
