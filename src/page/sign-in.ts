import { byId } from '../markup/node.ts';
import type { ChallengeData, PageData } from '../sign-in/view/data.ts';
import type { View, Way } from '../sign-in/view/model.ts';
import { wordsIn } from '../sign-in/words/choose.ts';
import { AgentWindow, isAgentThere } from './agent.ts';
import { utf8Base64 } from './base64.ts';
import { CertificateList } from './certificate-list.ts';
import { PageFailure, Wordings } from './failure.ts';
import { takeDroppedFiles } from './file-drop.ts';
import { lastUsed, remember } from './last-used.ts';
import { loadPlugin, type Plugin } from './plugin/loader.ts';
import { pluginFailure } from './plugin/result.ts';
import { signByPlugin } from './plugin/sign.ts';
import { storedCertificates } from './plugin/store.ts';
import { Screen } from './screen.ts';
import { SignInService } from './service.ts';
import { supportText } from './support.ts';

type Choice = Extract<View, { kind: 'choice' }>;

/** How often it is asked how the other screen is doing, in milliseconds. */
const pollEvery = 1_500;
/** How often the agent is asked anew where it has found nothing, in milliseconds. */
const lookEvery = 3_000;
/** Reading many certificates shows the list this often. */
const drawEvery = 120;

/**
 * The sign-in in the browser: what the person does, what is then waited for, and what comes of it. One attempt at a
 * time; what a cancelled one still brings is dropped.
 */
export class SignIn {
  private readonly data: PageData;
  private readonly wordings: Wordings;
  private readonly service: SignInService;
  private readonly screen: Screen;
  private readonly clockAhead: number;
  private choice: Choice;
  private challenge: { readonly challenge: string; readonly text: string };
  private attempt = new AbortController();
  private again: () => void = () => {};
  private agent: AgentWindow | undefined;
  private plugin: Plugin | undefined;
  private list: CertificateList | undefined;

  constructor(data: PageData) {
    const { facts, challenge, now } = data;
    this.data = data;
    this.wordings = new Wordings(data, facts.language);
    this.service = new SignInService(facts.action, facts.language);
    this.screen = new Screen(facts);
    this.clockAhead = Date.now() - now;
    this.challenge = { challenge: challenge.challenge, text: facts.text };
    const last = lastUsed()?.way;
    this.choice = {
      kind: 'choice',
      ...{ isLive: true, challenge: challenge.challenge, plugin: { state: 'searching' } },
      ...(last === undefined ? {} : { lastWay: last }),
    };
  }

  /** Begins: adds to the server's page what a script can do. */
  start(): void {
    byId('panel').addEventListener('click', (event) => this.clicked(event));
    byId('panel').addEventListener('input', (event) => this.entered(event));
    takeDroppedFiles(byId('panel'), wordsIn(this.data.facts.language));
    if (this.data.view.kind === 'choice') {
      this.screen.show(this.choice, { keepFocus: true });
      // Only once the page is drawn and can be used: a browser takes a while to find that there is no extension.
      requestAnimationFrame(() => setTimeout(() => void this.look()));
    }
    if (this.data.view.kind === 'offered' || this.data.view.kind === 'confirm') void this.follow();
  }

  private now(): number {
    return Date.now() - this.clockAhead;
  }

  private clicked({ target }: Event): void {
    const button = target instanceof Element ? target.closest<HTMLElement>('[data-action]') : null;
    const actions: Readonly<Record<string, () => void>> = {
      list: () => this.showCertificates(button?.dataset.value === 'plugin' ? 'plugin' : 'agent'),
      sign: () => this.sign(),
      cancel: () => this.attempt.abort(),
      retry: () => this.again(),
      'choose-way': () => this.chooseWay(),
      look: () => void this.look(),
      copy: () => void this.copy(),
    };
    actions[button?.dataset.action ?? '']?.();
  }

  private entered({ target }: Event): void {
    if (!(target instanceof HTMLInputElement) || this.list === undefined) return;
    if (target.name === 'certificate') this.list.choose(target.value);
    else if (target.id === 'search') this.list.find(target.value);
    else return;
    this.screen.show(this.list.view);
  }

