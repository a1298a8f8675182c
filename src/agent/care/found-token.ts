import { createHash } from 'node:crypto';
import { isFailure, SealgateError } from '../../error.ts';
import type { TokenContents } from '../../token/pairing.ts';
import type { Token } from '../../token/selection.ts';
import { openModule, type TokenModule } from '../../token/token-module.ts';
import { type ModuleChoice, moduleName } from '../key/search.ts';

/** A token that is plugged in, with what shows on it without a PIN. */
export interface FoundToken {
  /** By which a page of the agent names it; of what it is, and not of what it is called. */
  readonly id: string;
  readonly module: TokenModule;
  readonly token: Token;
  readonly contents: TokenContents;
  /** Why nothing of its contents could be read. */
  readonly failure?: SealgateError;
}

/** The tokens of all drivers, and the drivers that could not be asked. */
export interface FoundTokens {
  readonly tokens: readonly FoundToken[];
  readonly troubles: readonly { readonly module: string; readonly failure: SealgateError }[];
}

const nothing: TokenContents = { keys: [], loose: [] };

/** Asks every driver at once; one that fails holds up no other. */
export async function findTokens(choices: readonly ModuleChoice[]): Promise<FoundTokens> {
  const found = await Promise.all(choices.map(tokensOf));
  return {
    tokens: found.flatMap(({ tokens }) => tokens),
    troubles: found.flatMap(({ troubles }) => troubles),
  };
}

/** The token of that id. Throws `token_not_present`. */
export async function findToken(choices: readonly ModuleChoice[], id: string): Promise<FoundToken> {
  const { tokens } = await findTokens(choices);
  const token = tokens.find((each) => each.id === id);
  if (token === undefined) throw new SealgateError('token_not_present');
  return token;
}

async function tokensOf({ name, environment, limits }: ModuleChoice): Promise<FoundTokens> {
  try {
    const module = await openModule(name, { environment, limits });
    const tokens: FoundToken[] = [];
    for (const token of await module.tokens()) tokens.push(await withContents(module, token));
    return { tokens, troubles: [] };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { tokens: [], troubles: [{ module: moduleName(name), failure: error }] };
  }
}

async function withContents(module: TokenModule, token: Token): Promise<FoundToken> {
  const found = { id: idOf(module, token), module, token };
  if (!token.isInitialized) return { ...found, contents: nothing };
  try {
    return { ...found, contents: await module.contents(token) };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { ...found, contents: nothing, failure: error };
  }
}

function idOf({ library }: TokenModule, { isInitialized, slot, serial, label }: Token): string {
  const names = isInitialized ? [serial, label] : [slot];
  return createHash('sha256')
    .update(JSON.stringify([library.path, ...names]))
    .digest('base64url');
}
