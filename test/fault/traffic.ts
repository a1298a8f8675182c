import { setTimeout } from 'node:timers/promises';
import type { ChallengeBody, LoginBody, Portal, Reply } from '../service/portal.ts';
import { browser, origin, signText } from '../service/portal.ts';

/** One sign-in that was tried, and what was said to it. */
export interface Attempt {
  readonly login: {
    readonly challenge: string;
    readonly signature: string;
    readonly origin: string;
    readonly browser: string;
  };
  /** Absent where the answer was lost: then nobody knows whether it took place. */
  readonly reply?: {
    readonly status: number;
    readonly body: Partial<LoginBody> & { readonly code?: string };
  };
  /** How the answer was lost: the code of the system, or of the client. */
  readonly cut?: string;
}

/** Sign-ins that go on until they are stopped. */
export interface Traffic {
  readonly attempts: readonly Attempt[];
  /** Those that were let in so far. */
  passed(): readonly Attempt[];
  /** Resolves once so many more were let in; rejects where that takes longer than a minute. */
  more(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** Lets so many people sign in over and over, at whichever portal `portal` gives at the moment. */
export function startTraffic(portal: () => Portal, people = 8): Traffic {
  const attempts: Attempt[] = [];
  let isStopped = false;
  const person = async () => {
    while (!isStopped) {
      const challenge = await portal()
        .challenge()
        .catch(() => undefined);
      if (challenge?.challenge === undefined) {
        await setTimeout(50);
        continue;
      }
      attempts.push(await attempt(portal(), challenge));
    }
  };
  const working = Promise.all(Array.from({ length: people }, person));
  const passed = () => attempts.filter(({ reply }) => reply?.status === 200);
  return {
    attempts,
    passed,
    async more(count) {
      const wanted = passed().length + count;
      for (const end = performance.now() + 60_000; passed().length < wanted; await setTimeout(10)) {
        if (performance.now() > end) throw new Error(`only ${passed().length} of ${wanted} sign-ins passed`);
      }
    },
    async stop() {
      isStopped = true;
      await working;
    },
  };
}

async function attempt(portal: Portal, { challenge, text }: ChallengeBody): Promise<Attempt> {
  const login = { challenge, signature: signText(text), origin, browser };
  try {
    const { status, body }: Reply<Partial<LoginBody> & { code?: string }> = await portal.post(
      '/v1/logins',
      login,
    );
    return { login, reply: { status, body } };
  } catch (error) {
    return { login, cut: codeOf(error) };
  }
}

/** The innermost code there is: `fetch` wraps what the system said. */
function codeOf(error: unknown): string {
  const { cause, code, message } = Object(error) as { cause?: unknown; code?: unknown; message?: unknown };
  return cause === undefined ? String(code ?? message) : codeOf(cause);
}
