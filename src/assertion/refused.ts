import { auditEntry } from '../audit/record.ts';
import type { JournalEntry } from '../database/database.ts';
import type { FailureCode, SealgateError } from '../error.ts';

/** An assertion that a relying party asked about, and that is not in force. */
export interface RefusedAssertion {
  /** Identifier of the relying party that asked. */
  readonly client: string;
  readonly error: SealgateError;
  readonly traceId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

interface Counted {
  readonly client: string;
  readonly code: FailureCode;
  readonly since: number;
  /** Those after the one that was recorded. */
  count: number;
}

/** Refusals of one kind that are counted together, ms. */
const together = 3_600_000;

/**
 * Refused assertions for the audit. A relying party may ask about whatever it likes without end, and the audit never
 * forgets: so the first one of a relying party and code is recorded as it comes, and those that follow within an hour
 * are counted and recorded together. A process that ends without being stopped loses its counts, not the records.
 */
export class RefusedAssertions {
  private readonly counted = new Map<string, Counted>();
  private readonly event: 'assertion.refused' | 'esia.refused';

  /** `event` is what the records are called. */
  constructor(event: 'assertion.refused' | 'esia.refused' = 'assertion.refused') {
    this.event = event;
  }

  /** What is to be recorded of a refusal now. */
  note({ client, error, traceId, at }: RefusedAssertion): readonly JournalEntry[] {
    const { code, details } = error;
    const key = `${client} ${code}`;
    const known = this.counted.get(key);
    if (known !== undefined && at - known.since < together) {
      known.count++;
      return [];
    }
    this.counted.set(key, { client, code, since: at, count: 0 });
    return [
      ...(known === undefined ? [] : this.summaryOf(known, at)),
      auditEntry({ event: this.event, at, traceId, client, code, details }),
    ];
  }

  /** What is to be recorded at `at` (ms) of the hours that are over; at the end, of all. */
  due(at: number, isEnd = false): readonly JournalEntry[] {
    const over = [...this.counted].filter(([, { since }]) => isEnd || at - since >= together);
    for (const [key] of over) this.counted.delete(key);
    return over.flatMap(([, counted]) => this.summaryOf(counted, at));
  }

  private summaryOf({ client, code, since, count }: Counted, at: number): readonly JournalEntry[] {
    if (count === 0) return [];
    const details = { count, at: new Date(since) };
    return [auditEntry({ event: this.event, at, client, code, details })];
  }
}
