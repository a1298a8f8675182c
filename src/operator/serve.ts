import { openTokenKey } from '../assertion/token-key.ts';
import { type Config, readEnvironment, toConfig } from '../config.ts';
import { type RunningService, type ServiceParts, startService } from '../service/start.ts';
import { forOperator, tell } from './operate.ts';

/**
 * `sealgate serve`: runs the service until it is told to stop. SIGTERM and SIGINT let it finish what it has begun;
 * a second one ends it at once. What cannot start is told with its code and remedy. With `json`, the address is
 * printed as JSON once the service answers, or the failure.
 */
export async function serve(partsOf: (config: Config) => ServiceParts, json = false): Promise<void> {
  // Listened for from the start: whoever reads the address in the log may stop the service the moment after.
  const signal = firstSignal();
  try {
    const config = toConfig(readEnvironment());
    const openToken = (uri: string) => openTokenKey(uri);
    const running = await forOperator(config, () => startService(config, { openToken, ...partsOf(config) }));
    if (json) process.stdout.write(`${JSON.stringify({ url: running.url })}\n`);
    else if (process.stdout.isTTY) process.stdout.write(`Sealgate answers at ${running.url}\n`);
    await signal;
    await end(running, config.shutdownSeconds);
  } catch (error) {
    tell(error, json);
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
async function end(running: RunningService, seconds: number): Promise<never> {
  setTimeout(() => process.exit(1), (seconds + closing) * 1_000);
  try {
    await running.stop();
  } catch (error) {
    tell(error, false);
    process.exit(1);
  }
  process.exit();
}
