import { z } from 'zod';
import type { Database } from '../database/database.ts';
import type { PowerName } from '../power-of-attorney/name.ts';
import { powersSignedBy, watchedPowers } from '../power-of-attorney/store.ts';
import { withdrawPower } from '../power-of-attorney/withdraw.ts';
import type { ListStore } from '../revocation/store/list-store.ts';
import { sessionsOfPower } from './asked-path.ts';
import { followRevocations, type LiveSessions } from './list-arrival.ts';
import { endRevoked } from './watched-session.ts';

/** What is told of a revocation: serial number, time and reason (`revocation`), and where it was learnt of. */
export type RevocationDetails = Readonly<Record<string, unknown>>;

/**
 * The certificate that signed a power, or one above it, was revoked: ends the sessions that
 * rest on the power and withdraws it for good, with those that were handed on from it. While the certificate is only
 * held (RFC 5280, section 5.3.1) the power stays, and is refused by its signature. Resolves to how many sessions were
 * ended here.
 */
export async function signerRevoked(
  database: Database,
  power: PowerName,
  details: RevocationDetails,
  at: number,
): Promise<number> {
  const sessions = await sessionsOfPower(database, power, at);
  const ends = sessions.map((session) => endRevoked(database, session, details, at));
  const ended = (await Promise.all(ends)).filter(Boolean).length;
  if (details.revocation !== 'certificateHold') {
    await withdrawPower(database, power, 'revocation', at, { details });
  }
  return ended;
}

/** `signerRevoked` for every power that a certificate of the organisation has signed (SHA-256, base64url). */
export async function powerSignerRevoked(
  database: Database,
  { subject, certificate }: { readonly subject: string; readonly certificate: string },
  details: RevocationDetails,
  at: number,
): Promise<void> {
  for (const power of await powersSignedBy(database, subject, certificate)) {
    await signerRevoked(database, power, details, at);
  }
}

const watchedSchema = z.array(z.object({ issuer: z.string(), serialNumber: z.string() }));

/** Kept powers under the eyes of revocation. */
export interface PowersFollowed {
  /** Resolves once everything that has arrived so far is through. */
  stop(): Promise<void>;
}

/**
 * Withdraws kept powers whose signers' certificates a new list names, whether anybody is signed in by them or not:
 * once the certificate's term is over, no list would tell any more. Call it before lists are loaded, so that none is
 * missed; `now` is in ms since the epoch, and every `round` ms it is looked for powers that came together with a list.
 */
export function followPowers(
  database: Database,
  lists: ListStore,
  failed: (error: unknown) => void,
  now: () => number,
  round: number,
): PowersFollowed {
  const powers: LiveSessions<PowerName> = {
    live: (since) => livePages(watchedPowers(database, now(), since)),
    async end(power, { watched, revokedAt, reason }) {
      const { serialNumber } = watched;
      await signerRevoked(
        database,
        power,
        { serialNumber, revokedAt: new Date(revokedAt), revocation: reason },
        now(),
      );
    },
  };
  const following = followRevocations(lists, powers, failed, now);
  const timer = setInterval(() => following.catchUp(), round);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await following.settled();
    },
  };
}

async function* livePages(pages: ReturnType<typeof watchedPowers>) {
  for await (const page of pages) {
    yield page.map(({ power, watched }) => ({
      session: power,
      watched: watchedSchema.parse(JSON.parse(watched)),
    }));
  }
}
