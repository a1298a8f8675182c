import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Authority } from '../authority/authority.ts';
import { parseCertificate } from '../certificate/certificate.ts';
import { settingsSchema, toConfig } from '../config.ts';
import type { Database } from '../database/database.ts';
import type { Language } from '../failure/failure.ts';
import { makeFolder } from '../file/folder.ts';
import type { registrationSchema } from '../relying-party/registration.ts';
import { makeSecret } from '../relying-party/secret.ts';
import { logOutput } from '../service/log-output.ts';
import { startService } from '../service/start.ts';
import { verifierOf } from '../service/verifier.ts';
import { addLocal } from '../trust-list/local-store.ts';
import { noPins } from '../trust-list/pin.ts';
import { type DemoSystem, demoMnemonic } from './esia-portal.ts';
import { centrePath } from './portal.ts';

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
  /** Database file. */
  readonly database: string;
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
}

/**
 * Starts the service on SQLite in the demo's folder. It trusts the test authority as an operator would trust their
 * own, and may fetch lists from the machine itself, which it otherwise refuses.
 */
export async function startDemoService(options: DemoServiceOptions): Promise<DemoService> {
  const { folder, authority, portal, agentPort, language, port, esia } = options;
  const [own, ofCentre] = [makeSecret(), makeSecret()];
  const data = join(folder, 'service');
  const settings = settingsSchema.parse({
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
  });
  const config = toConfig(settings);
  makeFolder(data);
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
    url: running.service.issuer,
    clientId,
    clientSecret: own.secret,
    centre: { clientId: centreId, clientSecret: ofCentre.secret },
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

/** As `sealgate trust add` does it for an operator who has compared the fingerprints. */
export async function trustAuthority(
  database: Database,
  { root, accredited }: Authority,
  at: number,
): Promise<void> {
  const note = 'a test authority';
  const anchor = {
    certificate: parseCertificate(root.certificate),
    role: 'anchor',
    purposes: new Set<never>(),
  } as const;
  const issuer = {
    certificate: parseCertificate(accredited.certificate),
    role: 'authority',
    purposes: new Set(['sign-in', 'documents'] as const),
  } as const;
  for (const addition of [anchor, issuer])
    await addLocal(database, noPins, { ...addition, isConfirmed: true, note }, at);
}
