import { isFailure, SealgateError } from '../error.ts';
import { findLibraries, type Library, resolveLibrary } from './library.ts';
import type { TokenContents } from './pairing.ts';
import type { ModuleInfo } from './protocol.ts';
import { isMeant, nameOfToken, type Token, type TokenSelector } from './selection.ts';
import { type ModuleOptions, openModule, type TokenModule } from './token-module.ts';

/** What one driver shows without a PIN. */
export interface ModuleInventory {
  readonly library: Library;
  readonly info?: ModuleInfo;
  readonly tokens: readonly TokenInventory[];
  /** Why the driver could not be read. */
  readonly failure?: SealgateError;
}

/** A token with what shows on it; `failure` says why that could not be read. */
export interface TokenInventory {
  readonly token: Token;
  readonly contents?: TokenContents;
  readonly failure?: SealgateError;
}

/** The libraries that were asked for: the one named, or all that stand in their usual places. */
async function librariesFor(module: string | undefined): Promise<readonly Library[]> {
  if (module !== undefined) return [await resolveLibrary(module)];
  const found = await findLibraries();
  if (found.length === 0) throw new SealgateError('pkcs11_module_not_found', {});
  return found;
}

/**
 * Drivers, tokens and certificates as far as they show without a PIN. A driver that fails is listed with its failure
 * and hides no other. Throws `pkcs11_module_not_found` and `pkcs11_module_incompatible` for a module that was named.
 */
export async function takeInventory(
  module: string | undefined,
  options: ModuleOptions = {},
): Promise<readonly ModuleInventory[]> {
  const libraries = await librariesFor(module);
  return Promise.all(libraries.map((library) => inventoryOf(library, options)));
}

async function inventoryOf(library: Library, options: ModuleOptions): Promise<ModuleInventory> {
  try {
    const module = await openModule(library.path, options);
    const info = await module.info();
    const tokens: TokenInventory[] = [];
    for (const token of await module.tokens()) tokens.push(await inventoryOfToken(module, token));
    return { library, info, tokens };
  } catch (failure) {
    if (!isFailure(failure)) throw failure;
    return { library, tokens: [], failure };
  }
}

async function inventoryOfToken(module: TokenModule, token: Token): Promise<TokenInventory> {
  if (!token.isInitialized) return { token };
  try {
    return { token, contents: await module.contents(token) };
  } catch (failure) {
    if (!isFailure(failure)) throw failure;
    return { token, failure };
  }
}

/** Which tokens come into question: set up, not yet set up, or both. */
export type WantedState = 'ready' | 'blank' | 'any';

/**
 * The module to work with: the one named, or the only one in its usual place that has the token. Throws
 * `pkcs11_module_not_found`, `token_not_present`, `token_choice_needed`.
 */
export async function findModule(
  module: string | undefined,
  selector: TokenSelector,
  wanted: WantedState = 'ready',
  options: ModuleOptions = {},
): Promise<TokenModule> {
  if (module !== undefined) return openModule(module, options);
  const libraries = await librariesFor(undefined);
  const opened = await Promise.all(libraries.map(({ path }) => openModule(path, options)));
  const [only] = opened;
  if (only !== undefined && opened.length === 1) return only;
  const found = (await Promise.all(opened.map((each) => fittingTokens(each, selector, wanted)))).flat();
  const [first] = found;
  if (first === undefined) {
    const name = selector.name ?? selector.label ?? selector.serial;
    throw new SealgateError('token_not_present', name === undefined ? {} : { token: name });
  }
  if (found.length > 1)
    throw new SealgateError('token_choice_needed', { tokens: found.map(({ name }) => name) });
  return first.module;
}

interface FoundToken {
  readonly module: TokenModule;
  readonly name: string;
}

/** Tokens of a module that fit; a driver that fails has none, because others may do. */
async function fittingTokens(
  module: TokenModule,
  selector: TokenSelector,
  wanted: WantedState,
): Promise<FoundToken[]> {
  try {
    const tokens = await module.tokens();
    return tokens
      .filter((token) => isMeant(token, selector))
      .filter(({ isInitialized }) => wanted === 'any' || isInitialized === (wanted === 'ready'))
      .map((token) => ({ module, name: `${nameOfToken(token)}, ${module.library.name}` }));
  } catch (error) {
    if (isFailure(error)) return [];
    throw error;
  }
}
