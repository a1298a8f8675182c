import { element } from '../../markup/element.ts';
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

const main = byId('main');
const address = location.pathname.split('/').at(-1) ?? '';

start().catch((error: unknown) => end(failureOf(error)));

async function start(): Promise<void> {
  const seat = await takeSeat();
  const headers = { 'sealgate-seat': seat };
  const demand = await ask<DemandView>('/v1/window/demand', {}, headers);
  new ConfirmationWindow(demand, headers).open();
}

/** The seat at the demand; kept for this tab, so that loading the page again does not lose it. */
async function takeSeat(): Promise<string> {
  const kept = sessionStorage.getItem(address);
  if (kept !== null) return kept;
  const { seat } = await ask<{ readonly seat: string }>('/v1/window/open', { address });
  sessionStorage.setItem(address, seat);
  return seat;
}

class ConfirmationWindow {
  private readonly demand: DemandView;
  private readonly headers: Readonly<Record<string, string>>;
  /** The certificate that the person has chosen. */
  private choice: string | undefined;
  private question: QuestionView | undefined;
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
    if (demand.certificate === undefined) void this.offerChoices();
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
    // Tries may have become fewer; what was typed is gone, and is never sent a second time.
    void this.askQuestion(this.place());
  }

  private place(): string {
    const { certificate } = this.demand;
    return certificate === undefined ? '' : placeName(certificate);
  }

  private async offerChoices(): Promise<void> {
    const { language } = this.demand;
    const words = allWords[language];
    const { headers } = this;
    let count = 0;
    for await (const choice of askFor<ChoiceView>('/v1/window/certificates', {}, headers)) {
      if ('trouble' in choice) {
        const { module, failure } = choice.trouble;
        byId('choices').append(
          toNode(element('p', {}, status('warn', `${words.driver(module)}: ${failure.words.title}`))),
        );
        continue;
      }
      count++;
      byId('choices').append(toNode(this.choiceOf(choice.certificate)));
    }
    if (count === 0)
      fill(
        'choice-status',
        status('warn', words.noCertificates),
        element('span', {}, words.noCertificatesAbout),
      );
    else byId('choice-status').hidden = true;
    byId('choices').addEventListener('change', (event) => {
      const { value, dataset } = event.target as HTMLInputElement;
      this.choice = value;
      void this.askQuestion(dataset.place ?? '');
    });
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

  /** Asks what has to be entered, and makes room for it. */
  private async askQuestion(place: string): Promise<void> {
    const words = allWords[this.demand.language];
    this.question = undefined;
    this.refresh();
    try {
      const question = await ask<QuestionView>('/v1/window/question', {}, this.chosen());
      fill('question', ...questionPart(question, place, words));
      this.question = question;
    } catch (error) {
      const { code, words: said } = failureOf(error);
      fill('question', refusal({ ...said, code }, words.refusal));
      this.question = undefined;
    }
    byId('question').addEventListener('input', () => this.refresh());
    pinField()?.focus();
    this.refresh();
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