  private chooseWay(): void {
    this.attempt.abort();
    this.agent?.close();
    this.screen.show(this.choice);
  }

  /** What is at hand: the plug-in, and the agent where the browser lets the page ask. */
  private async look(): Promise<void> {
    this.changeChoice({ plugin: { state: 'searching' } });
    const [plugin] = await Promise.allSettled([
      loadPlugin(),
      isAgentThere(this.data.agentPorts).then((isThere) => this.changeChoice({ isAgentThere: isThere })),
    ]);
    if (plugin.status === 'fulfilled') {
      this.plugin = plugin.value;
      const { version } = plugin.value;
      this.changeChoice({ plugin: { state: 'found', ...(version === undefined ? {} : { version }) } });
      return;
    }
    const failure = this.wordings.shown(pluginFailure(plugin.reason));
    this.changeChoice({ plugin: { state: 'missing', code: failure.code, failure } });
  }

  private changeChoice(part: Partial<Choice>): void {
    this.choice = { ...this.choice, ...part };
    if (this.screen.view?.kind === 'choice') this.screen.show(this.choice);
  }

  /** Begins an attempt and tells its failure; `again` is what the person may try once more. */
  private async try(again: () => void, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.attempt.abort();
    const attempt = new AbortController();
    this.attempt = attempt;
    this.again = again;
    try {
      await work(attempt.signal);
    } catch (error) {
      // A later attempt has the screen by now.
      if (this.attempt !== attempt) return;
      const failure = this.wordings.shown(error);
      this.screen.show({ kind: 'failed', failure, canRetry: true, canCopy: true });
    }
  }

  private wait(reason: Extract<View, { kind: 'waiting' }>['for'], canCancel = true): void {
    if (this.screen.view?.kind === 'waiting' && this.screen.view.for === reason) return;
    this.screen.show({ kind: 'waiting', for: reason, since: Date.now(), canCancel });
  }

  private showCertificates(way: Way): void {
    const list = new CertificateList(way, this.wordings, () => this.now());
    this.list = list;
    void this.try(
      () => this.showCertificates(way),
      (signal) => (way === 'agent' ? this.listAgent(list, signal) : this.listPlugin(list, signal)),
    );
  }

  private async listAgent(list: CertificateList, signal: AbortSignal): Promise<void> {
    const agent = this.openAgent();
    this.wait('agent');
    await this.readAgent(agent, list, signal);
    // A token that is plugged in now is found without being asked for.
    while (list.isEmpty) {
      await new Promise((resolve) => setTimeout(resolve, lookEvery));
      if (signal.aborted || !agent.isOpen) return;
      if (!document.hidden) await this.readAgent(agent, list, signal);
    }
  }

  private async readAgent(agent: AgentWindow, list: CertificateList, signal: AbortSignal): Promise<void> {
    for await (const news of agent.list(this.data.facts.language, signal)) {
      const wasComplete = list.view.isComplete;
      if (news.type === 'waiting') {
        if (!wasComplete) this.wait(news.for);
        continue;
      }
      // Nothing new is not drawn, and not read aloud, a second time.
      if (wasComplete && news.items.length === 0) continue;
      await list.addFromAgent(news.items, news.troubles);
      if (news.isComplete) list.complete();
      if (signal.aborted) throw new PageFailure('signing_cancelled');
      this.screen.show(list.view);
    }
  }

  /** The agent's window; a new one only while a click is handled. */
  private openAgent(): AgentWindow {
    if (this.agent?.isOpen) return this.agent;
    this.agent = AgentWindow.open(this.data.agentPorts);
    return this.agent;
  }

  private async listPlugin(list: CertificateList, signal: AbortSignal): Promise<void> {
    this.wait('plugin');
    const plugin = this.plugin ?? (await loadPlugin());
    this.plugin = plugin;
    const later: string[] = [];
    let drawnAt = 0;
    const draw = () => {
      if (signal.aborted) throw new PageFailure('signing_cancelled');
      if (performance.now() - drawnAt < drawEvery) return;
      drawnAt = performance.now();
      this.screen.show(list.view);
    };
    for await (const { certificate, total } of storedCertificates(plugin, signal)) {
      const thumbprint = await list.addFromPlugin(certificate, total, signal);
      if (thumbprint !== undefined) later.push(thumbprint);
      draw();
    }
    list.complete();
    this.screen.show(list.view);
    await Promise.all(
      later.map(async (thumbprint) => {
        await list.judge(thumbprint, signal);
        if (this.screen.view?.kind === 'certificates') this.screen.show(list.view);
      }),
    );
  }

