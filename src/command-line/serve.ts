import type { Command } from 'commander';

/** Adds `sealgate serve`. */
export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('run the service; settings come from SEALGATE_… variables and the configuration file')
    .option('--json', 'print the address that it answers at, or the failure, as JSON')
    .action(async (options: { readonly json?: boolean }) => (await import('../main.ts')).main(options));
}
