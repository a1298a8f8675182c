import { PageFailure } from './failure.ts';

/** Rejects with `signing_cancelled` once `signal` is aborted. */
export function cancelled(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new PageFailure('signing_cancelled'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/**
 * What `work` gives, within so many milliseconds and unless it is cancelled; otherwise rejects with `failure`, or with
 * `signing_cancelled`. What comes later is dropped.
 */
export async function within<T>(
  work: Promise<T>,
  milliseconds: number,
  failure: () => PageFailure,
  signal?: AbortSignal,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure()), milliseconds);
  });
  try {
    return await Promise.race([work, late, ...(signal ? [cancelled(signal)] : [])]);
  } finally {
    clearTimeout(timer);
  }
}
