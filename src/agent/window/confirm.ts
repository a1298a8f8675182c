import { type Element, element } from '../../markup/element.ts';
import { status } from '../../markup/icon.ts';
import { byId, toNode } from '../../markup/node.ts';
import { refusal, type ShownFailure } from '../../markup/refusal.ts';
import type { ChoiceView, DemandView, FailureView, QuestionView, StateView } from '../view/model.ts';
import { ask, askFor, type Body, pageData, Refused } from './ask.ts';
import { copyOnClick } from './copy.ts';
import { fill } from './fill.ts';
import { certificateLines } from './view/certificate.ts';
import { demandWindow, endWindow, questionPart, signingWindow } from './view/demand.ts';
import { words as allWords } from './words.ts';

/** How long the window has to be in sight before it can be answered with yes, in milliseconds. */
const shortestLook = 1000;

/** How long a window that is done stays, in milliseconds. */
const farewell = 1500;

/** How often a token that is not there is looked for, in milliseconds. */
const lookEvery = 1500;

/** Failures that say that the token is not there. */
const absences: ReadonlySet<string> = new Set(['token_not_present', 'token_removed']);

const main = byId('main');
const address = location.pathname.split('/').at(-1) ?? '';

start().catch((error: unknown) => end(failureOf(error)));

async function start(): Promise<void> {
  const seat = await takeSeat();
  const headers = { 'sealgate-seat': seat };
  const demand = await ask<DemandView>('/v1/window/demand', {}, headers);
  new ConfirmationWindow(demand, headers).open();
}

/**
 * The seat at the demand: a secret that is kept for this tab before it is shown, so that the agent knows the tab again
 * that was loaded anew while it asked.
 */
async function takeSeat(): Promise<string> {
  const seat = sessionStorage.getItem(address) ?? secret();
  sessionStorage.setItem(address, seat);
  await ask('/v1/window/open', { address }, { 'sealgate-seat': seat });
  return seat;
}

function secret(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (octet) =>
    octet.toString(16).padStart(2, '0'),
  ).join('');
}

class ConfirmationWindow {
  private readonly demand: DemandView;
  private readonly headers: Readonly<Record<string, string>>;
  /** The certificate that the person has chosen. */
  private choice: string | undefined;
  private question: QuestionView | undefined;
  /** Counts what was asked, so that a late answer is told from the present one. */
  private questions = 0;
  private hasBeenSeen = false;
  private isAnswered = false;

  constructor(demand: DemandView, headers: Readonly<Record<string, string>>) {
    this.demand = demand;
    this.headers = headers;
  }

  open(): void {
    const { demand } = this;
    document.documentElement.lang = demand.language;
    main.replaceChildren(toNode(demandWindow(demand, Date.now())));
    document.title = byId('title').textContent ?? '';
    byId('refuse').addEventListener('click', () => void this.send('/v1/window/refuse', {}));
    byId('demand').addEventListener('submit', (event) => {
      event.preventDefault();
      this.confirm();
    });
    this.watchSight();
    void this.follow();
    if (demand.subject.kind === 'permission') return;
    if (demand.certificate === undefined) this.offerChoices().catch((error: unknown) => this.failed(error));
    else void this.askQuestion(placeName(demand.certificate));
  }

