import { type Config, readEnvironment, toConfig } from '../config.ts';
import { gostChoice } from '../environment.ts';
import { chooseGost } from '../gost/engine.ts';
import type { RunningService, ServiceParts } from '../service/start.ts';
import { announce, isWorker, leave, shareMeasurements } from '../workers/worker.ts';
import { forOperator, tell } from './operate.ts';
import { serveByWorkers } from './serve-workers.ts';
import { tellAddress } from './tell-address.ts';
import { letYoungGenerationGrow } from './young-generation.ts';

/** What `sealgate serve` is told beside its settings. */
export interface ServeOptions {
  /** Print the address once the service answers, or the failure, as JSON. */
  readonly json?: boolean;
  /** In place of the setting of this name. */
  readonly workers?: string;
}

/** What the service is made of beside its configuration. */
type PartsOf = (config: Config) => ServiceParts | Promise<ServiceParts>;

/**
 * `sealgate serve`: runs the service until it is told to stop, and then ends the process. SIGTERM and SIGINT let it
 * finish what it has begun, starting included; a second one ends it at once. What cannot start is told with its code
 * and remedy. Where several workers are to serve, this process starts them, and each of them comes here again.
 */
export async function serve(partsOf: PartsOf, { json = false, workers }: ServeOptions = {}): Promise<void> {
  // Listened for from the start: whoever reads the address in the log may stop the service the moment after.
  const signal = firstSignal();
  try {
    chooseGost(gostChoice());
    const config = toConfig(readEnvironment(undefined, { workers }));
    if (config.workers > 1 && !isWorker) await serveByWorkers(config, signal, json);
    else await serveHere(config, partsOf, signal, json);
    process.exit();
  } catch (error) {
    tell(error, json);
    // What was opened has been closed; should something still run, the process must not stay for it.
    process.exit();
  }
}

async function serveHere(
  config: Config,
  partsOf: PartsOf,
  signal: Promise<void>,
  json: boolean,
): Promise<void> {
  const starting = startHere(config, partsOf);
  void signal.then(() => endWithin(config.shutdownSeconds));
  const running = await starting;
  // The contract is the last thing that is made once.
  void running.service.openApi.finally(letYoungGenerationGrow);
  if (isWorker) announce(running.url);
  else tellAddress(running.url, json);
  await signal;
  await running.stop();
  if (isWorker) await leave();
}

async function startHere(config: Config, partsOf: PartsOf): Promise<RunningService> {
  // Loaded by who serves: the process that only starts workers needs a third of the memory without.
  const { startService } = await import('../service/start.ts');
  const openToken = async (uri: string) => (await import('../assertion/token-key.ts')).openTokenKey(uri);
  const { Load } = await import('../service/overload.ts');
  const together = isWorker ? { shareMeasurements } : {};
  return forOperator(config, async () =>
    startService(config, { openToken, farewell, load: new Load(), ...together, ...(await partsOf(config)) }),
  );
}

/**
 * Resolves with the first SIGTERM or SIGINT; a second one ends the process at once. A terminal sends SIGINT to workers
 * as well, and a supervisor SIGTERM, beside what the process above them says: to end them at once is left to that.
 */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = 0;
    const ask = () => {
      asked += 1;
      if (asked > 1 && !isWorker) process.exit(1);
      resolve();
    };
    process.on('SIGTERM', ask);
    process.on('SIGINT', isWorker ? () => {} : ask);
  });
}

/** What a request needs that is on its way over a connection that was idle, ms. */
const farewell = 300;

/** Seconds beyond `shutdownSeconds` that fetching, key, database and log are given to close. */
const closing = 5;

/**
 * What still runs when its time is over goes with the process, and so does what does not close: the answers have been
 * cut off, nobody waits for them, and a supervisor would only kill the process later.
 */
function endWithin(seconds: number): void {
  setTimeout(() => process.exit(1), (seconds + closing) * 1_000);
}
