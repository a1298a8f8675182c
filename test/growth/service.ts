import { readFileSync } from 'node:fs';
import { makeSite } from '../service/served.ts';

/** What a service takes, from its start and over many sign-ins. */
export interface ServiceGrowth {
  /** From the start of its process until it answers, ms. */
  readonly startMilliseconds: number;
  /** Memory that it holds when it has answered nothing yet, octets. */
  readonly atStart: number;
  readonly signIns: number;
  /** What one takes from its challenge to its assertion, the people's own part in it; µs. */
  readonly signInMicroseconds: number;
  /** Memory after a tenth of the sign-ins, which has filled what is kept, and after all of them; octets. */
  readonly early: number;
  readonly late: number;
}

const people = 16;

/** Starts a service and lets so many people sign in. */
export async function serviceGrowth(signIns: number): Promise<ServiceGrowth> {
  const site = makeSite();
  try {
    const begun = performance.now();
    const served = await site.serve({ environment: { SEALGATE_REQUESTS_PER_SECOND: '1000000' } });
    const startMilliseconds = performance.now() - begun;
    const memory = () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${served.process.pid}/status`, 'utf8'))?.[1]) * 1024;
    const atStart = memory();
    const letIn = async (count: number) => {
      let left = count;
      const person = async () => {
        while (left-- > 0) {
          const { status } = await served.portal.signIn();
          if (status !== 200) throw new Error(`a sign-in was refused: ${status}`);
        }
      };
      await Promise.all(Array.from({ length: people }, person));
      return memory();
    };
    const early = await letIn(Math.ceil(signIns / 10));
    const rest = signIns - Math.ceil(signIns / 10);
    const since = performance.now();
    const late = await letIn(rest);
    const signInMicroseconds = ((performance.now() - since) * 1_000) / rest;
    return { startMilliseconds, atStart, signIns, signInMicroseconds, early, late };
  } finally {
    await site.dispose();
  }
}
