import type { ChallengeData } from '../../src/sign-in/view/data.ts';
import { signText, type TestService } from '../service/portal.ts';

interface Cookie {
  readonly path: string;
  readonly value: string;
}

/** Where a visitor has come to: a page of the service, or an address of somebody else's. */
export interface Stop {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** Whether it is an address of a portal, which nobody answers in these tests. */
  readonly isAway: boolean;
}

/** A browser without a script, as far as servers can tell: it keeps cookies, follows redirects and posts forms. */
export class Visitor {
  private readonly service: TestService;
  /** The service as portals know it; requests for it go to where it listens. */
  private readonly origin: string;
  readonly cookies = new Map<string, Cookie>();
  /** Pages that were passed, in their order. */
  readonly passed: string[] = [];
  /** Whether it signs in and consents by itself. */
  isWilling = true;

  constructor(service: TestService) {
    this.service = service;
    this.origin = new URL(service.service.issuer).origin;
  }

  /** Opens an address and goes on as far as it leads, through signature and consent where it is willing. */
  async open(address: string | URL, init: RequestInit = {}): Promise<Stop> {
    let stop = await this.follow(new URL(address), init);
    for (let steps = 0; this.isWilling && !stop.isAway && steps < 5; steps += 1) {
      const { pathname } = stop.url;
      if (/\/sign-in\/[\w-]{43}$/.test(pathname) && stop.status === 200) stop = await this.sign(stop.url);
      else if (/ action="[^"]*\/consent"/.test(stop.text)) stop = await this.answer(stop, 'agree');
      else return stop;
    }
    return stop;
  }

  /** Answers the page that asks what may be handed over. */
  answer({ url }: Stop, answer: 'agree' | 'decline'): Promise<Stop> {
    return this.post(`${url.origin}${url.pathname}/consent`, { answer });
  }

  /** Signs at a page of a sign-in and goes on from there. */
  async sign({ href, origin, pathname }: URL, signature?: string): Promise<Stop> {
    const data = { accept: 'application/json', 'content-type': 'application/json' };
    const shown = await this.request(new URL(`${origin}${pathname}/challenge`), {
      method: 'POST',
      headers: data,
    });
    const { challenge, text } = (await shown.json()) as ChallengeData;
    const signed = await this.request(new URL(`${href}/signature`), {
      method: 'POST',
      headers: data,
      body: JSON.stringify({ challenge, signature: signature ?? signText(text) }),
    });
    const { location } = (await signed.json()) as { readonly location: string };
    return this.follow(new URL(location));
  }

  /** Posts a form, as a page of the service does. */
  post(address: string | URL, fields: Readonly<Record<string, string>>): Promise<Stop> {
    return this.open(address, { method: 'POST', body: new URLSearchParams(fields) });
  }

  private async follow(address: URL, init: RequestInit = {}): Promise<Stop> {
    let [url, sent] = [address, init];
    for (let count = 0; count < 20; count += 1) {
      if (url.origin !== this.origin) {
        return { url, status: 0, text: '', headers: new Headers(), isAway: true };
      }
      const response = await this.request(url, sent);
      this.passed.push(url.pathname);
      const location = response.headers.get('location');
      if (location === null) {
        const text = await response.text();
        const form = /<form method="post" action="([^"]+)">([\s\S]*?)<\/form>/.exec(text);
        // A form that a script sends by itself.
        if (form?.[1] && text.includes('document.forms[0].submit()')) {
          const inputs = [...(form[2] ?? '').matchAll(/name="(\w+)" value="([^"]*)"/g)];
          const fields = inputs.map(([, name = '', value = '']) => [name, value] as const);
          url = new URL(form[1].replaceAll('&amp;', '&'));
          sent = { method: 'POST', body: new URLSearchParams(Object.fromEntries(fields)) };
          continue;
        }
        return { url, status: response.status, text, headers: response.headers, isAway: false };
      }
      [url, sent] = [new URL(location, url), {}];
    }
    throw new Error('it leads nowhere');
  }

  private async request(url: URL, init: RequestInit): Promise<Response> {
    const cookie = [...this.cookies]
      .filter(([, { path }]) => url.pathname === path || url.pathname.startsWith(path.replace(/\/?$/, '/')))
      .map(([name, { value }]) => `${name.split(' ')[0]}=${value}`)
      .join('; ');
    const response = await fetch(`${this.service.url}${url.pathname}${url.search}`, {
      ...init,
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        'sec-fetch-site': 'same-origin',
        ...(cookie === '' ? {} : { cookie }),
        ...(init.headers as Record<string, string>),
      },
    });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    return response;
  }

  private keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const path = /; path=([^;]+)/i.exec(line)?.[1] ?? '/';
    if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(`${name} ${path}`);
    else this.cookies.set(`${name} ${path}`, { path, value });
  }
}
