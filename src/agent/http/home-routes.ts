import { execFile } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { environmentWith } from '../../environment.ts';
import { SealgateError } from '../../error.ts';
import type { Language } from '../../failure/failure.ts';
import { choices, troubleOf } from '../view/choices.ts';
import type { ChoiceView, HomeState } from '../view/model.ts';
import { readJson, readLanguage } from './body.ts';
import { sendJson, streamJson } from './respond.ts';
import { type Call, type Route, smallJson } from './route.ts';

/** Routes of the agent's own page. */
export const homeRoutes: readonly Route[] = [
  { ...homeRoute('/v1/home/state'), handle: serveState },
  { ...homeRoute('/v1/home/certificates'), handle: serveCertificates },
  { ...homeRoute('/v1/home/remove-origin'), handle: removeOrigin },
  { ...homeRoute('/v1/home/forget-pins'), handle: forgetPins },
  { ...homeRoute('/v1/home/doctor'), handle: serveDoctor },
];

function homeRoute(path: string) {
  return { method: 'POST', path, caller: 'page', page: 'home', body: smallJson } as const;
}

function serveState({ agent, response }: Call): void {
  const { version, base, origins, history, pins, desk } = agent;
  const { waiting } = desk;
  const state: HomeState = {
    version,
    base,
    origins: origins.all(),
    signatures: history.all().map(({ at, origin, kind, name }) => ({ at, origin, kind, name })),
    keptPins: pins.count,
    ...(waiting !== undefined && { waiting }),
  };
  sendJson(response, 200, state);
}

async function serveCertificates({ agent, body, response }: Call): Promise<void> {
  const language = readLanguage(body);
  await streamJson<ChoiceView>(
    response,
    () => choices(agent, language),
    (error) => troubleOf('', error, language),
  );
}

async function removeOrigin({ agent, body, response }: Call): Promise<void> {
  const { origin } = readJson(body);
  if (typeof origin === 'string') await agent.origins.remove(origin);
  sendJson(response, 200, {});
}

function forgetPins({ agent, response }: Call): void {
  agent.pins.forgetAll();
  sendJson(response, 200, {});
}

/** The examination that is under way; one at a time, since it starts every driver and asks the network. */
let examination: Promise<string> | undefined;

/** How long it may take, in milliseconds. */
const patience = 120_000;

/** What `sealgate doctor` finds, by a process of its own: it reads much that the agent has no use for. */
async function serveDoctor({ agent, body, response }: Call): Promise<void> {
  examination ??= examine(agent.folder, readLanguage(body)).finally(() => {
    examination = undefined;
  });
  sendJson(response, 200, JSON.parse(await examination));
}

async function examine(folder: string, language: Language): Promise<string> {
  const program = fileURLToPath(new URL(`../../cli${extname(import.meta.url)}`, import.meta.url));
  const environment = environmentWith({ LC_ALL: language === 'ru' ? 'ru_RU.UTF-8' : 'en_US.UTF-8' });
  const child = promisify(execFile)(process.execPath, [program, 'doctor', '--json', '--data', folder], {
    env: environment,
    timeout: patience,
    maxBuffer: 4 * 1_048_576,
  });
  try {
    return (await child).stdout;
  } catch (error) {
    // It ends with 1 where there is something to mend, and has said what.
    if (error instanceof Error && 'code' in error && error.code === 1 && 'stdout' in error) {
      return String(error.stdout);
    }
    throw new SealgateError('agent_failed', {}, { cause: error });
  }
}
