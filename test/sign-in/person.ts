import type { Problem } from '../../src/service/problem.ts';
import type { ChallengeData } from '../../src/sign-in/view/data.ts';
import { origin, type Portal, type Reply, signText, type TestService } from '../service/portal.ts';

/** The return address of the portal in these tests. */
export const returnUri = `${origin}/back`;

/** An answer to a browser, with its body as text. */
export interface PageReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A browser at the sign-in page, with a cookie of its own, as far as a server can tell. */
export class Person {
  private readonly service: TestService;
  cookie: string | undefined;

  constructor(service: TestService) {
    this.service = service;
  }

  /** Follows the portal's link; gives the path of the page. */
  async start(client: Portal, more: Readonly<Record<string, string>> = {}): Promise<string> {
    const query = new URLSearchParams({ client_id: client.id, return_uri: returnUri, state: 's', ...more });
    const { headers, status, text } = await this.get(`/sign-in/start?${query}`);
    if (status !== 303) throw new Error(text);
    const { pathname } = new URL(headers.get('location') ?? '');
    await this.get(pathname);
    return pathname;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<PageReply> {
    return this.ask(path, { headers });
  }

  post(path: string, headers: Readonly<Record<string, string>> = {}, body?: string): Promise<PageReply> {
    return this.ask(path, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-origin', ...headers },
      ...(body === undefined ? {} : { body }),
    });
  }

  /** The challenge that the page shows. */
  async challenge(path: string): Promise<ChallengeData> {
    const { text } = await this.post(`${path}/challenge`, { accept: 'application/json' });
    return JSON.parse(text) as ChallengeData;
  }

  /** Hands a signature in, as the page's script does; by default a good one. */
  async sign(path: string, signature?: string): Promise<Reply<{ location: string | null } & Problem>> {
    const { challenge, text } = await this.challenge(path);
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const body = JSON.stringify({ challenge, signature: signature ?? signText(text) });
    const reply = await this.post(`${path}/signature`, headers, body);
    return { status: reply.status, headers: reply.headers, body: JSON.parse(reply.text) };
  }

  /** Signs in; gives the code that the portal is brought. */
  async code(path: string): Promise<string> {
    const { body } = await this.sign(path);
    return new URL(body.location ?? '').searchParams.get('code') ?? '';
  }

  /** Keeps a cookie, in place of one of its name. */
  private keep(cookie: string): void {
    const name = cookie.slice(0, cookie.indexOf('=') + 1);
    const others = (this.cookie ?? '').split('; ').filter((each) => each !== '' && !each.startsWith(name));
    this.cookie = [...others, cookie].join('; ');
  }

  private async ask(path: string, init: RequestInit): Promise<PageReply> {
    const headers = {
      ...(this.cookie ? { cookie: this.cookie } : {}),
      ...(init.headers as Record<string, string>),
    };
    const response = await fetch(`${this.service.url}${path}`, { ...init, headers, redirect: 'manual' });
    for (const set of response.headers.getSetCookie()) this.keep(set.split(';')[0] ?? '');
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
}
