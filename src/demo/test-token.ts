import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isFailure } from '../error.ts';
import { resolveLibrary, testLibraryName } from '../token/library.ts';
import type { Token } from '../token/selection.ts';
import { openModule, type TokenModule } from '../token/token-module.ts';
import type { SoftTokenSetup } from './softhsm.ts';

/** A token of the module for testers (native/token), which knows GOST R 34.10-2012 and plays faults. */
export interface TestToken {
  readonly module: TokenModule;
  /** Path of the PKCS#11 library. */
  readonly library: string;
  /** What a process needs to see this token: SEALGATE_TOKEN_DIR. */
  readonly environment: Readonly<Record<string, string>>;
  readonly token: Token;
  /** Where the tokens are stored, one file each. */
  readonly store: string;
}

/** Why there is no module for testers here, in words with what to do; undefined where it is built. */
export async function whyNoTestToken(): Promise<string | undefined> {
  try {
    await resolveLibrary(testLibraryName);
    return undefined;
  } catch (error) {
    if (!isFailure(error, 'pkcs11_module_not_found')) throw error;
    return 'the module for testers is not built; with g++, make and python3 installed: npm run setup';
  }
}

/** Makes a token in a folder of its own. Throws `pkcs11_module_not_found` where the module is not built. */
export async function makeTestToken({
  folder,
  label,
  userPin,
  officerPin,
}: SoftTokenSetup): Promise<TestToken> {
  const store = join(resolve(folder), 'tokens');
  await mkdir(store, { recursive: true });
  const environment = { SEALGATE_TOKEN_DIR: store };
  const module = await openModule(testLibraryName, { environment });
  const token = await module.initialise({
    label,
    userPin: Buffer.from(userPin),
    officerPin: Buffer.from(officerPin),
  });
  return { module, library: module.library.path, environment, token, store };
}

/** Has the tokens in a store play faults (native/token/fault.h names them) until others, or none, are set. */
export async function playFaults(store: string, ...faults: readonly string[]): Promise<void> {
  const file = join(store, 'faults');
  if (faults.length === 0) await rm(file, { force: true });
  else await writeFile(file, `${faults.join('\n')}\n`);
}
