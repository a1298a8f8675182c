import type { Agent } from '../agent/agent.ts';
import type { RunningAgent } from '../agent/http/server.ts';
import { Browser, type SignedIn } from './browser.ts';
import { type HeadlessPerson, headlessPerson } from './headless.ts';
import { shownLevel } from './level.ts';
import type { ShownClaims } from './page.ts';
import type { DemoPortal } from './portal.ts';
import type { RefusalStage } from './refusal.ts';
import type { Screen } from './screen.ts';
import type { Wording } from './wording.ts';

/** What a sign-in is shown with. */
export interface SignInStage extends Omit<RefusalStage, 'portal'> {
  readonly portal: DemoPortal;
  readonly agent: RunningAgent;
}

/**
 * Signs in once, as a person does with the service's page and the agent where there is a headless browser, and
 * otherwise by the portal's own page, which the demo plays; then once more by that, without any window. Says which way
 * it was. Throws a RefusedError, and what breaks down.
 */
export async function signInOnce(stage: SignInStage): Promise<void> {
  const person = await headlessPerson();
  if (person === undefined) await signInByApi(stage);
  else await signInByPage(stage, person).finally(() => person.close());
  const { screen, words } = stage;
  const { who } = await screen.step(words.again, () => signAndSend(stage));
  showChecks(screen, words, who);
}

async function signInByPage(stage: SignInStage, person: HeadlessPerson): Promise<void> {
  const { screen, words, portal, agent, token, certificates } = stage;
  const ended = new AbortController();
  const arrivals = portal.signIns(ended.signal)[Symbol.asyncIterator]();
  const arrival = arrivals.next();
  const { text, times } = await screen.step(words.signIn, () => {
    const thumbprint = Buffer.from(certificates.good, 'hex').toString('base64url');
    return person.signIn({ portal: portal.url, agent, thumbprint, pin: token.pin });
  });
  const { value: claims } = await arrival;
  ended.abort();
  screen.row(words.page, words.pageReady, times.page);
  screen.row(words.certificates, words.certificatesShown, times.certificates);
  screen.box(text.trimEnd());
  screen.row(words.confirmation, words.confirmed, times.confirmed);
  showWho(screen, words, claims);
  screen.row(words.way, words.wayPage(person.browser));
}

async function signInByApi(stage: SignInStage): Promise<void> {
  const { screen, words } = stage;
  const { who, text, octets, times } = await screen.step(words.signIn, () => signAndSend(stage));
  screen.row(words.challenge, words.challengeGot, times[0]);
  screen.box(text.trimEnd());
  screen.row(words.signature, words.signatureMade(octets), times[1]);
  screen.row(words.verification, words.verificationDone, times[2]);
  showWho(screen, words, who.claims);
  screen.row(words.way, words.wayApi);
  screen.note(words.noBrowser);
}

/** What became of a signature that the portal's own page handed in, and how long its three parts took, in ms. */
interface Sent {
  readonly who: SignedIn;
  readonly text: string;
  readonly octets: number;
  readonly times: readonly [number, number, number];
}

/** Signs a challenge with the token and hands it in by the portal's own page. Throws a RefusedError, and what breaks down. */
export async function signAndSend({ portal, token, certificates }: SignInStage): Promise<Sent> {
  const browser = new Browser(portal.url);
  const start = performance.now();
  const { challenge, text } = await browser.challenge();
  const asked = performance.now();
  const signature = await token.sign(Buffer.from(text), certificates.good, certificates.chain);
  const made = performance.now();
  const who = await browser.signIn(challenge, signature);
  const times = [asked - start, made - asked, performance.now() - made] as const;
  return { who, text, octets: signature.length, times };
}

/** Shows who signs in at the portal by the service's page, and by which way, until `signal`. */
export async function watchSignIns(
  {
    screen,
    words,
    portal,
    agent,
  }: Pick<SignInStage, 'screen' | 'words' | 'portal'> & { readonly agent: Agent },
  signal: AbortSignal,
): Promise<void> {
  let [last] = agent.history.all();
  for await (const claims of portal.signIns(signal)) {
    const [newest] = agent.history.all();
    screen.lines('');
    showWho(screen, words, claims);
    screen.row(words.way, newest === last ? words.wayOther : words.wayAgent);
    last = newest;
  }
}

function showWho(screen: Screen, words: Wording, { organisation, signer, acr, sid }: ShownClaims): void {
  screen.passed(words.signedIn);
  screen.row(words.organisation, organisation.name);
  screen.row('', words.numbers(organisation.inn ?? '–', organisation.ogrn ?? '–'));
  screen.row(words.signer, [signer.name, signer.position].filter(Boolean).join(', '));
  screen.row(words.level, shownLevel(acr));
  screen.row(words.session, sid);
}

function showChecks(screen: Screen, words: Wording, { checks }: SignedIn): void {
  const stages = [...new Set(checks.map(({ stage }) => stage))].map((stage) => {
    const outcomes = checks.filter((check) => check.stage === stage).map(({ outcome }) => outcome);
    const passed = outcomes.filter((outcome) => outcome === 'passed').length;
    const remarks = outcomes.filter((outcome) => outcome === 'warning').length;
    return words.checksOf(words.stages[stage] ?? stage, passed, remarks);
  });
  screen.row(words.checks, stages.join(' · '));
}
