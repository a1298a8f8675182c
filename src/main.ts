import { serve } from './operator/serve.ts';
import { openVerifier } from './service/verifier.ts';

/** Runs the service: `npm start` and `sealgate serve`, which may ask for JSON. */
export function main({ json = false } = {}): Promise<void> {
  return serve((config) => ({ openVerifier: (ground) => openVerifier(config, ground) }), json);
}

if (import.meta.main) await main();
