import type { Command } from 'commander';

import type { ServeOptions } from '../operator/serve.ts';

/** Adds `sealgate serve`. */
export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('run the service; settings come from SEALGATE_… variables and the configuration file')
    .option('--json', 'print the address that it answers at, or the failure, as JSON')
    .option('--workers <number>', 'processes that answer at one address; SIGHUP starts them anew one by one')
    .action(async (options: ServeOptions) => (await import('../main.ts')).main(options));
}
