import { serve } from './operator/serve.ts';
import { verifierOf } from './service/verifier.ts';

/** Runs the service: `npm start` and `sealgate serve`, which may ask for JSON. */
export function main({ json = false } = {}): Promise<void> {
  return serve((config) => ({ openVerifier: verifierOf(config) }), json);
}

if (import.meta.main) await main();
