import { isFailure } from '../error.ts';
import { explain } from '../failure/explain.ts';
import type { Language } from '../failure/failure.ts';
import { Browser, RefusedError } from './browser.ts';
import type { Screen } from './screen.ts';
import type { DemoToken } from './token.ts';
import type { Wording } from './wording.ts';

/** Certificates of the one key on the token, by fingerprint, and their issuers. */
export interface Certificates {
  readonly good: string;
  readonly expired: string;
  readonly revoked: string;
  readonly chain: readonly Uint8Array[];
}

/** What the refusals are shown with. */
export interface RefusalStage {
  readonly screen: Screen;
  readonly words: Wording;
  readonly language: Language;
  /** Address of the portal. */
  readonly portal: string;
  readonly token: DemoToken;
  readonly certificates: Certificates;
}

/** Something that must not get in, and the code that it has to be refused with. */
interface Attempt {
  readonly tried: string;
  readonly expected: string;
  act(): Promise<unknown>;
}

/** Tries what must not get in, and shows what the person is told. Throws where one gets in, or for another reason. */
export async function showRefusals(stage: RefusalStage): Promise<void> {
  const { screen, words } = stage;
  const outcomes = await screen.step(words.refusals, async () => {
    const found: { attempt: Attempt; error: unknown }[] = [];
    for (const attempt of attemptsOf(stage)) {
      const error = await attempt.act().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      found.push({ attempt, error });
    }
    return found;
  });
  for (const { attempt, error } of outcomes) show(stage, attempt, error);
}

function attemptsOf({ words, portal, token, certificates }: RefusalStage): Attempt[] {
  const { good, revoked, expired, chain } = certificates;
  const signIn = async (fingerprint: string, { pin, times = 1 }: { pin?: string; times?: number } = {}) => {
    const browser = new Browser(portal);
    const { challenge, text } = await browser.challenge();
    const signature = await token.sign(Buffer.from(text), fingerprint, chain, pin);
    for (let time = 0; time < times; time++) await browser.signIn(challenge, signature);
  };
  return [
    {
      tried: words.triedReplay,
      expected: 'challenge_used',
      act: () => signIn(good, { times: 2 }),
    },
    { tried: words.triedRevoked, expected: 'certificate_revoked', act: () => signIn(revoked) },
    { tried: words.triedExpired, expected: 'certificate_expired', act: () => signIn(expired) },
    { tried: words.triedPin, expected: 'pin_incorrect', act: () => signIn(good, { pin: token.wrongPin }) },
  ];
}

function show({ screen, words, language }: RefusalStage, attempt: Attempt, error: unknown): void {
  const told = toldOf(error, language);
  if (told === undefined) throw new Error(`${attempt.tried}: ${words.passedWrongly}`, { cause: error });
  screen.refusal(attempt.tried, told.code, told.status, [
    [words.cause, told.cause],
    [words.remedy, told.remedy],
  ]);
  if (told.code !== attempt.expected) {
    throw new Error(`${told.code} in place of ${attempt.expected}`, { cause: error });
  }
}

interface Told {
  readonly code: string;
  readonly status: number | undefined;
  readonly cause: string;
  readonly remedy: string;
}

/** What the person is told: by the service through the portal, or by the token at their own machine. */
function toldOf(error: unknown, language: Language): Told | undefined {
  if (error instanceof RefusedError) {
    const { code, status, detail, remedy } = error.refusal;
    return { code, status, cause: detail, remedy };
  }
  if (!isFailure(error)) return undefined;
  const { cause, remedy } = explain(error.code, error.details, language);
  return { code: error.code, status: undefined, cause, remedy };
}
