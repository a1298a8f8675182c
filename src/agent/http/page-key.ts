import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type MacKey, mac, macKey } from '../../secret/mac.ts';

/** The agent's pages; the key of one opens nothing of another. */
export type PageKind = 'home' | 'bridge' | 'confirm';

/** How long a page may stay open, in milliseconds. */
const lifetime = 12 * 3_600_000;

/**
 * Keys that the agent's pages show with each request, made when a page is served. They authenticate themselves, so
 * that pages opened in any number fill nothing here; they are void once the agent is started anew.
 */
export class PageKeys {
  private readonly secret: MacKey = macKey(randomBytes(32));

  /** A key for a page of that kind, at `at` in ms since the epoch. */
  issue(kind: PageKind, at: number): string {
    const body = `${kind}.${at + lifetime}.${randomBytes(16).toString('base64url')}`;
    return `${body}.${mac(this.secret, body).toString('base64url')}`;
  }

  /** Whether `key` was issued for a page of that kind and is not too old at `at`. */
  holds(kind: PageKind, key: string, at: number): boolean {
    const [ownKind, expiry, nonce, tag, ...rest] = key.split('.');
    if (tag === undefined || rest.length > 0) return false;
    const expected = mac(this.secret, `${ownKind}.${expiry}.${nonce}`);
    const given = Buffer.from(tag, 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
    return ownKind === kind && at < Number(expiry);
  }
}
