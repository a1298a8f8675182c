import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type FailureCode, SealgateError } from '../../error.ts';
import { personLimit } from '../bridge-message.ts';
import { Allowance } from './allowance.ts';
import { Demand } from './demand.ts';
import { openWindow } from './opener.ts';

/** How the agent's windows are opened. */
export interface DeskSetting {
  /** Address of the agent, such as `http://127.0.0.1:47615`. */
  readonly base: string;
  /** A program that opens an address; the system's if absent. */
  readonly opener: string | undefined;
}

/** A window cannot be answered before it has been there that long, in milliseconds. */
export const shortestLook = 900;

/** How long a window may be away, as it is while it is loaded again, before it counts as closed, in milliseconds. */
const absence = 3_000;

/** Ends of a demand that the person did not want; a token that fails is not the page's doing. */
const forNothing: ReadonlySet<FailureCode> = new Set([
  'signing_cancelled',
  'signing_timed_out',
  'agent_origin_refused',
  'agent_window_used',
]);

/** The one demand that is before the person. */
interface Place {
  readonly demand: Demand;
  /** The one-time part of the window's address. */
  readonly address: string;
  /** What the window that was opened answers by. */
  seat?: string;
  takenAt: number;
  followers: number;
}

/**
 * Puts demands to the person, one at a time, each in a window that the agent opens by itself at an address that is
 * good for one opening. Whatever becomes of it, the demand ends: answered, cancelled, or after two minutes.
 */
export class Desk {
  private readonly setting: DeskSetting;
  private readonly allowance = new Allowance();
  private place: Place | undefined;
  /** The place before, over by now: what its window asked in that moment is told how it ended. */
  private last: Place | undefined;

  constructor(setting: DeskSetting) {
    this.setting = setting;
  }

  /**
   * Puts a demand to the person. Throws `agent_busy` while another is there, and `rate_limited` where the origin has
   * had too many windows opened for nothing.
   */
  put(asked: ConstructorParameters<typeof Demand>[0], isListed: boolean): Demand {
    if (this.place !== undefined) {
      throw new SealgateError('agent_busy', { origin: this.place.demand.origin });
    }
    const now = Date.now();
    this.allowance.check(asked.origin, isListed, now);
    const demand = new Demand(asked, now);
    this.place = { demand, address: secret(), takenAt: 0, followers: 0 };
    void this.attend(this.place, isListed);
    return demand;
  }

  /** The demand whose window is not there yet, by its address: for a person whose browser did not open it. */
  get waiting(): { readonly origin: string; readonly path: string } | undefined {
    if (this.place === undefined || this.place.seat !== undefined) return undefined;
    return { origin: this.place.demand.origin, path: `/confirm/${this.place.address}` };
  }

  /**
   * Notes the seat, a secret of its own making, by which the window that was opened at `address` asks and answers; to
   * the same window again, whose page was loaded anew or whose browser sent the request twice, that changes nothing.
   * Throws `agent_window_used` if the address is another window's; then the demand ends, since nobody knows which of
   * the two is the person's.
   */
  take(address: string, seat: string): void {
    const place = [this.place, this.last].find((each) => each && isSame(each.address, address));
    if (place?.seat !== undefined && isSame(place.seat, seat)) return;
    if (place === undefined || place.seat !== undefined || place === this.last) {
      place?.demand.fail(new SealgateError('agent_window_used'));
      throw new SealgateError('agent_window_used');
    }
    place.seat = seat;
    place.takenAt = Date.now();
    place.demand.state.change({ name: 'open' });
  }

  /** The demand of a window, also one that has just ended. Throws `agent_request_foreign` where it has no seat. */
  at(seat: string): Demand {
    return this.placeOf(seat).demand;
  }

  /** As `at`, for an answer: also throws where the window has been there too short for anybody to have read it. */
  answerable(seat: string): Demand {
    const { demand, takenAt } = this.placeOf(seat);
    if (Date.now() - takenAt < shortestLook) {
      throw new SealgateError('request_malformed', { field: 'time', problem: 'it was answered unread' });
    }
    return demand;
  }

  /** Notes that a window follows its demand; the function that it gives notes that it does so no more. */
  follow(seat: string): () => void {
    const place = this.placeOf(seat);
    place.followers++;
    return () => {
      place.followers--;
      setTimeout(() => {
        if (place.followers === 0) place.demand.fail(new SealgateError('signing_cancelled'));
      }, absence).unref();
    };
  }

  /** Ends what is before the person, because the agent ends. */
  close(): void {
    this.place?.demand.fail(new SealgateError('agent_failed'));
  }

  private placeOf(seat: string): Place {
    const place = [this.place, this.last].find((each) => each?.seat !== undefined && isSame(each.seat, seat));
    if (place === undefined) throw new SealgateError('agent_request_foreign', { field: 'seat' });
    return place;
  }

  private async attend(place: Place, isListed: boolean): Promise<void> {
    const { demand, address } = place;
    const { base, opener } = this.setting;
    openWindow(`${base}/confirm/${address}`, opener).catch((error: SealgateError) => demand.fail(error));
    const timer = setInterval(() => expire(demand), 1000);
    for await (const state of demand.state.follow()) {
      if (state.name === 'failed' && forNothing.has(state.failure.code)) {
        this.allowance.spend(demand.origin, isListed, Date.now());
      }
    }
    clearInterval(timer);
    this.last = place;
    this.place = undefined;
  }
}

/** Ends a demand that has been there too long; while the token is at work, its own limits hold. */
function expire(demand: Demand): void {
  const waited = Date.now() - demand.since;
  if (waited < personLimit || demand.state.value.name === 'signing') return;
  demand.fail(new SealgateError('signing_timed_out', { waited: personLimit / 1000 }));
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

function isSame(known: string, given: string): boolean {
  const [left, right] = [Buffer.from(known), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}
