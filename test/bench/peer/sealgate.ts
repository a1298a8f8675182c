import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCertificate } from '../../../src/certificate/certificate.ts';
import { CertificateMemory } from '../../../src/certificate/memory.ts';
import { settingsSchema, toConfig } from '../../../src/config.ts';
import { usualFetch } from '../../../src/fetch/fetcher.ts';
import { loginVerifier } from '../../../src/login/verify.ts';
import { LinkCache } from '../../../src/path/cache.ts';
import { createSources, usualSources } from '../../../src/revocation/sources.ts';
import { startService } from '../../../src/service/start.ts';
import { noPins } from '../../../src/trust-list/pin.ts';
import { trustViewOf } from '../../../src/trust-list/view.ts';

/**
 * The service as it runs, on a database in the folder given, trusting the authority whose certificates stand there.
 * Its second argument is the hash of the secret of both its relying parties. Prints its port as soon as it answers.
 */
const [folder = '', secretHash = ''] = process.argv.slice(2);
const certificate = (name: string) => parseCertificate(readFileSync(join(folder, `${name}.der`)));
const accredited = certificate('accredited');
const trust = trustViewOf(undefined, noPins, {
  anchors: [certificate('root')],
  authorities: [
    {
      certificate: accredited,
      purposes: new Set(['sign-in'] as const),
      validFrom: accredited.notBefore,
      validUntil: accredited.notAfter,
    },
  ],
});
const fetch = { ...usualFetch, allowedNetworks: ['127.0.0.0/8'] };
const settings = settingsSchema.parse({
  data: join(folder, 'data'),
  port: 0,
  requestsPerSecond: 1_000_000,
  clients: ['portal', 'another'].map((id) => ({
    id,
    name: { en: 'Portal', ru: 'Торговая площадка' },
    origins: ['https://portal.example'],
    secretHashes: [secretHash],
  })),
});
const context = {
  trust: () => trust,
  sources: createSources({ ...usualSources, fetch }),
  links: new LinkCache(),
  certificates: new CertificateMemory(),
};
const { url } = await startService(toConfig(settings), {
  openVerifier: async () => ({
    verifyLogin: loginVerifier(context),
    validation: context,
    close: () => context.sources.fetcher.close(),
  }),
  logTo: { write: () => {} },
});
process.stdout.write(`${JSON.stringify({ port: Number(new URL(url).port) })}\n`);
