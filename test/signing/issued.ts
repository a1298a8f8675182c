import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { exportPrivateKey } from '../../src/authority/key.ts';
import { openKeyFile } from '../../src/token/key-file.ts';
import type { Signer } from '../../src/token/signer.ts';

/** The key of a certificate that a test authority has issued, out of a key file, with its certificates. */
export async function signerOf({ certificate, chain, key }: IssuedCertificate): Promise<Signer> {
  if (key === undefined) throw new Error('the authority does not have the key');
  const folder = await mkdtemp(join(tmpdir(), 'sealgate-key-'));
  try {
    const file = join(folder, 'key.der');
    await writeFile(file, await exportPrivateKey(key));
    const signer = await openKeyFile(file);
    return { ...signer, certificate, chain, sign: (data, scheme) => signer.sign(data, scheme) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
