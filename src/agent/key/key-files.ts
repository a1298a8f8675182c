import { basename, join } from 'node:path';
import { thumbprintOf } from '../../certificate/thumbprint.ts';
import { SealgateError } from '../../error.ts';
import { readKept, writeKept } from '../kept-file.ts';
import type { FileKeeper, FoundCertificate } from './found.ts';
import { readable, usabilityOf } from './usable.ts';

/** A key file by its path, with the certificate that was in it or named for it when it was added. */
export interface KeyFile {
  readonly path: string;
  readonly isEncrypted: boolean;
  /** DER in base64. */
  readonly certificate: string;
}

const name = 'key-files.json';

/** The key files that the person has named to the agent. Throws `file_unreadable`. */
export function readKeyFiles(folder: string): Promise<readonly KeyFile[]> {
  return readKept(join(folder, name), read, []);
}

/** Adds a key file, in the place of an older entry of the same path. */
export async function addKeyFile(folder: string, file: KeyFile): Promise<void> {
  const others = (await readKeyFiles(folder)).filter(({ path }) => path !== file.path);
  await writeKept(join(folder, name), [...others, file]);
}

/** Forgets a key file; the file itself stays. Throws `key_file_invalid` for one that was not added. */
export async function forgetKeyFile(folder: string, path: string): Promise<void> {
  const files = await readKeyFiles(folder);
  const others = files.filter((file) => file.path !== path);
  if (others.length === files.length)
    throw new SealgateError('key_file_invalid', { path, problem: 'it was not added' });
  await writeKept(join(folder, name), others);
}

/** The certificates of key files, at `at`; a certificate that cannot be read is left out. */
export function certificatesOf(files: readonly KeyFile[], at: number): readonly FoundCertificate[] {
  return files.flatMap(({ path, isEncrypted, certificate: encoded }): FoundCertificate[] => {
    const der = Buffer.from(encoded, 'base64');
    const certificate = readable(der);
    if (certificate === undefined) return [];
    const keeper: FileKeeper = { kind: 'file', path, isEncrypted, certificate: der };
    return [
      {
        certificate,
        thumbprint: thumbprintOf(certificate),
        place: { kind: 'file', label: basename(path) },
        usable: usabilityOf(certificate, undefined, at),
        keeper,
      },
    ];
  });
}

function read(value: unknown): readonly KeyFile[] | undefined {
  return Array.isArray(value) && value.every(isKeyFile) ? value : undefined;
}

function isKeyFile(value: unknown): value is KeyFile {
  if (typeof value !== 'object' || value === null) return false;
  const { path, isEncrypted, certificate } = value as Partial<KeyFile>;
  return typeof path === 'string' && typeof isEncrypted === 'boolean' && typeof certificate === 'string';
}
