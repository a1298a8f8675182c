import { writeFileSync } from 'node:fs';
import type { Authority } from '../authority/authority.ts';
import { sampleSubscriber } from '../authority/configuration.ts';
import { exportPrivateKey, type KeyKind } from '../authority/key.ts';
import { type DemoAlgorithm, demoAlgorithms } from '../demo/options.ts';
import { toPem } from '../encoding/textual.ts';
import { makeFolder } from '../file/folder.ts';
import type { StandFacts, StandFolder } from './folder.ts';

/**
 * A key of the head for each algorithm that the token has not, in a file (PEM) with its certificate, issued by an
 * authority of that algorithm below the stand's root.
 */
export async function makeKeyFiles(
  folder: StandFolder,
  authority: Authority,
  own: DemoAlgorithm,
): Promise<StandFacts['keyFiles']> {
  makeFolder(folder.at('keys'));
  const made: StandFacts['keyFiles'] = [];
  for (const [algorithm, { authority: keyKind }] of Object.entries(demoAlgorithms)) {
    if (algorithm === own) continue;
    const file = folder.at('keys', `head-${algorithm}.pem`);
    writeFileSync(file, await keyWithCertificate(authority, algorithm, keyKind), { mode: 0o600 });
    made.push({ file, algorithm });
  }
  return made;
}

async function keyWithCertificate(authority: Authority, slug: string, keyKind: KeyKind): Promise<string> {
  const issuer = await authority.createSubordinate({ slug, keyKind });
  const subscriber = sampleSubscriber('legal-entity');
  const { certificate, key } = await issuer.issue({ subscriber, keyKind });
  if (key === undefined) throw new Error('a certificate without a request has a key of its own');
  return toPem('PRIVATE KEY', await exportPrivateKey(key)) + toPem('CERTIFICATE', certificate);
}
