import { hash, randomBytes } from 'node:crypto';
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
  /** Most sessions held at once; the one unused for longest makes room. */
  readonly capacity?: number;
  readonly now?: () => number;
}

/** One browser's session with the portal. */
export interface PortalSession {
  /** Pass it to `challenge` and `signIn` as `browser`. It is another secret than the cookie and stays on this side. */
  readonly browser: string;
  /** Who signed in; undefined before. */
  readonly signIn: SignIn | undefined;
}

interface Entry {
  readonly session: PortalSession;
  readonly endsAt: number;
  usedAt: number;
}

/**
 * Sessions of a portal of one process, kept in memory behind a cookie that scripts cannot read. A portal that has
 * sessions of its own needs none of this.
 */
export class PortalSessions {
  private readonly entries = new Map<string, Entry>();
  private readonly options: Required<PortalSessionOptions>;
  private readonly cookie: string;

  constructor(options: PortalSessionOptions = {}) {
    this.options = {
      isSecure: true,
      idle: 15 * minute,
      longest: 720 * minute,
      capacity: 100_000,
      now: Date.now,
      ...options,
    };
    this.cookie = this.options.isSecure ? '__Host-sealgate' : 'sealgate';
  }

  /** The session of the browser that sent this request; a new one, with its cookie, where there is none. */
  of(request: IncomingMessage, response: ServerResponse): PortalSession {
    const key = this.keyOf(request);
    const entry = key === undefined ? undefined : this.entries.get(key);
    const at = this.options.now();
    if (key === undefined || entry === undefined) return this.begin(response);
    this.entries.delete(key);
    if (at >= entry.endsAt || at - entry.usedAt >= this.options.idle) return this.begin(response);
    entry.usedAt = at;
    this.entries.set(key, entry);
    return entry.session;
  }

  /**
   * Notes a sign-in. The cookie changes, so that one that was planted before is worth nothing (session fixation);
   * `browser` stays, since it opens nothing and a text that was signed before still belongs to it.
   */
  signIn(request: IncomingMessage, response: ServerResponse, signIn: SignIn): PortalSession {
    const former = this.forget(request);
    return this.begin(response, signIn, former?.session.browser);
  }

  /** Ends the session and removes the cookie. */
  end(request: IncomingMessage, response: ServerResponse): void {
    this.forget(request);
    response.appendHeader('Set-Cookie', `${this.cookie}=; ${this.attributes()}; Max-Age=0`);
  }

  private begin(response: ServerResponse, signIn?: SignIn, former?: string): PortalSession {
    const secret = randomBytes(32).toString('base64url');
    const at = this.options.now();
    const browser = former ?? randomBytes(32).toString('base64url');
    const session = { browser, signIn };
    const oldest = this.entries.keys().next();
    if (this.entries.size >= this.options.capacity && !oldest.done) this.entries.delete(oldest.value);
    this.entries.set(keyFor(secret), { session, endsAt: at + this.options.longest, usedAt: at });
    response.appendHeader('Set-Cookie', `${this.cookie}=${secret}; ${this.attributes()}`);
    return session;
  }

  private forget(request: IncomingMessage): Entry | undefined {
    const key = this.keyOf(request);
    const entry = key === undefined ? undefined : this.entries.get(key);
    if (key !== undefined) this.entries.delete(key);
    return entry;
  }

  private keyOf(request: IncomingMessage): string | undefined {
    const prefix = `${this.cookie}=`;
    const pair = (request.headers.cookie ?? '').split(/; */).find((text) => text.startsWith(prefix));
    return pair === undefined ? undefined : keyFor(pair.slice(prefix.length));
  }

  private attributes(): string {
    return `Path=/; HttpOnly; SameSite=Lax${this.options.isSecure ? '; Secure' : ''}`;
  }
}

/** Sessions are looked up by a hash, so that how long a look-up takes says nothing of the cookie. */
function keyFor(secret: string): string {
  return hash('sha256', secret, 'base64url');
}
