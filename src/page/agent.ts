import {
  type BridgeMessage,
  bridgeAddress,
  type CertificateItem,
  envelop,
  helloLimit,
  type ModuleTrouble,
  type PageBody,
  personLimit,
  readBridgeMessage,
  type WaitingFor,
} from '../agent/bridge-message.ts';
import type { Language } from '../failure/failure.ts';
import { base64url } from './base64.ts';
import { PageFailure } from './failure.ts';
import { cancelled } from './limit.ts';

/** What is told while the agent works. */
export type AgentNews =
  | { readonly type: 'waiting'; readonly for: WaitingFor }
  | {
      readonly type: 'certificates';
      readonly items: readonly CertificateItem[];
      readonly troubles: readonly ModuleTrouble[];
      readonly isComplete: boolean;
    };

/** A port that did not answer in time may be another one; each further one is given this long. */
const nextLimit = 1_000;
/** How often it is looked whether the person has closed the agent's window. */
const closedEvery = 300;

/**
 * The agent's window, which the browser opens on a click: a window cannot look for the agent silently, but nor can it
 * be refused by the rules for local addresses. What comes from another window, another origin, with another nonce or
 * for another request is dropped; the browser alone says who speaks.
 */
export class AgentWindow {
  private readonly window: Window;
  private readonly nonce: string;
  private readonly ports: readonly number[];
  private port: number;
  private requests = 0;
  private isThere: Promise<void> | undefined;
  private receive: (message: BridgeMessage) => void = () => {};
  private agentVersion: string | undefined;

  private constructor(opened: Window, nonce: string, ports: readonly number[]) {
    this.window = opened;
    this.nonce = nonce;
    this.ports = ports;
    this.port = ports[0] ?? 0;
    window.addEventListener('message', (event) => this.hear(event));
  }

  /** Opens the window; to be called while a click is handled. Throws `agent_window_blocked`. */
  static open(ports: readonly number[]): AgentWindow {
    const nonce = base64url(crypto.getRandomValues(new Uint8Array(32)));
    const address = bridgeAddress(ports[0] ?? 0, nonce, location.origin);
    const opened = window.open(address, '_blank', 'popup,width=440,height=360');
    if (opened === null) throw new PageFailure('agent_window_blocked');
    return new AgentWindow(opened, nonce, ports);
  }

  get isOpen(): boolean {
    return !this.window.closed;
  }

  get version(): string | undefined {
    return this.agentVersion;
  }

  close(): void {
    this.window.close();
  }

  /** The certificates, as they come. */
  list(language: Language, signal: AbortSignal): AsyncGenerator<AgentNews, void> {
    return this.request({ type: 'list', language }, signal);
  }

  /** Signs the text; the last piece of news is the signature. */
  async *sign(
    text: {
      readonly challenge: string;
      readonly content: string;
      readonly thumbprint: string;
      readonly language: Language;
    },
    signal: AbortSignal,
  ): AsyncGenerator<AgentNews, string> {
    const { thumbprint } = text;
    for await (const news of this.conversation({ type: 'sign', ...text }, signal)) {
      if (news.type === 'waiting' || news.type === 'certificates') yield news;
      if (news.type !== 'signed') continue;
      if (news.thumbprint !== thumbprint) throw new PageFailure('agent_answer_invalid');
      return news.signature;
    }
    throw new PageFailure('agent_failed');
  }

  private async *request(body: PageBody, signal: AbortSignal): AsyncGenerator<AgentNews, void> {
    for await (const news of this.conversation(body, signal)) {
      if (news.type === 'waiting' || news.type === 'certificates') yield news;
      if (news.type === 'certificates' && news.isComplete) return;
    }
  }

  /** One request and what belongs to it, until whoever reads has had enough. */
  private async *conversation(body: PageBody, signal: AbortSignal): AsyncGenerator<BridgeMessage, void> {
    this.isThere ??= this.find(signal);
    await Promise.race([this.isThere, cancelled(signal)]);
    const id = `r${++this.requests}`;
    const heard: BridgeMessage[] = [];
    let wake = () => {};
    this.receive = (message) => {
      if (message.id !== id && message.type !== 'closing') return;
      heard.push(message);
      wake();
    };
    let isDone = false;
    try {
      this.say(id, body);
      let until = Date.now() + personLimit;
      while (true) {
        const message = heard.shift();
        if (message === undefined) {
          await Promise.race([
            new Promise<void>((resolve) => {
              wake = resolve;
            }),
            this.silence(until),
            cancelled(signal),
          ]);
          continue;
        }
        until = Date.now() + personLimit;
        if (message.type === 'failed') throw new PageFailure(message.code, message.details, message.words);
        if (message.type === 'closing') throw new PageFailure('signing_cancelled');
        isDone = message.type === 'signed' || (message.type === 'certificates' && message.isComplete);
        yield message;
      }
    } finally {
      if (!isDone && this.isOpen) this.say(id, { type: 'cancel' });
      this.receive = () => {};
    }
  }

  /** Rejects once the time is over, or the person has closed the window. */
  private silence(until: number): Promise<never> {
    return new Promise((_, reject) => {
      const timer = setInterval(() => {
        if (this.isOpen && Date.now() < until) return;
        clearInterval(timer);
        const waited = personLimit / 1_000;
        reject(
          this.isOpen
            ? new PageFailure('signing_timed_out', { waited })
            : new PageFailure('signing_cancelled'),
        );
      }, closedEvery);
    });
  }

  /** Waits for the agent to say that it is there, at one port after the other. */
  private async find(signal: AbortSignal): Promise<void> {
    const hello = new Promise<void>((resolve) => {
      this.receive = (message) => {
        if (message.type !== 'hello') return;
        this.agentVersion = message.version;
        resolve();
      };
    });
    for (const [index, port] of this.ports.entries()) {
      this.port = port;
      if (index > 0) this.window.location.href = bridgeAddress(port, this.nonce, location.origin);
      const limit = index === 0 ? helloLimit : nextLimit;
      const isHere = await Promise.race([
        hello.then(() => true),
        wait(limit).then(() => false),
        cancelled(signal),
      ]);
      if (isHere) return;
      if (!this.isOpen) throw new PageFailure('signing_cancelled');
    }
    this.close();
    throw new PageFailure('agent_unreachable', { address: `127.0.0.1:${this.ports.join(', ')}` });
  }

  private get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  private say(id: string, body: PageBody): void {
    this.window.postMessage(envelop(this.nonce, id, body), this.origin);
  }

  private hear({ source, origin, data }: MessageEvent): void {
    if (source !== this.window || origin !== this.origin) return;
    const message = readBridgeMessage(data, this.nonce);
    if (message !== undefined) this.receive(message);
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/**
 * Whether the agent answers, asked silently: only where the browser already allows this page to reach the computer it
 * runs on, so that nobody is ever asked for it while the page loads.
 */
export async function isAgentThere(ports: readonly number[]): Promise<boolean> {
  for (const name of ['loopback-network', 'local-network-access']) {
    if (!(await isGranted(name))) continue;
    for (const port of ports) {
      try {
        const response = await fetch(`http://127.0.0.1:${port}/v1/status`, {
          signal: AbortSignal.timeout(1_000),
        });
        if (response.ok) return true;
      } catch {
        // Nobody is at this port, or it is not the agent.
      }
    }
    return false;
  }
  return false;
}

async function isGranted(name: string): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: name as PermissionName });
    return state === 'granted';
  } catch {
    return false;
  }
}
