import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { verifyAudit } from '../audit/verify.ts';
import type { Authority } from '../authority/authority.ts';
import { databaseOf, settingsSchema, toConfig } from '../config.ts';
import { environmentWith } from '../environment.ts';
import { keyring } from '../secret/keyring.ts';
import { openState } from '../service/state.ts';
import { Balancer } from './balancer.ts';
import { startPostgresql } from './private-postgresql.ts';
import { trustAuthority } from './trust.ts';

const program = fileURLToPath(new URL('../cli.ts', import.meta.url));

/** Several processes of the service that share one database of PostgreSQL and answer at one address. */
export interface DemoReplicas {
  readonly url: string;
  /** The database as it is shown: host and name. */
  readonly database: string;
  /** How many were started. */
  readonly count: number;
  /** Kills one as a failure of power would: it finishes nothing and says nothing. Gives its process number. */
  killOne(): Promise<number>;
  /** Whether the chain of the audit is whole; how many records it has. */
  audit(): Promise<{ readonly isWhole: boolean; readonly records: number }>;
  stop(): Promise<void>;
}

/** What the replicas are started with. */
export interface ReplicaOptions {
  /** Those of one process; its port is the one that all of them answer at together. */
  readonly settings: z.input<typeof settingsSchema> & { readonly port: number };
  readonly count: number;
  readonly authority: Authority;
}

/**
 * Starts PostgreSQL, the replicas, and in front of them what stands for the load balancer of a real installation.
 * Rejects with an Error where PostgreSQL or a replica does not start.
 */
export async function startReplicas({ settings, count, authority }: ReplicaOptions): Promise<DemoReplicas> {
  await using opened = new AsyncDisposableStack();
  const postgresql = await startPostgresql();
  opened.defer(() => postgresql.close());
  const balancer = new Balancer();
  const port = await balancer.listen(settings.port);
  opened.defer(() => balancer.close());
  const url = `http://localhost:${port}`;
  const shared = { ...settings, port: 0, issuer: url, databaseUrl: await postgresql.create('sealgate') };
  const config = toConfig(settingsSchema.parse(shared));
  const { database, secrets } = await openState(config, Date.now(), 'serve');
  opened.defer(() => database.close());
  await trustAuthority(database, authority, Date.now());

  const file = join(config.data, 'replica.json');
  writeFileSync(file, JSON.stringify({ ...shared, data: config.data }), { mode: 0o600 });
  const output = openSync(join(config.data, 'service.log'), 'a', 0o600);
  opened.defer(() => closeSync(output));
  const living: ChildProcess[] = [];
  opened.defer(async () => {
    await Promise.all(living.map((child) => end(child, 'SIGTERM')));
  });
  for (let each = 0; each < count; each += 1) {
    const child = spawn(process.execPath, [program, 'serve', '--json'], {
      env: environmentWith({ SEALGATE_CONFIG: file }),
      stdio: ['ignore', 'pipe', output],
    });
    child.stdout?.on('data', (lines: Buffer) => writeSync(output, lines));
    living.push(child);
    balancer.add(await portOf(child));
  }
  const running = opened.move();
  return {
    ...{ url, count, database: databaseOf(config) },
    async killOne() {
      const child = living.shift();
      if (child === undefined) throw new Error('no replica lives');
      await end(child, 'SIGKILL');
      return child.pid ?? 0;
    },
    async audit() {
      const { damage, records } = await verifyAudit(database, keyring(secrets, 'journal'));
      return { isWhole: damage === undefined, records };
    },
    stop: () => running.disposeAsync(),
  };
}

/** The port that a replica answers at, once it does. */
async function portOf({ stdout }: ChildProcess): Promise<number> {
  if (stdout === null) throw new Error('a replica without output');
  for await (const line of createInterface({ input: stdout })) {
    const { url } = JSON.parse(line) as { url?: string };
    if (url === undefined) continue;
    stdout.resume();
    return Number(new URL(url).port);
  }
  throw new Error('a replica did not start; service.log has what it said');
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
