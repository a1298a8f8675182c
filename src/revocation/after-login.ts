import { Reader } from '../asn1/reader.ts';
import { type Name, readName } from '../certificate/name.ts';
import type { RevokedEntry } from './crl/entry.ts';
import type { CertificateList } from './crl/list.ts';
import type { CurrentPath } from './current-path.ts';
import { isSameName } from './name.ts';
import type { RevocationReason } from './reason.ts';
import { inSlices } from './slices.ts';
import type { ListStore } from './store/list-store.ts';

/** What a session has to keep of a certificate of its path so that lists can be asked about it later. */
export interface WatchedCertificate {
  /** Encoding of the issuer's name, base64. */
  readonly issuer: string;
  /** Serial number, lower-case hexadecimal of its content octets. */
  readonly serialNumber: string;
}

/** The certificates of a path in the form that a session keeps; the signer's first. Holds no personal data. */
export function watchedIn({ path }: Pick<CurrentPath, 'path'>): readonly WatchedCertificate[] {
  return path.certificates.map((certificate) => ({
    issuer: Buffer.from(certificate.issuer.der).toString('base64'),
    serialNumber: certificate.serialNumberHex,
  }));
}

/** A revocation that a list tells of. */
export interface WatchedRevocation {
  readonly watched: WatchedCertificate;
  /** Milliseconds since the epoch. */
  readonly revokedAt: number;
  readonly reason: RevocationReason;
}

/**
 * The revocation of one of the watched certificates by a verified list, or undefined. Goes by issuer and serial
 * number alone: a session that ends without need costs a new sign-in, which then checks everything.
 */
export function revocationIn(
  list: CertificateList,
  certificates: readonly WatchedCertificate[],
): WatchedRevocation | undefined {
  for (const watched of certificates) {
    const issuer = nameOf(watched.issuer);
    const serialNumber = Buffer.from(watched.serialNumber, 'hex');
    const entry = strictest(list.entries.find(serialNumber, issuer, isSameName(list.issuer, issuer)));
    if (entry !== undefined) return { watched, revokedAt: entry.revokedAt, reason: entry.reason };
  }
  return undefined;
}

function strictest(entries: readonly RevokedEntry[]): RevokedEntry | undefined {
  return entries.find(({ reason }) => reason !== 'removeFromCRL');
}

function nameOf(base64: string): Name {
  return readName(Reader.der(Buffer.from(base64, 'base64')));
}

/** The live sessions of the service, as revocation sees them. */
export interface LiveSessions<S> {
  /** Every session that has not ended, with what it watches. */
  live(): Promise<readonly { readonly session: S; readonly watched: readonly WatchedCertificate[] }[]>;
  /** Ends a session at once. */
  end(session: S, revocation: WatchedRevocation): Promise<void>;
}

/**
 * Re-checks live sessions whenever a new list has been verified, and ends those that rest on a certificate which it
 * names. One list after the other, in slices of a few milliseconds. `failed` is told of what goes wrong; the next
 * list is looked at all the same. The function that is returned resolves once all lists so far are through.
 */
export function followRevocations<S>(
  lists: ListStore,
  sessions: LiveSessions<S>,
  failed: (error: unknown) => void,
): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  lists.onArrival(({ list }) => {
    running = running.then(() => endRevoked(list, sessions)).catch(failed);
  });
  return () => running;
}

async function endRevoked<S>(list: CertificateList, sessions: LiveSessions<S>): Promise<void> {
  const revoked = await inSlices(findRevoked(list, await sessions.live()));
  for (const [session, revocation] of revoked) await sessions.end(session, revocation);
}

function* findRevoked<S>(
  list: CertificateList,
  live: Awaited<ReturnType<LiveSessions<S>['live']>>,
): Generator<undefined, readonly (readonly [S, WatchedRevocation])[]> {
  const revoked: (readonly [S, WatchedRevocation])[] = [];
  for (const { session, watched } of live) {
    const revocation = revocationIn(list, watched);
    if (revocation !== undefined) revoked.push([session, revocation]);
    yield;
  }
  return revoked;
}
