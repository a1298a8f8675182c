import { serve } from './operator/serve.ts';
import { openVerifier } from './verifier.ts';

/** Runs the service: `npm start` and `sealgate serve`. */
export function main(): Promise<void> {
  return serve((config) => ({ openVerifier: (ground) => openVerifier(config, ground) }));
}

if (import.meta.main) await main();
