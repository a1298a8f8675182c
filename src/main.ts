import { type ServeOptions, serve } from './operator/serve.ts';

/** Runs the service: `npm start` and `sealgate serve`, which may say more. */
export function main(options: ServeOptions = {}): Promise<void> {
  return serve(async (config) => {
    const { verifierOf } = await import('./service/verifier.ts');
    return { openVerifier: verifierOf(config) };
  }, options);
}

if (import.meta.main) await main();
