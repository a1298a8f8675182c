import { createHmac, hash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SignIn } from './client.ts';

const minute = 60_000;

/** How long sessions last and where their cookie goes. */
export interface PortalSessionOptions {
  /** False only for a portal that is tried out over plain HTTP on the machine itself. */
  readonly isSecure?: boolean;
  /** Ends after so many milliseconds without a request; 15 minutes by default. */
  readonly idle?: number;
  /** Ends so many milliseconds after the sign-in in any case; 12 hours by default, as the service's sessions. */
  readonly longest?: number;
  /** Most sessions of people who are signed in; the one unused for longest makes room. 100,000 by default. */
  readonly capacity?: number;
  /** Most of them for one organisation, which makes room among its own; 1,000 by default. */
  readonly organisationCapacity?: number;
  /**
   * Key of what ties browsers to challenges before anybody has signed in, 32 octets or more. By default a random one,
   * with which a challenge that was asked for before a restart is lost.
   */
  readonly key?: Uint8Array;
  readonly now?: () => number;
}

/** What is kept of a sign-in: whatever tells whose it is, and by which name the service knows its session. */
export interface KeptSignIn {
  readonly claims: { readonly sub: string; readonly sid: string };
}

/** One browser's session with the portal. */
export interface PortalSession<Kept extends KeptSignIn = SignIn> {
  /** Pass it to `challenge` and `signIn` as `browser`. It is another secret than the cookie and stays on this side. */
  readonly browser: string;
  /** Who signed in; undefined before. */
  readonly signIn: Kept | undefined;
}

interface Entry<Kept> {
  readonly browser: string;
  readonly signIn: Kept;
  readonly endsAt: number;
  usedAt: number;
}

/**
 * Sessions of a portal of one process, kept in memory behind a cookie that scripts cannot read. A portal that has
 * sessions of its own needs none of this.
 *
 * Nothing is kept for a browser before somebody signs in with it: what ties it to its challenge is computed from its
 * cookie. So whoever asks without a cookie, or with cookies that he makes up, fills nothing and pushes nobody out; and
 * an organisation that signs in by the thousand pushes out its own.
 */
export class PortalSessions<Kept extends KeptSignIn = SignIn> {
  /** By the hash of the cookie, the one unused for longest first. */
  private readonly entries = new Map<string, Entry<Kept>>();
  /** The keys of an organisation's entries, in the same order. */
  private readonly ofOrganisation = new Map<string, Set<string>>();
  /** The keys of the entries that rest on one session of the service. */
  private readonly ofSession = new Map<string, Set<string>>();
  private readonly options: Required<PortalSessionOptions>;
  private readonly cookie: string;

  constructor(options: PortalSessionOptions = {}) {
    this.options = {
      isSecure: true,
      idle: 15 * minute,
      longest: 720 * minute,
      capacity: 100_000,
      organisationCapacity: 1_000,
      key: randomBytes(32),
      now: Date.now,
      ...options,
    };
    this.cookie = this.options.isSecure ? '__Host-sealgate' : 'sealgate';
  }

  /** How many sessions of people who are signed in are kept. */
  get size(): number {
    return this.entries.size;
  }

  /** The session of the browser that sent this request; where it has no cookie, it gets one. */
  of(request: IncomingMessage, response: ServerResponse): PortalSession<Kept> {
    const secret = this.secretOf(request);
    if (secret === undefined) return this.anonymous(this.give(response));
    const key = keyFor(secret);
    const entry = this.entries.get(key);
    if (entry === undefined) return this.anonymous(secret);
    const at = this.options.now();
    this.forget(key);
    if (at >= entry.endsAt || at - entry.usedAt >= this.options.idle)
      return this.anonymous(this.give(response));
    entry.usedAt = at;
    this.keep(key, entry);
    return { browser: entry.browser, signIn: entry.signIn };
  }

