import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Budget } from '../budget/budget.ts';
import { documentCommandLimits } from '../budget/limits.ts';
import { parseCertificate } from '../certificate/certificate.ts';
import { signatureFileIn } from '../encoding/message.ts';
import { Fetcher, usualFetch } from '../fetch/fetcher.ts';
import { parseCertificates } from '../signature/signer-certificate.ts';
import { readFrom, readWhole } from '../validation/file.ts';
import { type EncodedOptions, readEncoded } from '../validation/options.ts';
import { type ExtensionLevel, extendMessage } from './cades/extend.ts';

/** What `sealgate signature extend` is told. */
export interface ExtendOptions extends EncodedOptions {
  readonly level: ExtensionLevel;
  /** Addresses of time-stamp authorities, in the order in which they are asked. */
  readonly tsa: readonly string[];
  readonly content?: string;
  readonly out?: string;
}

/** A message that was extended and written. */
export interface ExtendedFile {
  readonly out: string;
  readonly level: ExtensionLevel;
  /** Octets of the message. */
  readonly length: number;
}

/** Whoever types an address may ask it, wherever it is. */
const anywhere = ['0.0.0.0/0', '::/0'];

/**
 * Extends a CMS message in a file and writes it over it, or where `out` says. Throws what `extendMessage` does, and an
 * UnusableFile.
 */
export async function extendFile(file: string, options: ExtendOptions): Promise<ExtendedFile> {
  const { level, tsa, content, out = file } = options;
  const { untrusted, lists, answers } = readEncoded(options);
  const budget = new Budget(documentCommandLimits);
  const known = parseCertificates(untrusted, budget, parseCertificate).certificates;
  const detached = content === undefined ? undefined : readWhole(content);
  const contents = detached === undefined ? [] : [{ name: basename(content!), octets: detached }];
  const fetcher = new Fetcher({ ...usualFetch, allowedNetworks: anywhere });
  try {
    const material = { certificates: untrusted, lists, answers };
    const extended = await extendMessage(
      readFrom(file, (octets) => signatureFileIn(octets)),
      detached,
      { level, authorities: tsa, fetcher, material },
      { contents, known, budget },
    );
    await writeFile(out, extended);
    return { out, level, length: extended.length };
  } finally {
    await fetcher.close();
  }
}
