import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the young generation of the heap at its first size until `letYoungGenerationGrow`. Whatever a program loads
 * survives, and V8 takes survivors for a reason to make that generation larger: to 64 MB by the time a service answers,
 * which an idle one never gives back. The flag is looked at whenever the generation might grow.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** From now on it grows with what there is to do, as V8 has it. */
export function letYoungGenerationGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
}
