import type { Config } from '../config.ts';
import { serviceLog } from '../service/log.ts';
import { logOutput } from '../service/log-output.ts';
import { WorkerFailure, Workers } from '../workers/primary.ts';
import { tellAddress } from './tell-address.ts';

/**
 * Has several workers serve until `signal`, and then lets them finish what they have begun. SIGHUP puts new ones in
 * their places, one after the other. A worker that cannot start says why itself; its exit code becomes that of this
 * process.
 */
export async function serveByWorkers(config: Config, signal: Promise<void>, json: boolean): Promise<void> {
  const output = logOutput(1);
  const log = serviceLog(config.logLevel, output);
  const workers = new Workers({
    ended: (status) => {
      log.write('error', 'worker ended', { ended: String(status) });
      log.flush();
    },
    notReplaced: (status) => {
      log.write('error', 'worker not replaced', { ended: String(status) });
      log.flush();
    },
  });
  // A second signal ends this process at once, and with it whoever does not end by himself.
  process.on('exit', () => workers.kill());
  process.on('SIGHUP', () => void workers.restart());
  try {
    const url = await Promise.race([workers.start(config.workers), signal.then(() => undefined)]);
    if (url !== undefined) tellAddress(url, json);
    await signal;
    process.exitCode = (await workers.stop()) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof WorkerFailure)) throw error;
    process.exitCode = typeof error.status === 'number' ? error.status : 1;
  }
  log.write('info', 'stopped', {});
  await output.close();
}
