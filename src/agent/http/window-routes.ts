import { SealgateError } from '../../error.ts';
import type { FoundCertificate } from '../key/found.ts';
import { allow, confirm, refuse } from '../request/confirm.ts';
import { choices, troubleOf } from '../view/choices.ts';
import { anyFailureView, demandView, questionView, stateView } from '../view/demand.ts';
import type { ChoiceView, StateView } from '../view/model.ts';
import { readJson } from './body.ts';
import { sendJson, streamJson } from './respond.ts';
import { type Call, type Route, smallJson } from './route.ts';

/** The seat of a window at its demand, and the certificate that was chosen in it, as headers. */
export const seatHeader = 'sealgate-seat';
export const choiceHeader = 'sealgate-choice';
export const finalTryHeader = 'sealgate-final-try';

/** No PIN is longer; the password of a key file may be. */
const longestPin = 1024;

/** Routes of the confirmation window. */
export const windowRoutes: readonly Route[] = [
  { ...windowRoute('/v1/window/open'), handle: open },
  { ...windowRoute('/v1/window/demand'), handle: show },
  { ...windowRoute('/v1/window/follow'), handle: follow },
  { ...windowRoute('/v1/window/certificates'), handle: certificates },
  { ...windowRoute('/v1/window/question'), handle: question },
  { ...windowRoute('/v1/window/allow'), handle: allowOrigin },
  { ...windowRoute('/v1/window/refuse'), handle: refuseDemand },
  {
    ...windowRoute('/v1/window/confirm'),
    body: { type: 'application/octet-stream', limit: longestPin },
    handle: confirmSigning,
  },
];

function windowRoute(path: string) {
  return { method: 'POST', path, caller: 'page', page: 'confirm', body: smallJson } as const;
}

/** Seats the window of a one-time address. */
function open(call: Call): void {
  const { agent, body, response } = call;
  const { address } = readJson(body);
  if (typeof address !== 'string') throw new SealgateError('agent_window_used');
  const seat = seatOf(call);
  if (!/^[0-9a-f]{64}$/.test(seat)) throw new SealgateError('agent_request_foreign', { field: 'seat' });
  agent.desk.take(address, seat);
  sendJson(response, 200, {});
}

/** What the window is to show. */
function show(call: Call): void {
  const { agent, response } = call;
  sendJson(response, 200, demandView(agent, agent.desk.at(seatOf(call))));
}

/** How the demand stands, until its end. A window that does not follow it any more is closed. */
async function follow(call: Call): Promise<void> {
  const { agent, response } = call;
  const demand = agent.desk.at(seatOf(call));
  const leave = agent.desk.follow(seatOf(call));
  try {
    await streamJson<StateView>(
      response,
      (signal) => viewsOf(demand, signal),
      (error) => ({ name: 'failed', failure: anyFailureView(error, demand.language) }),
    );
  } finally {
    leave();
  }
}

async function* viewsOf(demand: ReturnType<Call['agent']['desk']['at']>, signal: AbortSignal) {
  for await (const _ of demand.state.follow(signal)) yield stateView(demand);
}

/** Certificates to choose from, for a demand that names none. */
async function certificates(call: Call): Promise<void> {
  const { agent, response } = call;
  const { language } = agent.desk.at(seatOf(call));
  await streamJson<ChoiceView>(
    response,
    () => choices(agent, language),
    (error) => troubleOf('', error, language),
  );
}

/** What has to be entered for the certificate of the demand, or the one that was chosen. */
async function question(call: Call): Promise<void> {
  const { agent, response } = call;
  const demand = agent.desk.at(seatOf(call));
  const found = await certificateOf(call, demand.certificate);
  sendJson(response, 200, await questionView(agent, found));
}

async function certificateOf(call: Call, named: FoundCertificate | undefined): Promise<FoundCertificate> {
  if (named !== undefined) return named;
  const thumbprint = choiceOf(call);
  if (thumbprint === undefined) throw new SealgateError('certificate_choice_needed', { certificates: [] });
  return call.agent.keys.find(thumbprint);
}

async function allowOrigin(call: Call): Promise<void> {
  await allow(call.agent, call.agent.desk.answerable(seatOf(call)));
  sendJson(call.response, 200, {});
}

function refuseDemand(call: Call): void {
  refuse(call.agent.desk.at(seatOf(call)));
  sendJson(call.response, 200, {});
}

/** The body is the PIN and nothing else, so that it is never text here. */
async function confirmSigning(call: Call): Promise<void> {
  const { agent, request, body: pin, response } = call;
  try {
    const demand = agent.desk.answerable(seatOf(call));
    const confirmFinalTry = request.headers[finalTryHeader] === '1';
    await confirm(agent, demand, { thumbprint: choiceOf(call), pin, confirmFinalTry });
    sendJson(response, 200, stateView(demand));
  } finally {
    pin.fill(0);
  }
}

function seatOf({ request }: Call): string {
  const seat = request.headers[seatHeader];
  return typeof seat === 'string' ? seat : '';
}

function choiceOf({ request }: Call): string | undefined {
  const choice = request.headers[choiceHeader];
  return typeof choice === 'string' && /^[A-Za-z0-9_-]{43}$/.test(choice) ? choice : undefined;
}
