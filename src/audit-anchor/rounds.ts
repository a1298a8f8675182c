import { Counter, Gauge, type Registry } from 'prom-client';
import type { Database } from '../database/database.ts';
import { readHead } from '../database/journal.ts';
import type { AnchorChannel } from './channel.ts';

/** The head as it is put down in the background. */
export interface AnchorRounds {
  /** Puts the head down wherever it has not been yet. Never rejects. */
  round(): Promise<void>;
  /** Puts it down once more, and ends. */
  close(): Promise<void>;
}

/**
 * Puts the head of the audit down in every place, now and every `interval` ms where it has moved. `failed` is told of
 * a place that did not take it; it is tried again in the next round.
 *
 * What that proves: an audit that does not contain a head put down earlier was changed, shortened, put back to an
 * older state or exchanged for another since then, whoever did it and whatever secrets he knew, as long as he could not
 * change the place too. What it does not: records that are newer than the last head in such a place may go missing
 * unseen; it says nothing of what was never recorded; and whoever rules the service rules what it records.
 */
export function startAnchoring(
  database: Database,
  channels: readonly AnchorChannel[],
  { interval, registry, now }: { readonly interval: number; readonly registry: Registry; now(): number },
  failed: (error: unknown) => void,
): AnchorRounds {
  const sequences = new Gauge({
    name: 'sealgate_audit_anchored_sequence',
    help: 'Number of the newest audit record whose head was put down outside of the database, by kind of place',
    labelNames: ['place'],
    registers: [registry],
  });
  const failures = new Counter({
    name: 'sealgate_audit_anchor_failures_total',
    help: 'Heads of the audit that a place did not take, by its kind',
    labelNames: ['place'],
    registers: [registry],
  });
  const put = new Map<AnchorChannel, number>();
  let running: Promise<void> | undefined;

  const perform = async () => {
    const [row] = await database.read({
      sql: 'SELECT sequence, hash, key_id, mac FROM journal_head WHERE id = 1',
      parameters: [],
    });
    const head = readHead(row);
    if (head === undefined) return;
    const waiting = channels.filter((channel) => put.get(channel) !== head.sequence);
    await Promise.all(
      waiting.map(async (channel) => {
        try {
          await channel.put(head, now());
          put.set(channel, head.sequence);
          sequences.set({ place: channel.kind }, head.sequence);
        } catch (error) {
          failures.inc({ place: channel.kind });
          failed(error);
        }
      }),
    );
  };
  const round = (): Promise<void> => {
    running ??= perform()
      .catch(failed)
      .finally(() => {
        running = undefined;
      });
    return running;
  };

  const timer = channels.length === 0 ? undefined : setInterval(() => void round(), interval);
  timer?.unref();
  if (channels.length > 0) void round();
  return {
    round,
    async close() {
      clearInterval(timer);
      await running;
      if (channels.length > 0) await round();
      await Promise.all(channels.map((channel) => channel.close()));
    },
  };
}
