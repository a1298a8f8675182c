import { join } from 'node:path';
import { pino } from 'pino';
import type { Authority } from '../authority/authority.ts';
import { parseCertificate } from '../certificate/certificate.ts';
import { makeSecret } from '../client/secret.ts';
import { settingsSchema, toConfig } from '../config.ts';
import type { Language } from '../failure/failure.ts';
import { usualFetch } from '../revocation/fetch/fetcher.ts';
import { createSources, usualSources } from '../revocation/sources.ts';
import { startService } from '../start.ts';
import { noPins } from '../trust-list/pin.ts';
import { trustViewOf } from '../trust-list/view.ts';
import { loginVerifier } from '../verify-login.ts';

const clientId = 'demo-portal';

/** The service of the demo, running. */
export interface DemoService {
  /** The service's own name, `http://localhost:PORT`, at which it answers as well. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
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
  readonly language: Language;
  /** 0 takes any free port. */
  readonly port: number;
}

/**
 * Starts the service on SQLite in the demo's folder. It trusts the test authority as an operator would trust their
 * own, and may fetch lists from the machine itself, which it otherwise refuses.
 */
export async function startDemoService(options: DemoServiceOptions): Promise<DemoService> {
  const { folder, authority, portal, language, port } = options;
  const { secret, secretHash } = makeSecret();
  const data = join(folder, 'service');
  const settings = settingsSchema.parse({
    data,
    port,
    clients: [
      {
        id: clientId,
        name: { en: 'Demo portal', ru: 'Демонстрационный портал' },
        origins: [portal],
        language,
        secretHashes: [secretHash],
      },
    ],
  });
  const config = toConfig(settings);
  const trust = trustOf(authority);
  const fetch = { ...usualFetch, allowedNetworks: ['127.0.0.0/8'] };
  const sources = createSources({ ...usualSources, fetch });
  const running = await startService(config, {
    verifyLogin: loginVerifier({ trust: () => trust, sources }),
    logTo: pino.destination({ dest: join(data, 'service.log'), mkdir: true, sync: false }),
  });
  return {
    url: running.service.issuer,
    clientId,
    clientSecret: secret,
    database: config.database,
    async stop() {
      await running.stop();
      await sources.fetcher.close();
    },
  };
}

function trustOf({ root, accredited }: Authority) {
  const certificate = parseCertificate(accredited.certificate);
  return trustViewOf(undefined, noPins, {
    anchors: [parseCertificate(root.certificate)],
    authorities: [
      {
        certificate,
        purposes: new Set(['sign-in'] as const),
        validFrom: certificate.notBefore,
        validUntil: certificate.notAfter,
      },
    ],
  });
}
