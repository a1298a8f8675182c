import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A window at the agent's address that does what a test tells it to: an honest agent would not. */
export interface BridgeStandIn {
  readonly port: number;
  /** Script of the window; has `say(id, body)`, `nonce`, `origin`, and `heard`, called with each message of the page. */
  script: string;
  /** Messages of the page, as the window told them. */
  readonly heard: Readonly<Record<string, unknown>>[];
  /** Answers the window's question for a signature. */
  sign: (content: string) => Promise<string>;
  close(): void;
}

const shell = (script: string) => `<!doctype html><title>Agent</title><script>
const [, nonce, encoded] = /^#v1\\.([^.]+)\\.(.+)$/.exec(location.hash);
const origin = decodeURIComponent(encoded);
const say = (id, body, mark = nonce) => opener.postMessage({ sealgate: 'bridge/1', nonce: mark, id, ...body }, origin);
let heard = () => {};
addEventListener('message', (event) => {
  if (event.source !== opener || event.origin !== origin) return;
  fetch('/heard', { method: 'POST', body: JSON.stringify(event.data) });
  heard(event.data);
});
${script}
</script>`;

/** Starts it on a free port of the machine itself. */
export async function startBridge(): Promise<BridgeStandIn> {
  const heard: Record<string, unknown>[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const body = Buffer.concat(chunks).toString();
      if (request.url === '/bridge') {
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(shell(bridge.script));
      } else if (request.url === '/heard') {
        heard.push(JSON.parse(body));
        response.end();
      } else {
        response.end(await bridge.sign(body));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bridge: BridgeStandIn = {
    port: (server.address() as AddressInfo).port,
    script: '',
    heard,
    sign: () => Promise.reject(new Error('nothing is signed')),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return bridge;
}
