import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { type Policy, policySchema } from '../../src/relying-party/registration.ts';
import type { ChallengeData } from '../../src/sign-in/view/data.ts';
import { type Setting, signInPower } from '../authorisation/setting.ts';

/** A page, as a browser without a script has it. */
export interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** Registers the account page as one that lets in the test authority's certificates. */
export function openAccount(setting: Setting, changes: Partial<Policy> = {}): Promise<unknown> {
  const policy = {
    ...{ requireQualified: false, acceptedPowers: [signInPower], organisationView: true },
    ...{ sessionMinutes: 60, sessionIdleMinutes: 15 },
    ...changes,
  };
  return setting.portal({ id: 'sealgate-account', policy: policySchema.parse(policy) });
}

/** A browser at the account page, with cookies of its own. */
export class AccountVisitor {
  private readonly setting: Setting;
  private readonly headers: Readonly<Record<string, string>>;
  readonly cookies = new Map<string, string>();

  /** `headers` go along with each request, as a proxy in front of the service adds them. */
  constructor(setting: Setting, headers: Readonly<Record<string, string>> = {}) {
    this.setting = setting;
    this.headers = headers;
  }

  /** Signs in to the account by a certificate; gives the page that this leads to. */
  async enter(signer: IssuedCertificate, inn = ''): Promise<Page> {
    return this.get(await this.returnPath(signer, inn));
  }

  /** Signs at the sign-in page, for the organisation with that INN where it is given; gives the path that it leads back to, with the code. */
  async returnPath(signer: IssuedCertificate, inn = ''): Promise<string> {
    const signed = await this.sign(signer, inn);
    const { location } = JSON.parse(signed.text) as { readonly location?: string };
    if (location === undefined) throw new Error(signed.text);
    const { pathname, search } = new URL(location);
    return `${pathname}${search}`;
  }

  /** Hands a signature in at the sign-in page; gives what the page's script is answered. */
  async sign(signer: IssuedCertificate, inn = ''): Promise<Page> {
    const begun = await this.post('/account/sign-in', { inn });
    const path = new URL(begun.headers.get('location') ?? '').pathname;
    await this.get(path);
    const json = { accept: 'application/json', 'content-type': 'application/json' };
    const shown = JSON.parse((await this.ask(`${path}/challenge`, { method: 'POST', headers: json })).text);
    const { challenge, text } = shown as ChallengeData;
    const body = JSON.stringify({ challenge, signature: await this.signature(text, signer) });
    return this.ask(`${path}/signature`, { method: 'POST', headers: json, body });
  }

  /** A detached signature over a text, in base64. */
  async signature(text: string, signer: IssuedCertificate): Promise<string> {
    const octets = await signDetached(Buffer.from(text), signer, this.setting.now());
    return Buffer.from(octets).toString('base64');
  }

  get(path: string): Promise<Page> {
    return this.ask(path, {});
  }

  /** Posts a form of one of the service's pages, and opens what it leads to. */
  async act(path: string, fields: Readonly<Record<string, string>> = {}): Promise<Page> {
    const page = await this.post(path, fields);
    const location = page.headers.get('location');
    return page.status === 303 && location !== null ? this.get(location) : page;
  }

  /** Posts a form; by default as a page of the service does. */
  post(
    path: string,
    fields: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Page> {
    return this.ask(path, { method: 'POST', headers, body: new URLSearchParams(fields) });
  }

  /** Path of the page that connects a carrier, and the challenge that it shows. */
  async connection(): Promise<{ readonly path: string; readonly challenge: string }> {
    const { text } = await this.get('/account/carriers/connect');
    const [, path = '', challenge = ''] =
      /action="([^"]+)\/signature"[\s\S]*?name="challenge" value="([^"]+)"/.exec(text) ?? [];
    return { path, challenge };
  }

  /** Connects the certificate of `signer` by the page's form. */
  async connect(signer: IssuedCertificate): Promise<Page> {
    const { path, challenge } = await this.connection();
    const file = await this.get(`${path}/text`);
    const form = new FormData();
    form.set('challenge', challenge);
    form.set('signature', new Blob([await this.signature(file.text, signer)]), 'text.sig');
    const page = await this.ask(`${path}/signature`, { method: 'POST', body: form });
    const location = page.headers.get('location');
    return location === null ? page : this.get(location);
  }

  async ask(path: string, init: RequestInit): Promise<Page> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${this.setting.url}${path}`, {
      ...init,
      redirect: 'manual',
      headers: {
        ...{ accept: 'text/html', 'accept-language': 'en', 'sec-fetch-site': 'same-origin' },
        ...(cookie === '' ? {} : { cookie }),
        ...this.headers,
        ...(init.headers as Record<string, string>),
      },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return { status: response.status, text: await response.text(), headers: response.headers };
  }
}

/** The failure code that a page shows. */
export function codeIn({ text }: Page): string | undefined {
  return /id="failure-code">([a-z_]+)</.exec(text)?.[1];
}
