import { element } from '../../markup/element.ts';
import { status } from '../../markup/icon.ts';
import { byId, toNode } from '../../markup/node.ts';
import {
  type BridgeBody,
  envelop,
  type PageMessage,
  readBridgeFragment,
  readPageMessage,
  unasked,
} from '../bridge-message.ts';
import { askFor, pageData, Refused } from './ask.ts';
import { fill } from './fill.ts';
import { words as allWords } from './words.ts';

/** How many requests of one page are under way at once. */
const mostRequests = 4;

const { language, version } = pageData();
const words = allWords[language];
const claim = readBridgeFragment(location.hash);
const page = window.opener as Window | null;
// The nonce is the page's and need not stay in the address.
history.replaceState(null, '', location.pathname);

if (claim === undefined || page === null) explainItself();
else connect(page, claim.origin, claim.nonce);

/** Somebody has opened the address by hand. */
function explainItself(): void {
  byId('main').replaceChildren(
    toNode(
      element(
        'div',
        { class: 'stack' },
        element('h1', {}, words.bridgeAlone),
        element('p', {}, words.bridgeAloneAbout),
        element('p', {}, element('a', { href: '/', rel: 'noopener' }, words.toHome)),
      ),
    ),
  );
}

/**
 * Carries messages between a portal's page and the agent. The page is whoever the browser says it is: a message counts
 * only from the window that opened this one, and only from the origin that it claimed, to which alone answers go.
 */
function connect(portal: Window, origin: string, nonce: string): void {
  const underWay = new Map<string, AbortController>();
  const say = (id: string, body: BridgeBody) => portal.postMessage(envelop(nonce, id, body), origin);

  byId('main').replaceChildren(
    toNode(
      element(
        'div',
        { class: 'stack' },
        element('h1', {}, words.bridgeTitle),
        element('p', {}, words.bridgeFor(origin)),
        element('p', { role: 'status', id: 'progress' }, status('wait', words.bridgeWaiting)),
      ),
    ),
  );
  window.addEventListener('message', (event) => {
    if (event.source !== portal || event.origin !== origin) return;
    const message = readPageMessage(event.data, nonce);
    if (message !== undefined) void serve(message);
  });
  say(unasked, { type: 'hello', agent: 'sealgate', version });
  const watching = setInterval(() => {
    if (!portal.closed) return;
    clearInterval(watching);
    window.close();
  }, 1000);

  async function serve(message: PageMessage): Promise<void> {
    const { id } = message;
    if (message.type === 'cancel') return underWay.get(id)?.abort();
    if (underWay.has(id) || underWay.size >= mostRequests) return;
    const asked = new AbortController();
    underWay.set(id, asked);
    const end = await relay(id, { origin: origin, nonce, message }, asked.signal);
    underWay.delete(id);
    if (end === 'signed') leave();
  }

  /** Asks the agent and hands on what it answers; gives the type of the last message. */
  async function relay(
    id: string,
    request: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<BridgeBody['type']> {
    let last: BridgeBody = failed('agent_failed');
    try {
      for await (const body of askFor<BridgeBody>('/v1/bridge', request, {}, signal)) {
        last = body;
        say(id, body);
        show(body);
      }
      if (isEnd(last)) return last.type;
      last = failed('agent_failed');
    } catch (error) {
      last = signal.aborted ? failed('signing_cancelled') : failureOf(error);
    }
    say(id, last);
    show(last);
    return last.type;
  }

  function leave(): void {
    say(unasked, { type: 'closing' });
    window.close();
  }
}

function isEnd(body: BridgeBody): boolean {
  return (
    body.type === 'signed' || body.type === 'failed' || (body.type === 'certificates' && body.isComplete)
  );
}

function failed(code: string, refused?: Refused): Extract<BridgeBody, { type: 'failed' }> {
  return { type: 'failed', code, details: {}, ...(refused !== undefined && { words: refused.words }) };
}

function failureOf(error: unknown): Extract<BridgeBody, { type: 'failed' }> {
  return error instanceof Refused ? failed(error.code, error) : failed('agent_failed');
}

function show(body: BridgeBody): void {
  const isAsking = body.type === 'waiting' && body.for !== 'token';
  const text = isAsking ? words.bridgeConfirm : isEnd(body) ? words.bridgeDone : words.bridgeWaiting;
  fill('progress', status(isEnd(body) && body.type !== 'failed' ? 'good' : 'wait', text));
}
