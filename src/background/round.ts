/** Work that is done again and again in the background, never twice at the same time. */
export interface Round {
  /**
   * Does the work now; where it is being done already, once more after that. Resolves when it is done, also where it
   * failed. Does nothing once the round is closed.
   */
  run(): Promise<void>;
  /** Ends it: resolves once nothing is under way any more. */
  close(): Promise<void>;
}

/**
 * Does `act` every `interval` ms. One that takes longer makes the pauses longer, not the acts more. `failed` is told
 * what an act rejects with, and the next one comes all the same. Keeps no process alive.
 */
export function every(
  interval: number,
  act: () => Promise<unknown>,
  failed: (error: unknown) => void,
): Round {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let isClosed = false;
  const once = async () => {
    try {
      await act();
    } catch (error) {
      failed(error);
    }
  };
  const start = () => {
    running = once().finally(() => {
      running = undefined;
    });
    return running;
  };
  const run = (): Promise<void> => {
    if (isClosed) return Promise.resolve();
    if (running === undefined) return start();
    next ??= running.then(() => {
      next = undefined;
      return isClosed ? undefined : start();
    });
    return next;
  };
  const timer = setInterval(() => {
    if (running === undefined) void run();
  }, interval);
  timer.unref();
  return {
    run,
    async close() {
      isClosed = true;
      clearInterval(timer);
      await next;
      await running;
    },
  };
}
