import { SealgateError } from '../../error.ts';
import { isOrigin } from '../../relying-party/origin.ts';
import { type BridgeBody, largestDocument, readPageMessage } from '../bridge-message.ts';
import { answerPage } from '../request/answer.ts';
import { failedBody } from '../view/failed.ts';
import { readJson } from './body.ts';
import { streamJson } from './respond.ts';
import type { Call, Route } from './route.ts';

/** What a document takes in base64, and the rest of its message. */
export const largestRequest = Math.ceil(largestDocument / 3) * 4 + 65_536;

/** Routes of the bridge window. */
export const bridgeRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/bridge',
    caller: 'page',
    page: 'bridge',
    body: { type: 'application/json', limit: largestRequest },
    handle: serveBridge,
  },
];

/**
 * What a portal's page has said to the bridge, with the origin from which the browser delivered it. Answered message
 * by message; a bridge that goes away has cancelled.
 */
async function serveBridge({ agent, body, response }: Call): Promise<void> {
  const { origin, nonce, message } = readJson(body);
  if (typeof origin !== 'string' || !isOrigin(origin)) {
    throw new SealgateError('agent_request_foreign', { field: 'origin' });
  }
  const request = typeof nonce === 'string' ? readPageMessage(message, nonce) : undefined;
  if (request === undefined || request.type === 'cancel') {
    throw new SealgateError('request_malformed', { field: 'message', problem: 'no request of a page' });
  }
  await streamJson<BridgeBody>(
    response,
    (signal) => answerPage(agent, origin, request, signal),
    (error) => failedBody(error, request.language),
  );
}
