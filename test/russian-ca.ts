import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { vectors } from './vectors.ts';

const { folder, reason, note } = vectors('russian-ca');

/** The authorities' real certificates, DER; none, with the reason, where their folder is not there. */
export const russianCertificates: {
  readonly octets: readonly Buffer[];
  readonly reason: string | undefined;
  readonly note: string;
} = { octets: reason === undefined ? read() : [], reason, note };

function read(): readonly Buffer[] {
  const json = gunzipSync(readFileSync(join(folder, 'certificates.json.gz'))).toString();
  const { certificates } = JSON.parse(json) as { certificates: readonly { readonly der: string }[] };
  return certificates.map(({ der }) => Buffer.from(der, 'base64'));
}
