import type { ServeOptions } from './operator/serve.ts';
import { keepYoungGenerationSmall } from './operator/young-generation.ts';

/** Runs the service: `npm start` and `sealgate serve`, which may say more. */
export async function main(options: ServeOptions = {}): Promise<void> {
  keepYoungGenerationSmall();
  const { serve } = await import('./operator/serve.ts');
  return serve(async (config) => {
    const { verifierOf } = await import('./service/verifier.ts');
    return { openVerifier: verifierOf(config) };
  }, options);
}

if (import.meta.main) await main();