  /**
   * Notes a sign-in. The cookie changes, so that one that was planted before is worth nothing (session fixation);
   * `browser` stays, since it opens nothing and a text that was signed before still belongs to it.
   */
  signIn(request: IncomingMessage, response: ServerResponse, signIn: Kept): PortalSession<Kept> {
    const former = this.secretOf(request);
    const known = former === undefined ? undefined : this.forget(keyFor(former));
    const browser = known?.browser ?? this.browserOf(former ?? makeSecret());
    const at = this.options.now();
    this.makeRoom(signIn.claims.sub);
    const key = keyFor(this.give(response));
    this.keep(key, { browser, signIn, endsAt: at + this.options.longest, usedAt: at });
    return { browser, signIn };
  }

  /** Ends the session and removes the cookie. */
  end(request: IncomingMessage, response: ServerResponse): void {
    const secret = this.secretOf(request);
    if (secret !== undefined) this.forget(keyFor(secret));
    response.appendHeader('Set-Cookie', `${this.cookie}=; ${this.attributes()}; Max-Age=0`);
  }

  /** Ends whatever rests on a session of the service, in whichever browsers: the service told of its end. */
  endSession(sid: string): void {
    for (const key of [...(this.ofSession.get(sid) ?? [])]) this.forget(key);
  }

  private anonymous(secret: string): PortalSession<Kept> {
    return { browser: this.browserOf(secret), signIn: undefined };
  }

  private browserOf(secret: string): string {
    return createHmac('sha256', this.options.key)
      .update(`sealgate portal browser\n${secret}`)
      .digest('base64url');
  }

  private give(response: ServerResponse): string {
    const secret = makeSecret();
    response.appendHeader('Set-Cookie', `${this.cookie}=${secret}; ${this.attributes()}`);
    return secret;
  }

  private makeRoom(organisation: string): void {
    const own = this.ofOrganisation.get(organisation);
    const [oldestOwn] = own ?? [];
    const [oldest] = this.entries.keys();
    if (oldestOwn !== undefined && (own?.size ?? 0) >= this.options.organisationCapacity)
      this.forget(oldestOwn);
    else if (oldest !== undefined && this.entries.size >= this.options.capacity) this.forget(oldest);
  }

  private keep(key: string, entry: Entry<Kept>): void {
    const { sub, sid } = entry.signIn.claims;
    addTo(this.ofOrganisation, sub, key);
    addTo(this.ofSession, sid, key);
    this.entries.set(key, entry);
  }

  private forget(key: string): Entry<Kept> | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    this.entries.delete(key);
    const { sub, sid } = entry.signIn.claims;
    takeFrom(this.ofOrganisation, sub, key);
    takeFrom(this.ofSession, sid, key);
    return entry;
  }

  /** The cookie, if it has the form of one of ours. */
  private secretOf(request: IncomingMessage): string | undefined {
    const prefix = `${this.cookie}=`;
    const pair = (request.headers.cookie ?? '').split(/; */).find((text) => text.startsWith(prefix));
    const secret = pair?.slice(prefix.length);
    return secret !== undefined && form.test(secret) ? secret : undefined;
  }

  private attributes(): string {
    return `Path=/; HttpOnly; SameSite=Lax${this.options.isSecure ? '; Secure' : ''}`;
  }
}

function addTo(sets: Map<string, Set<string>>, name: string, key: string): void {
  const set = sets.get(name) ?? new Set();
  sets.set(name, set.add(key));
}

function takeFrom(sets: Map<string, Set<string>>, name: string, key: string): void {
  const set = sets.get(name);
  set?.delete(key);
  if (set?.size === 0) sets.delete(name);
}

const form = /^[A-Za-z0-9_-]{43}$/;

function makeSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Sessions are looked up by a hash, so that how long a look-up takes says nothing of the cookie. */
function keyFor(secret: string): string {
  return hash('sha256', secret, 'base64url');
}