  private sign(): void {
    const { list } = this;
    const { chosen } = list?.view ?? {};
    if (list === undefined || chosen === undefined) return;
    void this.try(
      () => this.sign(),
      async (signal) => {
        const signature = await (list.way === 'agent'
          ? this.signByAgent(chosen, signal)
          : this.signByPlugin(list, chosen, signal));
        remember({ way: list.way, thumbprint: chosen });
        await this.handIn(signature, signal);
      },
    );
  }

  /** The text to sign, anew where what is shown would be too old by the time it is signed. */
  private async textToSign(signal: AbortSignal): Promise<ChallengeData> {
    const challenge = await this.service.challenge(signal);
    this.challenge = challenge;
    this.choice = { ...this.choice, challenge: challenge.challenge };
    const shown = byId('text');
    if (shown.textContent !== challenge.text) {
      const end = challenge.text.indexOf('\n');
      const first = document.createElement('strong');
      first.textContent = challenge.text.slice(0, end);
      shown.replaceChildren(first, challenge.text.slice(end));
    }
    return challenge;
  }

  private async signByAgent(thumbprint: string, signal: AbortSignal): Promise<string> {
    const agent = this.openAgent();
    this.wait('agent');
    const { text } = await this.textToSign(signal);
    const { language } = this.data.facts;
    const signing = agent.sign({ challenge: text, content: utf8Base64(text), thumbprint, language }, signal);
    while (true) {
      const { value, done } = await signing.next();
      if (done) {
        agent.close();
        return value;
      }
      if (value.type === 'waiting') this.wait(value.for);
    }
  }

  private async signByPlugin(
    list: CertificateList,
    thumbprint: string,
    signal: AbortSignal,
  ): Promise<string> {
    const stored = list.storedAs(thumbprint);
    if (this.plugin === undefined || stored === undefined) throw new PageFailure('certificate_unreadable');
    this.wait('plugin');
    const { text } = await this.textToSign(signal);
    const signature = await signByPlugin(
      this.plugin,
      stored.object,
      { content: utf8Base64(text), at: this.now() },
      signal,
    );
    await this.plugin.release().catch(() => {});
    return signature;
  }

  private async handIn(signature: string, signal: AbortSignal): Promise<void> {
    this.wait('service', false);
    const { location: address } = await this.service.sign(this.challenge.challenge, signature, signal);
    if (address === null) {
      location.reload();
      return;
    }
    this.screen.show({ kind: 'done', address, now: this.now() });
    location.assign(address);
  }

  /** Looks how the other screen is doing, until this page has something to do. */
  private async follow(): Promise<void> {
    let version = this.data.version ?? 0;
    this.screen.show(this.data.view, { keepFocus: true });
    while (true) {
      await new Promise((resolve) => setTimeout(resolve, pollEvery));
      if (document.hidden) continue;
      const state = await this.service.state(version, AbortSignal.timeout(30_000)).catch(() => null);
      if (state === undefined) continue;
      // What the service refuses, it tells on the page itself.
      if (state === null || state.view.kind === 'choice') break;
      version = state.version;
      this.screen.show(state.view);
    }
    location.reload();
  }

  private async copy(): Promise<void> {
    const { view } = this.screen;
    if (view?.kind !== 'failed') return;
    const words = wordsIn(this.data.facts.language);
    const { way } = this.list ?? {};
    const text = supportText(view.failure, this.data, {
      way,
      agent: this.agent?.version,
      plugin: this.plugin?.version,
    });
    const label = byId('copy');
    try {
      await navigator.clipboard.writeText(text);
      label.textContent = words.copied;
    } catch {
      label.textContent = words.copyFailed;
    }
    this.screen.announce(label.textContent);
  }
}
