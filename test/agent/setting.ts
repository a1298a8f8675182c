import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { envelop, type PageBody } from '../../src/agent/bridge-message.ts';
import { type RunningAgent, startServer } from '../../src/agent/http/server.ts';
import type { ModuleChoice } from '../../src/agent/key/search.ts';
import { challengeText, type TextFacts } from '../../src/challenge/text.ts';

/** An agent in this process, on a port that the system chose, with a folder of its own. */
export interface TestAgent extends RunningAgent {
  readonly folder: string;
  /** Addresses of the windows that it has had opened, the oldest first. */
  opened(): Promise<readonly string[]>;
  /** The address of the next window, as soon as it has been opened. */
  nextWindow(): Promise<string>;
  remove(): Promise<void>;
}

/** Starts an agent whose opener does no more than to note the address; on a free port, unless one is given. */
export async function testAgent(
  modules: readonly ModuleChoice[],
  { keepPin = 0, port = 0 } = {},
): Promise<TestAgent> {
  const folder = await mkdtemp(join(tmpdir(), 'sealgate-agent-'));
  const note = join(folder, 'opened');
  const opener = join(folder, 'opener');
  await writeFile(note, '');
  await writeFile(opener, `#!/bin/sh\necho "$1" >> '${note}'\n`, { mode: 0o700 });
  const data = join(folder, 'data');
  // A module that is in no place, so that the tokens of the machine have no part in a test without any.
  const named = modules.length > 0 ? modules : [{ name: join(folder, 'none.so') }];
  const running = await startServer({ folder: data, modules: named, keepPin, opener }, [port], '0.0.0');
  const opened = async () => (await readFile(note, 'utf8')).split('\n').filter((line) => line !== '');
  let seen = 0;
  return {
    ...running,
    folder: data,
    opened,
    nextWindow: async () => {
      for (let tries = 0; tries < 1200; tries++) {
        const address = (await opened())[seen];
        if (address !== undefined) {
          seen++;
          return address;
        }
        await wait(25);
      }
      throw new Error('no window was opened');
    },
    remove: async () => {
      await running.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An answer as it came. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** What to send; nothing is added to it but the length of the body. */
export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly host?: string;
  readonly signal?: AbortSignal;
  /** Called with each line of the answer as it comes. */
  readonly onLine?: (line: string) => void;
}

/** Sends a request over a connection of its own. */
export function send(port: number, sent: Sent): Promise<Answer> {
  const { method = 'GET', path, headers = {}, body, host = '127.0.0.1', signal, onLine } = sent;
  const own = { host: `127.0.0.1:${port}`, ...headers };
  const octets = body === undefined ? undefined : Buffer.from(body);
  const length = octets === undefined ? {} : { 'content-length': String(octets.length) };
  return new Promise((resolve, reject) => {
    const asked = request(
      { host, port, path, method, headers: { ...length, ...own }, agent: false, ...(signal && { signal }) },
      (response) => {
        let text = '';
        let rest = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          const lines = `${rest}${chunk}`.split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) onLine?.(line);
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    asked.on('error', reject);
    asked.end(octets);
  });
}

/** The key that a page of the agent was given. */
export async function pageKey(port: number, path: '/' | '/bridge' | `/confirm/${string}`): Promise<string> {
  const { text } = await send(port, { path });
  const data = /<script type="application\/json" id="page-data">(.*?)<\/script>/.exec(text)?.[1] ?? '{}';
  return JSON.parse(data).key;
}

/** Headers of a page of the agent that asks it. */
export function ownHeaders(port: number, key: string): Record<string, string> {
  return {
    origin: `http://127.0.0.1:${port}`,
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/json',
    'sealgate-key': key,
  };
}

/** A message of a page in its envelope. */
export function envelopeFor(body: PageBody) {
  return envelop(randomBytes(16).toString('base64url'), 'r1', body);
}

/** A portal's page as the bridge hands it on. */
export async function throughBridge(
  port: number,
  origin: string,
  body: PageBody,
  options: Pick<Sent, 'signal' | 'onLine'> = {},
): Promise<readonly Record<string, unknown>[]> {
  const key = await pageKey(port, '/bridge');
  const message = envelopeFor(body);
  const answer = await send(port, {
    method: 'POST',
    path: '/v1/bridge',
    headers: ownHeaders(port, key),
    body: JSON.stringify({ origin, nonce: message.nonce, message }),
    ...options,
  });
  if (answer.status !== 200) return [JSON.parse(answer.text)];
  return linesOf(answer.text);
}

/** An answer that holds one JSON object a line. */
function linesOf(text: string): readonly Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** The person before a window of the agent that was opened at `address`. */
export class TestWindow {
  private readonly port: number;
  private readonly key: string;
  readonly seat: string;

  private constructor(port: number, key: string, seat: string) {
    this.port = port;
    this.key = key;
    this.seat = seat;
  }

  /** Opens it as a window of its own, or as the one that has the seat already. */
  static async open(address: string, seat = randomBytes(32).toString('hex')): Promise<TestWindow> {
    const { port, pathname } = new URL(address);
    const key = await pageKey(Number(port), pathname as `/confirm/${string}`);
    const answer = await send(Number(port), {
      method: 'POST',
      path: '/v1/window/open',
      headers: { ...ownHeaders(Number(port), key), 'sealgate-seat': seat },
      body: JSON.stringify({ address: pathname.split('/').at(-1) }),
    });
    const { code } = JSON.parse(answer.text);
    if (code !== undefined) throw new Error(code);
    return new TestWindow(Number(port), key, seat);
  }

  async ask(
    what: string,
    body: string | Uint8Array = '{}',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Record<string, unknown>> {
    const answer = await this.post(what, body, headers);
    return JSON.parse(answer.text);
  }

  /** How the demand stood from now on, up to its end. */
  async follow(): Promise<readonly Record<string, unknown>[]> {
    const answer = await this.post('follow', '{}');
    return linesOf(answer.text);
  }

  private post(
    what: string,
    body: string | Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): ReturnType<typeof send> {
    const isOctets = typeof body !== 'string';
    return send(this.port, {
      method: 'POST',
      path: `/v1/window/${what}`,
      headers: {
        ...ownHeaders(this.port, this.key),
        ...(isOctets && { 'content-type': 'application/octet-stream' }),
        'sealgate-seat': this.seat,
        ...headers,
      },
      body,
    });
  }

  /** Waits as long as a window has to be seen, and confirms. */
  async confirm(
    pin: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Record<string, unknown>> {
    await wait(950);
    return this.ask('confirm', Buffer.from(pin), headers);
  }

  async allow(): Promise<Record<string, unknown>> {
    await wait(950);
    return this.ask('allow');
  }
}

/** A challenge of the portal, in its own words. */
export function challengeOf(origin: string, facts: Partial<TextFacts> = {}): string {
  return challengeText({
    language: 'ru',
    portal: 'Торговая площадка',
    origin,
    issuedAt: Date.now(),
    nonce: randomBytes(32),
    ...facts,
  });
}

/** What a page sends to have a challenge signed. */
export function signBody(challenge: string, thumbprint?: string): Extract<PageBody, { type: 'sign' }> {
  const content = Buffer.from(challenge).toString('base64');
  return {
    type: 'sign',
    challenge,
    content,
    language: 'ru',
    ...(thumbprint !== undefined && { thumbprint }),
  };
}
