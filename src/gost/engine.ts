import { SealgateError } from '../error.ts';
import type { GostEngine } from './contract.ts';
import { loadNative } from './native.ts';
import { typescriptEngine } from './typescript.ts';

export type { GostDigest, GostEngine, GostHasher, GostKeyFlaw } from './contract.ts';

/** An engine, and why it is this one: for `sealgate doctor` and the metrics. */
export interface LoadedGost {
  readonly engine: GostEngine;
  /** The arithmetic of the native engine, or why it does not run. */
  readonly detail: string;
}

/**
 * Chooses the engine: the native one where it was built and passes its self-check, TypeScript otherwise. `prefer`
 * forces one, and throws `configuration_invalid` if that one cannot run or is unknown.
 */
export function loadGost(prefer?: string): LoadedGost {
  const refuse = (problem: string, cause?: unknown) =>
    new SealgateError('configuration_invalid', { field: 'SEALGATE_GOST', problem }, { cause });
  if (prefer === 'typescript') return { engine: typescriptEngine, detail: 'chosen by the configuration' };
  if (prefer !== undefined && prefer !== 'native') throw refuse('must be native or typescript');
  try {
    const engine = loadNative();
    return { engine, detail: engine.kernel };
  } catch (cause) {
    // The first line says which file or symbol; what follows is a list of the modules that asked for it.
    const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0] ?? '';
    if (prefer === 'native') throw refuse(reason, cause);
    return { engine: typescriptEngine, detail: `the native engine did not load: ${reason}` };
  }
}

let loaded: LoadedGost | undefined;

/** Chooses the engine of this process, before or after it has computed anything. Throws as `loadGost` does. */
export function chooseGost(prefer?: string): void {
  loaded = loadGost(prefer);
}

/** The engine of this process: the one that was chosen, or else what `loadGost` gives, loaded when it is first needed. */
export function loadedGost(): LoadedGost {
  loaded ??= loadGost();
  return loaded;
}

/** The engine of this process, whichever it is by the time that it is used. */
export const gost: GostEngine = {
  get name() {
    return loadedGost().engine.name;
  },
  digest: (algorithm, ...data) => loadedGost().engine.digest(algorithm, ...data),
  hasher: (algorithm) => loadedGost().engine.hasher(algorithm),
  verify: (curve, digest, signature, publicKey) =>
    loadedGost().engine.verify(curve, digest, signature, publicKey),
  checkPublicKey: (curve, publicKey) => loadedGost().engine.checkPublicKey(curve, publicKey),
  sign: (curve, digest, privateKey, entropy) => loadedGost().engine.sign(curve, digest, privateKey, entropy),
  publicKey: (curve, privateKey) => loadedGost().engine.publicKey(curve, privateKey),
};
