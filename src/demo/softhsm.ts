import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isFailure } from '../error.ts';
import { resolveLibrary } from '../token/library.ts';
import type { Token } from '../token/selection.ts';
import { openModule, type TokenModule } from '../token/token-module.ts';

/** A SoftHSM with a configuration and a store of its own; nothing of the system's SoftHSM is touched. */
export interface SoftToken {
  readonly module: TokenModule;
  /** Path of the PKCS#11 library. */
  readonly library: string;
  /** What a process needs to see this token: SOFTHSM2_CONF. */
  readonly environment: Readonly<Record<string, string>>;
  readonly token: Token;
  /** Where the tokens are stored, one folder each. */
  readonly store: string;
}

/** PINs as text, for tests and the demo only. */
export interface SoftTokenSetup {
  /** Folder for configuration and store; it is made, and `removeSoftToken` removes it. */
  readonly folder: string;
  readonly label: string;
  readonly userPin: string;
  readonly officerPin: string;
}

/** Why there is no SoftHSM here, in words with what to do; undefined where it is installed. */
export async function whyNoSoftHsm(): Promise<string | undefined> {
  try {
    await resolveLibrary('softhsm');
    return undefined;
  } catch (error) {
    if (!isFailure(error, 'pkcs11_module_not_found')) throw error;
    return 'SoftHSM is not installed; on Debian or Ubuntu: apt-get install softhsm2';
  }
}

/** Prepares a SoftHSM in a folder of its own without a token in it. Throws `pkcs11_module_not_found`. */
export async function prepareSoftHsm(
  folder: string,
): Promise<Pick<SoftToken, 'module' | 'library' | 'environment' | 'store'>> {
  const store = join(resolve(folder), 'tokens');
  const configuration = join(resolve(folder), 'softhsm2.conf');
  await mkdir(store, { recursive: true });
  const lines = [
    `directories.tokendir = ${store}`,
    'objectstore.backend = file',
    'log.level = ERROR',
    'slots.removable = true',
  ];
  await writeFile(configuration, `${lines.join('\n')}\n`);
  const environment = { SOFTHSM2_CONF: configuration };
  const module = await openModule('softhsm', { environment });
  return { module, library: module.library.path, environment, store };
}

/** Makes a token in a SoftHSM of its own. Throws `pkcs11_module_not_found` where SoftHSM is not installed. */
export async function makeSoftToken({
  folder,
  label,
  userPin,
  officerPin,
}: SoftTokenSetup): Promise<SoftToken> {
  const prepared = await prepareSoftHsm(folder);
  const token = await prepared.module.initialise({
    label,
    userPin: Buffer.from(userPin),
    officerPin: Buffer.from(officerPin),
  });
  return { ...prepared, token };
}

/** Ends the driver and removes the folder with all that was in it. */
export async function removeSoftHsm(module: TokenModule, folder: string): Promise<void> {
  module.close();
  await rm(folder, { recursive: true, force: true });
}
