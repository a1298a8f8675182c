import { SealgateError } from '../../error.ts';
import { type BridgeBody, readPageMessage } from '../bridge-message.ts';
import { answerPage } from '../request/answer.ts';
import { failedBody } from '../view/failed.ts';
import { readJson } from './body.ts';
import { largestRequest } from './bridge-routes.ts';
import { sendJson } from './respond.ts';
import type { Call, Route } from './route.ts';

/** Routes for portals on the list whose browser lets them reach this computer: the same checks as by the bridge. */
export const portalRoutes: readonly Route[] = [
  { method: 'GET', path: '/v1/status', caller: 'portal', handle: serveStatus },
  {
    method: 'POST',
    path: '/v1/sign',
    caller: 'portal',
    body: { type: 'application/json', limit: largestRequest },
    handle: serveSign,
  },
];

function serveStatus({ agent, response }: Call): void {
  sendJson(response, 200, { agent: 'sealgate', version: agent.version });
}

/** Signs what the portal’s page sends: the very message that the bridge takes. A page that goes away has cancelled. */
async function serveSign({ agent, origin, body, response }: Call): Promise<void> {
  const message = readJson(body);
  const request = typeof message.nonce === 'string' ? readPageMessage(message, message.nonce) : undefined;
  if (request?.type !== 'sign' && request?.type !== 'sign-document') {
    throw new SealgateError('request_malformed', { field: 'body', problem: 'nothing to be signed' });
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    let last: BridgeBody | undefined;
    for await (const message of answerPage(agent, origin, request, gone.signal)) last = message;
    sendJson(response, 200, last);
  } catch (error) {
    sendJson(response, 403, failedBody(error, request.language));
  }
}
