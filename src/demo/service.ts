import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Authority } from '../authority/authority.ts';
import { settingsSchema, toConfig } from '../config.ts';
import type { Language } from '../failure/failure.ts';
import { makeFolder } from '../file/folder.ts';
import type { registrationSchema } from '../relying-party/registration.ts';
import { makeSecret } from '../relying-party/secret.ts';
import { logOutput } from '../service/log-output.ts';
import { startService } from '../service/start.ts';
import { verifierOf } from '../service/verifier.ts';
import { type DemoSystem, demoMnemonic } from './esia-portal.ts';
import { centrePath } from './portal.ts';
import { type DemoReplicas, startReplicas } from './replicas.ts';
import { trustAuthority } from './trust.ts';

const clientId = 'demo-portal';
const centreId = 'demo-centre';

/** The service of the demo, running. */
export interface DemoService {
  /** The service's own name, `http://localhost:PORT`, at which it answers as well. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The system behind the portal. */
  readonly centre: { readonly clientId: string; readonly clientSecret: string };
  /** Database file, or the server that keeps it. */
  readonly database: string;
  /** The processes that serve together, where there are several. */
  readonly replicas?: DemoReplicas;
  stop(): Promise<void>;
}

/** What the demo's service needs to know. */
export interface DemoServiceOptions {
  readonly folder: string;
  readonly authority: Authority;
  /** Origin of the portal's pages. */
  readonly portal: string;
  /** Where that page looks for the signing agent. */
  readonly agentPort: number;
  readonly language: Language;
  /** A client system that was built for ЕСИА, beside the portal. */
  readonly esia?: { readonly portal: string; readonly system: DemoSystem };
  /** 0 takes any free port. */
  readonly port: number;
  /** Processes that serve; several run on PostgreSQL. */
  readonly replicas: number;
}

/**
 * Starts the service in the demo's folder: on SQLite in this process, or on PostgreSQL in several. It trusts the test authority as an operator would trust their
 * own, and may fetch lists from the machine itself, which it otherwise refuses.
 */
export async function startDemoService(options: DemoServiceOptions): Promise<DemoService> {
  const { folder, authority, portal, agentPort, language, port, esia, replicas: count } = options;
  const [own, ofCentre] = [makeSecret(), makeSecret()];
  const data = join(folder, 'service');
  const settings = {
    data,
    port,
    revocationNetworks: ['127.0.0.0/8'],
    agentPorts: [String(agentPort)],
    ...(esia === undefined ? {} : { esiaPath: '/esia' }),
    clients: [
      {
        id: clientId,
        name: { en: 'Demo portal', ru: 'Демонстрационный портал' },
        origins: [portal],
        language,
        secretHashes: [own.secretHash],
        // The operator's own portal: people need not be asked what it is told.
        oidc: { ...addressesBelow(`${portal}/sign-in`, portal), consent: 'waived' },
      },
      {
        id: centreId,
        name: { en: 'Account centre', ru: 'Центр учётных записей' },
        origins: [portal],
        language,
        secretHashes: [ofCentre.secretHash],
        oidc: {
          ...addressesBelow(`${portal}${centrePath}/sign-in`, portal),
          scopes: ['openid', 'organisation.register', 'powers'],
        },
      },
      ...(esia === undefined ? [] : [esiaRegistration(esia, language)]),
    ],
  } satisfies z.input<typeof settingsSchema>;
  const known = {
    clientId,
    clientSecret: own.secret,
    centre: { clientId: centreId, clientSecret: ofCentre.secret },
  };
  makeFolder(data);
  if (count > 1) {
    const replicas = await startReplicas({ settings, count, authority });
    return {
      ...known,
      url: replicas.url,
      database: replicas.database,
      replicas,
      stop: () => replicas.stop(),
    };
  }
  const config = toConfig(settingsSchema.parse(settings));
  const file = openSync(join(data, 'service.log'), 'a', 0o600);
  const log = logOutput(file);
  const verify = verifierOf(config);
  const running = await startService(config, {
    async openVerifier(context) {
      await trustAuthority(context.database, authority, context.now());
      return verify(context);
    },
    logTo: log,
  });
  return {
    ...known,
    url: running.service.issuer,
    database: config.database,
    async stop() {
      await running.stop();
      await log.close();
      closeSync(file);
    },
  };
}

/** The addresses of the portal package's middleware below a path. */
export function addressesBelow(path: string, portal: string) {
  return {
    redirectUris: [`${path}/back`],
    postLogoutRedirectUris: [`${portal}/`],
    backchannelLogoutUri: `${path}/logout`,
  };
}

/** A relying party that speaks ЕСИА's dialect, as the configuration file has it. */
function esiaRegistration(
  { portal, system }: NonNullable<DemoServiceOptions['esia']>,
  language: Language,
): z.input<typeof registrationSchema> {
  return {
    id: 'demo-esia',
    name: { en: 'Portal built for ЕСИА', ru: 'Портал, написанный для ЕСИА' },
    origins: [portal],
    language,
    esia: {
      mnemonic: demoMnemonic,
      certificates: [system.registered],
      redirects: [`${portal}/back`],
      scopes: ['openid', 'fullname', 'snils', 'usr_org'],
    },
  };
}
