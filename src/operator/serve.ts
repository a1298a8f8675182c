import { openTokenKey } from '../assertion/token-key.ts';
import { type Config, readEnvironment, toConfig } from '../config.ts';
import { type RunningService, type ServiceParts, startService } from '../start.ts';
import { tell } from './operate.ts';

/**
 * `sealgate serve`: runs the service until it is told to stop. SIGTERM and SIGINT let it finish what it has begun;
 * a second one ends it at once. What cannot start is told with its code and remedy. With `json`, the address is
 * printed as JSON once the service answers, or the failure.
 */
export async function serve(partsOf: (config: Config) => ServiceParts, json = false): Promise<void> {
  try {
    const config = toConfig(readEnvironment());
    const openToken = (uri: string) => openTokenKey(uri);
    const running = await startService(config, { openToken, ...partsOf(config) });
    if (json) process.stdout.write(`${JSON.stringify({ url: running.url })}\n`);
    else if (process.stdout.isTTY) process.stdout.write(`Sealgate answers at ${running.url}\n`);
    stopOnSignal(running);
  } catch (error) {
    tell(error, json);
  }
}

function stopOnSignal(running: RunningService): void {
  let asked = 0;
  const stop = () => {
    asked += 1;
    if (asked > 1) process.exit(1);
    running.stop().catch((error: unknown) => {
      tell(error, false);
      process.exit(1);
    });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