  /** A window that is hidden or lies behind others has not been read: its second begins anew. */
  private watchSight(): void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(timer);
      if (this.hasBeenSeen || document.visibilityState !== 'visible') return;
      timer = setTimeout(() => {
        this.hasBeenSeen = true;
        this.refresh();
      }, shortestLook);
    };
    document.addEventListener('visibilitychange', look);
    look();
  }

  /** Whether the button for yes can be pressed. */
  private refresh(): void {
    const isPermission = this.demand.subject.kind === 'permission';
    const isReady = this.hasBeenSeen && !this.isAnswered && (isPermission || this.isEntered());
    (byId('confirm') as HTMLButtonElement).disabled = !isReady;
  }

  private isEntered(): boolean {
    if (this.question === undefined) return false;
    const box = document.getElementById('final-try') as HTMLInputElement | null;
    if (box !== null && !box.checked) return false;
    const field = pinField();
    return field === null || field.value !== '';
  }

  private async follow(): Promise<void> {
    try {
      for await (const state of askFor<StateView>('/v1/window/follow', {}, this.headers)) this.show(state);
    } catch (error) {
      end(failureOf(error));
    }
  }

  private show(state: StateView): void {
    switch (state.name) {
      case 'open':
        this.isAnswered = false;
        if (state.refusal !== undefined) this.showRefusal(state.refusal);
        else fill('refusal');
        break;
      case 'signing':
        fill('refusal', signingWindow(allWords[this.demand.language]));
        break;
      case 'signed':
      case 'allowed':
        main.replaceChildren(toNode(endWindow(this.demand, state.name)));
        byId('title').focus();
        setTimeout(() => window.close(), farewell);
        return;
      case 'failed':
        end(state.failure);
        return;
    }
    this.refresh();
  }

  private showRefusal({ code, words }: FailureView): void {
    fill('refusal', refusal({ ...words, code }, allWords[this.demand.language].refusal));
    // Tries may have become fewer; what was sent is gone, and is never sent a second time.
    void this.askQuestion(this.place(), true);
  }

  private place(): string {
    const { certificate } = this.demand;
    return certificate === undefined ? '' : placeName(certificate);
  }

  /** Shows what there is to choose from, and looks again until there is something. */
  private async offerChoices(): Promise<void> {
    const words = allWords[this.demand.language];
    byId('choices').addEventListener('change', (event) => {
      const { value, dataset } = event.target as HTMLInputElement;
      this.choice = value;
      void this.askQuestion(dataset.place ?? '');
    });
    while ((await this.readChoices()) === 0) {
      if (!isAsking()) return;
      fill(
        'choice-status',
        status('warn', words.noCertificates),
        element('span', {}, words.noCertificatesYet),
      );
      await new Promise((resolve) => setTimeout(resolve, lookEvery));
    }
    if (isAsking()) byId('choice-status').hidden = true;
  }

  /** Lists the certificates that there are now, and gives their number. */
  private async readChoices(): Promise<number> {
    const words = allWords[this.demand.language];
    let count = 0;
    const troubles: Element[] = [];
    for await (const choice of askFor<ChoiceView>('/v1/window/certificates', {}, this.headers)) {
      if (!isAsking()) return count;
      if ('trouble' in choice) {
        const { module, failure } = choice.trouble;
        troubles.push(element('p', {}, status('warn', `${words.driver(module)}: ${failure.words.title}`)));
      } else {
        count++;
        byId('choices').append(toNode(this.choiceOf(choice.certificate)));
      }
      fill('choice-troubles', ...troubles);
    }
    return count;
  }

  private choiceOf(certificate: Parameters<typeof certificateLines>[0]) {
    const { language } = this.demand;
    return element(
      'label',
      { class: 'certificate-choice' },
      element('input', {
        type: 'radio',
        name: 'certificate',
        value: certificate.thumbprint,
        disabled: certificate.flaw !== undefined,
        'data-place': placeName(certificate),
      }),
      element('span', { class: 'stack tight' }, certificateLines(certificate, language, Date.now())),
    );
  }

  /**
   * Asks what has to be entered, and makes room for it; again until there is an answer, since a token that is plugged
   * in, and a card service that comes back, need nobody to say so. What is typed meanwhile stays where it `isSameKey`:
   * of a PIN of which half the digits were lost, the token would count a wrong try.
   */
  private async askQuestion(place: string, isSameKey = false): Promise<void> {
    const words = allWords[this.demand.language];
    const number = ++this.questions;
    this.question = undefined;
    if (!isSameKey) fill('question');
    this.refresh();
    for (let shown: string | undefined; ; ) {
      const answer = await ask<QuestionView>('/v1/window/question', {}, this.chosen()).catch(failureOf);
      if (number !== this.questions || !isAsking()) return;
      if (!('words' in answer)) {
        // A token that is back has been answered for.
        if (shown !== undefined) fill('refusal');
        const typed = isSameKey ? (pinField()?.value ?? '') : '';
        fill('question', ...questionPart(answer, place, words));
        const field = pinField();
        if (field !== null) field.value = typed;
        this.question = answer;
        break;
      }
      const { code, words: said } = answer;
      if (code !== shown) {
        const isAbsence = absences.has(code);
        // What was just refused for the same reason says it already.
        const isSaid = isAbsence && byId('refusal').childElementCount > 0;
        fill(
          'question',
          ...(isSaid ? [] : [refusal({ ...said, code }, words.refusal)]),
          ...(isAbsence ? [status('wait', words.tokenAwaited)] : []),
        );
      }
      shown = code;
      await new Promise((resolve) => setTimeout(resolve, lookEvery));
      if (number !== this.questions || !isAsking()) return;
    }
    byId('question').addEventListener('input', () => this.refresh());
    pinField()?.focus();
    this.refresh();
  }

  /** What went wrong while the window was still asking; afterwards it has said how things ended. */
  private failed(error: unknown): void {
    if (isAsking()) end(failureOf(error));
  }

  private chosen(): Readonly<Record<string, string>> {
    return this.choice === undefined ? this.headers : { ...this.headers, 'sealgate-choice': this.choice };
  }

  private confirm(): void {
    if ((byId('confirm') as HTMLButtonElement).disabled) return;
    this.isAnswered = true;
    this.refresh();
    if (this.demand.subject.kind === 'permission') return void this.send('/v1/window/allow', {});
    const field = pinField();
    const pin = new TextEncoder().encode(field?.value ?? '');
    if (field !== null) field.value = '';
    const box = document.getElementById('final-try') as HTMLInputElement | null;
    const headers = { ...this.chosen(), ...(box?.checked === true && { 'sealgate-final-try': '1' }) };
    void this.send('/v1/window/confirm', pin, headers).finally(() => pin.fill(0));
  }

  private async send(path: string, body: Body, headers = this.headers): Promise<void> {
    try {
      await ask(path, body, headers);
    } catch (error) {
      end(failureOf(error));
    }
  }
}

/** Whether the window still asks, and has not come to its end. */
function isAsking(): boolean {
  return document.getElementById('demand') !== null;
}

function pinField(): HTMLInputElement | null {
  return document.getElementById('pin') as HTMLInputElement | null;
}

function placeName({ place }: { readonly place: { readonly label: string } }): string {
  return place.label;
}

function failureOf(error: unknown): FailureView {
  if (error instanceof Refused) return { code: error.code, words: error.words };
  const { failed } = allWords[pageData().language];
  return { code: 'agent_failed', words: { title: failed, cause: '', remedy: '' } };
}

/** The window has come to nothing, and says why. */
function end({ code, words }: FailureView): void {
  const { language } = pageData();
  const failure: ShownFailure = { ...words, code };
  main.replaceChildren(toNode(refusal(failure, allWords[language].refusal, { level: 'h1', canCopy: true })));
  copyOnClick(byId('copy'), `${words.title} [${code}]\n${words.cause}`, allWords[language].refusal.copied);
  byId('refusal-title').focus();
}
