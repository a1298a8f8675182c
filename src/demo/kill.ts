import { setTimeout as pause } from 'node:timers/promises';
import { Browser, RefusedError } from './browser.ts';
import type { DemoReplicas } from './replicas.ts';
import type { SignInStage } from './sign-in.ts';

/** Sign-ins that are shown, how many at once, and after how many of them a process is killed. */
const signIns = 40;
const atOnce = 4;
const killedAfter = 15;

/** A person whose sign-in is cut off tries again, so often at most. */
const mostTries = 20;

/** What came of the sign-ins. */
interface Outcome {
  /** The signatures that were taken, to be tried once more. */
  readonly taken: { readonly browser: Browser; readonly challenge: string; readonly signature: Uint8Array }[];
  /** Tries that were cut off. */
  again: number;
  /** When a process was killed, and when the next sign-in passed. */
  killedAt?: number;
  wentOnAt?: number;
}

/**
 * Lets people sign in, and kills one of the processes that serve while they do. Throws where somebody does not get in
 * all the same, where a signature is taken twice, and where the audit has a gap.
 */
export async function killOneAmidst(stage: SignInStage, replicas: DemoReplicas): Promise<void> {
  const { screen, words } = stage;
  const outcome: Outcome = { taken: [], again: 0 };
  let killing: Promise<number> | undefined;
  await screen.step(words.amidst(signIns), async () => {
    let left = signIns;
    const person = async () => {
      while (left-- > 0) {
        await signIn(stage, outcome);
        if (outcome.taken.length < killedAfter || killing !== undefined) continue;
        killing = replicas.killOne();
        await killing;
        outcome.killedAt = performance.now();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, person));
  });
  screen.passed(words.tried(outcome.taken.length, outcome.again));
  if (killing !== undefined) screen.row('', words.killed(await killing, killedAfter));
  const { killedAt, wentOnAt } = outcome;
  if (killedAt !== undefined && wentOnAt !== undefined)
    screen.row('', words.wentOn(`${Math.round(wentOnAt - killedAt)} ${words.units.milliseconds}`));
  await expectUsed(outcome);
  screen.row(words.twice, words.onceOnly(outcome.taken.length));
  const { isWhole, records } = await replicas.audit();
  if (!isWhole) throw new Error('the audit has a gap');
  screen.row(words.audit, words.auditWhole(records));
}

/** One person signs in, again where the sign-in is cut off. */
async function signIn({ portal, token, certificates }: SignInStage, outcome: Outcome): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      const browser = new Browser(portal.url);
      const { challenge, text } = await browser.challenge();
      const signature = await token.sign(Buffer.from(text), certificates.good, certificates.chain);
      await browser.signIn(challenge, signature);
      outcome.taken.push({ browser, challenge, signature });
      if (outcome.killedAt !== undefined) outcome.wentOnAt ??= performance.now();
      return;
    } catch (error) {
      if (!wasCutOff(error) || tries === mostTries) throw error;
      outcome.again += 1;
      await pause(50);
    }
  }
}

/** Whether the portal did not reach the service; a refusal of the service stands. */
function wasCutOff(error: unknown): boolean {
  return error instanceof RefusedError && error.refusal.code === 'service_unreachable';
}

/** Hands every signature in that was taken. Throws where one is taken again. */
async function expectUsed({ taken }: Outcome): Promise<void> {
  for (const { browser, challenge, signature } of taken) {
    const outcome = await browser.signIn(challenge, signature).then(
      () => 'taken',
      (error: unknown) => (error instanceof RefusedError ? error.refusal.code : String(error)),
    );
    if (outcome !== 'challenge_used') throw new Error(`a signature was handed in again: ${outcome}`);
  }
}
