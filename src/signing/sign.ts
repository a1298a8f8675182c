import { readFile, writeFile } from 'node:fs/promises';
import { openSigner, type SignerChoice } from '../token/command-line.ts';
import { makeMessage } from './message.ts';
import { requireCertificate } from './signer.ts';

/** What `sealgate sign` is told. */
export interface SignOptions extends SignerChoice {
  readonly detached?: boolean;
  readonly out?: string;
}

/** A message that was made and written. */
export interface SignedFile {
  readonly out: string;
  /** Octets of the message. */
  readonly length: number;
  readonly form: 'attached' | 'detached';
}

/**
 * Signs a file as CAdES-BES and writes the message beside it, or where `out` says. Throws the failures of the
 * token, and `certificate_choice_needed` or `key_not_found` where the key has no certificate.
 */
export async function signFile(file: string, options: SignOptions): Promise<SignedFile> {
  const content = await readFile(file);
  const signer = await openSigner(options);
  try {
    const isDetached = options.detached === true;
    const message = await makeMessage(content, requireCertificate(signer), {
      isDetached,
      signingTime: Date.now(),
    });
    const out = options.out ?? `${file}.${isDetached ? 'sig' : 'p7m'}`;
    await writeFile(out, message);
    return { out, length: message.length, form: isDetached ? 'detached' : 'attached' };
  } finally {
    await signer.close();
  }
}
