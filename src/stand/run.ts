import { randomInt } from 'node:crypto';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { createAuthority, loadAuthority } from '../authority/authority.ts';
import { addMonths } from '../certificate/writer/time.ts';
import { readSettings, toConfig } from '../config.ts';
import { chooseAlgorithm } from '../demo/choice.ts';
import { type DemoAlgorithm, demoAlgorithms } from '../demo/options.ts';
import { freePort } from '../demo/port.ts';
import { startPortal } from '../demo/portal.ts';
import { addressesBelow } from '../demo/service.ts';
import { makeSoftToken } from '../demo/softhsm.ts';
import { makeTestToken } from '../demo/test-token.ts';
import { trustAuthority } from '../demo/trust.ts';
import { language } from '../environment.ts';
import { makeFolder } from '../file/folder.ts';
import { makeSecret } from '../relying-party/secret.ts';
import { logOutput } from '../service/log-output.ts';
import { startService } from '../service/start.ts';
import { verifierOf } from '../service/verifier.ts';
import { fillToken } from './certificates.ts';
import { writeFiles } from './files.ts';
import type { StandFacts, StandFolder } from './folder.ts';
import { makeKeyFiles } from './key-files.ts';

const client = 'portal';
const years = 12;
const ports = { service: 8080, portal: 8090 };

/** A stand that runs; `close` ends it and keeps what it made. */
export interface RunningStand {
  readonly facts: StandFacts;
  close(): Promise<void>;
}

/** Starts the stand of a folder, and makes it before that where there is none: authority, token, service, portal. */
export async function runStand(
  folder: StandFolder,
  wanted: DemoAlgorithm | undefined,
): Promise<RunningStand> {
  const facts = folder.read() ?? (await makeStand(folder, wanted));
  await using opened = new AsyncDisposableStack();
  const authority = await loadAuthority({ folder: folder.at('authority'), serve: {} });
  opened.defer(() => authority.close());
  const { settings } = readSettings({ SEALGATE_DATA: folder.at('service') });
  const config = toConfig(settings);
  const file = openSync(folder.at('service', 'service.log'), 'a', 0o600);
  opened.defer(() => closeSync(file));
  const log = logOutput(file);
  opened.defer(() => log.close());
  const verify = verifierOf(config);
  const running = await startService(config, {
    async openVerifier(context) {
      await trustAuthority(context.database, authority, context.now());
      return verify(context);
    },
    logTo: log,
  });
  opened.defer(() => running.stop());
  const portal = await startPortal(Number(new URL(facts.portal).port), async () => ({
    service: facts.service,
    clientId: facts.client,
    clientSecret: facts.secret,
    language: language(),
  }));
  opened.defer(() => portal.close());
  const kept = opened.move();
  return { facts, close: () => kept.disposeAsync() };
}

/** What was made of one that did not come to its end is taken away first. */
async function makeStand(folder: StandFolder, wanted: DemoAlgorithm | undefined): Promise<StandFacts> {
  folder.clear();
  const { algorithm } = await chooseAlgorithm(wanted);
  const kinds = demoAlgorithms[algorithm];
  const authority = await createAuthority({
    algorithm: kinds.authority,
    at: addMonths(Date.now(), -2 * years),
    folder: folder.at('authority'),
    serve: {},
  });
  const pin = newPin();
  const make = algorithm === 'gost' ? makeTestToken : makeSoftToken;
  const token = await make({
    folder: folder.at('token'),
    label: 'Sealgate stand',
    userPin: pin,
    officerPin: newPin(),
  });
  try {
    const access = { token: { serial: token.token.serial }, pin: () => Buffer.from(pin) };
    const certificates = await fillToken(token.module, access, authority, kinds.token);
    const keyFiles = await makeKeyFiles(folder, authority, algorithm);
    const service = `http://localhost:${await settledPort(ports.service)}`;
    const portal = `http://localhost:${await settledPort(ports.portal)}`;
    const { library, environment } = token;
    const secret = configure(folder, service, portal);
    const tools = { secret, pin, library, environment };
    const facts = { algorithm, service, portal, client, ...tools, certificates, keyFiles };
    writeFiles(folder, facts);
    folder.write(facts);
    return facts;
  } finally {
    token.module.close();
    await authority.close();
  }
}

/** Writes the service's settings where the service and the operator's commands find them; gives the portal's secret. */
function configure(folder: StandFolder, service: string, portal: string): string {
  const { secret, secretHash } = makeSecret();
  const name = { en: 'Portal of the stand', ru: 'Портал стенда' };
  const settings = {
    port: Number(new URL(service).port),
    issuer: service,
    revocationNetworks: ['127.0.0.0/8'],
    clients: [
      {
        id: client,
        name,
        origins: [portal],
        returnUris: [`${portal}/signed-in`],
        oidc: { ...addressesBelow(`${portal}/sign-in`, portal), consent: 'waived' },
        secretHashes: [secretHash],
      },
    ],
  };
  makeFolder(folder.at('service'));
  writeFileSync(folder.at('service', 'sealgate.json'), `${JSON.stringify(settings, null, 2)}\n`, {
    mode: 0o600,
  });
  return secret;
}

/** A port that stays the stand's own: the usual one, or another that is free now. */
async function settledPort(usual: number): Promise<number> {
  const found = await freePort(usual);
  return found === 0 ? settledPort(randomInt(20_000, 30_000)) : found;
}

function newPin(): string {
  return String(randomInt(10_000_000, 100_000_000));
}
