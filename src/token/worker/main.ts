import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Answer, Call } from '../protocol.ts';
import { Driver } from './driver.ts';
import { failureOf } from './failure.ts';

/**
 * The process that owns one PKCS#11 module. It takes one request at a time, answers it and wipes the PINs that came
 * with it; it keeps nothing but the driver's own state. It ends with its parent: by itself where it can, and through
 * a thread of its own where the driver does not return.
 */
new Worker(new URL(`./watch${extname(import.meta.url)}`, import.meta.url)).unref();
const driver = new Driver();

process.on('message', (call: Call) => {
  const answer = answerTo(call);
  process.send?.(answer);
});
process.on('disconnect', () => {
  driver.finalise();
  process.exit(0);
});
// A Ctrl-C at the terminal reaches the whole group; the parent decides when this process ends.
process.on('SIGINT', () => undefined);

function answerTo(call: Call): Answer {
  try {
    return { id: call.id, give: perform(call) };
  } catch (error) {
    const failure = failureOf(error, (patiently) => driver.isPresent(patiently));
    if (failure !== undefined) {
      return { id: call.id, failure, ended: failure.isSuspect ? driver.abandon() : [] };
    }
    return { id: call.id, defect: error instanceof Error ? error.message : String(error) };
  } finally {
    wipe(call.take);
  }
}

function perform(call: Call): unknown {
  const method = driver[call.name] as (take: unknown) => unknown;
  return method.call(driver, call.take);
}

function wipe(take: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(take)) {
    if (value instanceof Uint8Array && /pin$/i.test(name)) value.fill(0);
  }
}
