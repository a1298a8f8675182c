import { Counter, Gauge, type Registry } from 'prom-client';
import { findHead } from '../audit/read.ts';
import { every } from '../background/round.ts';
import type { Database } from '../database/database.ts';
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
    aggregator: 'max',
    registers: [registry],
  });
  const failures = new Counter({
    name: 'sealgate_audit_anchor_failures_total',
    help: 'Heads of the audit that a place did not take, by its kind',
    labelNames: ['place'],
    registers: [registry],
  });
  const put = new Map<AnchorChannel, number>();

  const perform = async () => {
    const head = await findHead(database);
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
  if (channels.length === 0) return { round: async () => {}, close: async () => {} };
  const rounds = every(interval, perform, failed);
  void rounds.run();
  return {
    round: () => rounds.run(),
    async close() {
      await rounds.close();
      await perform().catch(failed);
      await Promise.all(channels.map((channel) => channel.close()));
    },
  };
}
