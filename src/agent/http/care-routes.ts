import { SealgateError } from '../../error.ts';
import type { PinCare } from '../care/care.ts';
import type { FoundToken } from '../care/found-token.ts';
import { readJson, readLanguage } from './body.ts';
import { sendJson } from './respond.ts';
import { type Call, type Route, smallJson } from './route.ts';
import { finalTryHeader } from './window-routes.ts';

/** Headers beside the PINs of a body: the token, what is done to it, and what else it takes. */
export const tokenHeader = 'sealgate-token';
export const careHeader = 'sealgate-care';
export const labelHeader = 'sealgate-label';

/** Two PINs, or a PIN and a certificate. */
const largestBody = 65_536;

/** Routes by which the agent's page takes care of tokens. Their bodies are octets, so that a PIN is never text here. */
export const careRoutes: readonly Route[] = [
  {
    ...{ method: 'POST', path: '/v1/home/tokens', caller: 'page', page: 'home', body: smallJson },
    handle: serveTokens,
  },
  careRoute('/v1/home/pin', servePinCare),
  careRoute('/v1/home/set-up', serveSetUp),
  careRoute('/v1/home/import', serveImport),
  careRoute('/v1/home/renew', serveRenewal),
  careRoute('/v1/home/order', serveOrder),
  careRoute('/v1/home/remove', serveRemoval),
];

/** What is done with a token, and with the octets before and after the first zero of the body. */
type Care = (call: Call, token: FoundToken, first: Buffer, second: Buffer) => Promise<unknown>;

function careRoute(path: string, care: Care): Route {
  return {
    ...{ method: 'POST', path, caller: 'page', page: 'home' },
    body: { type: 'application/octet-stream', limit: largestBody },
    handle: async (call) => {
      const { agent, request, body, response } = call;
      try {
        const end = body.indexOf(0);
        if (end < 0)
          throw new SealgateError('request_malformed', { field: 'body', problem: 'not two parts' });
        const { findToken } = await import('../care/found-token.ts');
        const answer = await agent.keys.during(async (modules) => {
          const token = await findToken(modules, headerOf(request, tokenHeader));
          return care(call, token, body.subarray(0, end), body.subarray(end + 1));
        });
        sendJson(response, 200, answer ?? {});
      } finally {
        body.fill(0);
        // Whatever became of it: a PIN that was kept may be the token's no more.
        agent.pins.forgetAll();
      }
    },
  };
}

async function serveTokens({ agent, body, response }: Call): Promise<void> {
  const { findTokens } = await import('../care/found-token.ts');
  const { tokensView } = await import('../view/token.ts');
  const found = await agent.keys.during(findTokens);
  sendJson(response, 200, tokensView(found, readLanguage(body)));
}

async function servePinCare({ request }: Call, token: FoundToken, present: Buffer, wanted: Buffer) {
  const { carePin } = await import('../care/care.ts');
  const isFinalTry = request.headers[finalTryHeader] === '1';
  await carePin(token, pinCareOf(headerOf(request, careHeader)), { present, wanted }, isFinalTry);
}

function pinCareOf(name: string): PinCare {
  if (name === 'change' || name === 'unblock' || name === 'unblock-by-puk') return name;
  throw new SealgateError('request_malformed', { field: careHeader, problem: 'unknown' });
}

async function serveSetUp({ request }: Call, token: FoundToken, present: Buffer, wanted: Buffer) {
  const { setUp } = await import('../care/care.ts');
  await setUp(token, labelOf(headerOf(request, labelHeader)), { present, wanted });
}

/** A label of any letters, which a header does not hold as they are. */
function labelOf(encoded: string): string {
  try {
    const label = decodeURIComponent(encoded).trim();
    if (label !== '') return label;
  } catch {
    // As an empty one.
  }
  throw new SealgateError('request_malformed', { field: labelHeader, problem: 'no label' });
}

async function serveImport(_: Call, token: FoundToken, pin: Buffer, certificate: Buffer) {
  const { importIssued } = await import('../care/care.ts');
  return { isNew: await importIssued(token, certificate, pin) };
}

async function serveRenewal(_: Call, token: FoundToken, pin: Buffer, fingerprint: Buffer) {
  const { renewOn } = await import('../care/care.ts');
  const { toPem } = await import('../../encoding/textual.ts');
  const { request, key, isInTerm } = await renewOn(token, fingerprint.toString('latin1'), pin);
  return { request: toPem('CERTIFICATE REQUEST', request), label: key.label, isInTerm };
}

async function serveOrder(_: Call, token: FoundToken, pin: Buffer, asked: Buffer) {
  const { orderCertificate } = await import('../care/order.ts');
  const { toPem } = await import('../../encoding/textual.ts');
  const { order } = readJson(asked);
  const ordered = await orderCertificate(token, order, pin, readLanguage(asked));
  if ('breaches' in ordered) return ordered;
  return { request: toPem('CERTIFICATE REQUEST', ordered.request), label: ordered.label };
}

async function serveRemoval(_: Call, token: FoundToken, pin: Buffer, asked: Buffer) {
  const { removeFrom } = await import('../care/care.ts');
  const [, kind, id = ''] = /^(key|certificate) ([0-9a-f]+)$/.exec(asked.toString('latin1')) ?? [];
  if (kind === undefined) throw new SealgateError('request_malformed', { field: 'body', problem: 'no name' });
  await removeFrom(token, kind === 'key' ? { key: id } : { certificate: id }, pin);
}

function headerOf(request: Call['request'], name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}
