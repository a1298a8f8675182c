import { openTokenKey } from '../assertion/token-key.ts';
import { type Config, readEnvironment, toConfig } from '../config.ts';
import { gostChoice } from '../environment.ts';
import { chooseGost } from '../gost/engine.ts';
import { type ServiceParts, startService } from '../service/start.ts';
import { forOperator, tell } from './operate.ts';

/**
 * `sealgate serve`: runs the service until it is told to stop, and then ends the process. SIGTERM and SIGINT let it
 * finish what it has begun, starting included; a second one ends it at once. What cannot start is told with its code
 * and remedy. With `json`, the address is printed as JSON once the service answers, or the failure.
 */
export async function serve(partsOf: (config: Config) => ServiceParts, json = false): Promise<void> {
  // Listened for from the start: whoever reads the address in the log may stop the service the moment after.
  const signal = firstSignal();
  try {
    chooseGost(gostChoice());
    const config = toConfig(readEnvironment());
    const openToken = (uri: string) => openTokenKey(uri);
    const starting = forOperator(config, () => startService(config, { openToken, ...partsOf(config) }));
    void signal.then(() => endWithin(config.shutdownSeconds));
    const running = await starting;
    if (json) process.stdout.write(`${JSON.stringify({ url: running.url })}\n`);
    else if (process.stdout.isTTY) process.stdout.write(`Sealgate answers at ${running.url}\n`);
    await signal;
    await running.stop();
    process.exit();
  } catch (error) {
    tell(error, json);
    // What was opened has been closed; should something still run, the process must not stay for it.
    process.exit();
  }
}

/** Resolves with the first SIGTERM or SIGINT; a second one ends the process at once. */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = 0;
    const ask = () => {
      asked += 1;
      if (asked > 1) process.exit(1);
      resolve();
    };
    process.on('SIGTERM', ask);
    process.on('SIGINT', ask);
  });
}

/** Seconds beyond `shutdownSeconds` that fetching, key, database and log are given to close. */
const closing = 5;

/**
 * What still runs when its time is over goes with the process, and so does what does not close: the answers have been
 * cut off, nobody waits for them, and a supervisor would only kill the process later.
 */
function endWithin(seconds: number): void {
  setTimeout(() => process.exit(1), (seconds + closing) * 1_000);
}
