import { z } from 'zod';

const shownChallenge = z.looseObject({ challenge: z.string(), text: z.string() });
const signedAnswer = z.looseObject({ location: z.string() });

/** A page that a browser stands at. */
interface Page {
  readonly address: string;
  readonly text: string;
}

/**
 * The person's browser at the service's own pages, without a script: it follows addresses, keeps each site's cookies and
 * posts what the pages' forms would post.
 */
export class PageBrowser {
  private readonly cookies = new Map<string, Map<string, string>>();

  /** Follows `address` until a page is shown. */
  async open(address: string): Promise<Page> {
    let at = address;
    for (let steps = 0; steps < 10; steps++) {
      const response = await this.ask(at, {});
      const next = response.headers.get('location');
      if (next === null) return { address: at, text: await this.textOf(response) };
      at = new URL(next, at).href;
    }
    throw new Error(`no end to redirects from ${address}`);
  }

  /** Signs the text of the sign-in page at `address` and gives the address at which it ends. */
  async sign(address: string, sign: (text: string) => Promise<Uint8Array>): Promise<string> {
    const { challenge, text } = shownChallenge.parse(await this.post(`${address}/challenge`));
    const signature = Buffer.from(await sign(text)).toString('base64');
    const answer = await this.post(`${address}/signature`, { challenge, signature });
    return new URL(signedAnswer.parse(answer).location, address).href;
  }

  /** Allows at the page of `address` what it asks for, and follows it to the portal. */
  async allow(address: string): Promise<Page> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await this.ask(address, { method: 'POST', headers, body: 'decision=allow' });
    const link = /<a [^>]*href="([^"]+)"[^>]*id="go-on"/.exec(await this.textOf(response))?.[1];
    if (link === undefined) throw new Error('the page leads nowhere');
    return this.open(link.replaceAll('&#38;', '&'));
  }

  private async post(address: string, body?: object): Promise<unknown> {
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const init = { method: 'POST', headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return JSON.parse(await this.textOf(await this.ask(address, init)));
  }

  private async textOf(response: Response): Promise<string> {
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.url}: ${response.status} ${text}`);
    return text;
  }

  private async ask(address: string, init: RequestInit): Promise<Response> {
    const { origin } = new URL(address);
    const known = this.cookies.get(origin) ?? new Map<string, string>();
    this.cookies.set(origin, known);
    const cookie = [...known].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = {
      origin,
      ...(cookie === '' ? {} : { cookie }),
      ...(init.headers as Record<string, string>),
    };
    const response = await fetch(address, { ...init, headers, redirect: 'manual' });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      known.set(name, value);
    }
    return response;
  }
}
