import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import type { PageBody } from '../../src/agent/bridge-message.ts';

/**
 * What a portal's page does with the bridge, and nothing else: it opens the window on a click, sends what it is told to
 * send, and keeps what comes from the window that it opened and from the agent's origin.
 */
const script = `
import { bridgeAddress, envelop, readBridgeMessage } from './src/agent/bridge-message.ts';
const portal = { nonce: 'n0nce-of-the-portals-page', messages: [], dropped: [], popup: null };
window.portal = portal;
document.getElementById('open').addEventListener('click', () => {
  const { port, claim } = portal.wish;
  portal.port = port;
  portal.popup = window.open(bridgeAddress(port, portal.nonce, claim ?? location.origin), '_blank', 'popup,width=440,height=360');
});
window.addEventListener('message', ({ source, origin, data }) => {
  const isAgent = source === portal.popup && origin === 'http://127.0.0.1:' + portal.port;
  const message = isAgent ? readBridgeMessage(data, portal.nonce) : undefined;
  (message === undefined ? portal.dropped : portal.messages).push(message ?? { origin, data });
});
portal.say = (id, body) => portal.popup.postMessage(envelop(portal.nonce, id, body), '*');
`;

/** A portal that serves one page over https, under whatever name the browser asks it. */
export interface Portal {
  readonly port: number;
  close(): void;
}

/** Starts the portal with a certificate that nobody knows; browsers are told not to mind. */
export async function startPortalPage(): Promise<Portal> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const bundle = await build({
    stdin: { contents: script, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
  });
  const code = bundle.outputFiles[0]!.text;
  const page = `<!doctype html><html lang="en"><title>Portal</title><h1>Portal</h1><button id="open">Sign in</button><script type="module" src="/portal.js"></script>`;
  const server = createServer(selfSigned(), (request, response) => {
    const isScript = request.url === '/portal.js';
    response.writeHead(200, {
      'Content-Type': isScript ? 'text/javascript' : 'text/html; charset=utf-8',
      'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
    });
    response.end(isScript ? code : page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function selfSigned(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-portal-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const made = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
    ];
    execFileSync('openssl', ['req', '-x509', ...made, '-subj', '/CN=portal.example', '-days', '2'], {
      stdio: 'ignore',
    });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the portal's page has heard from the bridge. */
export type Heard = Readonly<Record<string, unknown>>;

/** The portal's page in a browser. */
export class PortalPage {
  readonly page: Page;
  private readonly port: number;
  bridge: Page | undefined;

  constructor(page: Page, agentPort: number) {
    this.page = page;
    this.port = agentPort;
  }

  /** Opens the bridge by a click; `claim` is an origin that the page pretends to have. */
  async connect(claim?: string): Promise<Page> {
    await this.page.evaluate(
      (wish) => Object.assign((globalThis as never as { portal: object }).portal, { wish }),
      {
        port: this.port,
        ...(claim !== undefined && { claim }),
      },
    );
    const popup = this.page.waitForEvent('popup');
    await this.page.click('#open');
    this.bridge = await popup;
    return this.bridge;
  }

  async say(id: string, body: PageBody): Promise<void> {
    await this.page.evaluate(
      ([to, what]) =>
        (globalThis as unknown as { portal: { say(id: string, body: unknown): void } }).portal.say(to, what),
      [id, body] as const,
    );
  }

  heard(): Promise<readonly Heard[]> {
    return this.page.evaluate(
      () => (globalThis as unknown as { portal: { messages: Heard[] } }).portal.messages,
    );
  }

  dropped(): Promise<readonly Heard[]> {
    return this.page.evaluate(
      () => (globalThis as unknown as { portal: { dropped: Heard[] } }).portal.dropped,
    );
  }

  /** Waits for a message of the bridge. */
  async hears(type: string, id?: string): Promise<Heard> {
    for (let tries = 0; tries < 600; tries++) {
      const found = (await this.heard()).find(
        (each) => each.type === type && (id === undefined || each.id === id),
      );
      if (found !== undefined) return found;
      await this.page.waitForTimeout(50);
    }
    throw new Error(`no ${type} came, only ${JSON.stringify((await this.heard()).map((each) => each.type))}`);
  }
}
