#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { gostChoice } from './environment.ts';
import { exitCode } from './terminal/exit-code.ts';

const program = new Command('sealgate')
  .description('Sign-in of legal entities by electronic signature: service, tokens, validation')
  .version(packageJson.version)
  .showHelpAfterError('(add --help for more)')
  .exitOverride()
  .hook('preAction', async () => {
    const choice = gostChoice();
    if (choice !== undefined) (await import('./gost/engine.ts')).chooseGost(choice);
  });

program
  .command('serve')
  .description(
    'run the service; settings come from SEALGATE_… variables and the file that SEALGATE_CONFIG names',
  )
  .option('--json', 'print the address that it answers at, or the failure, as JSON')
  // Loaded only here: no other command needs the server.
  .action(async (options: { readonly json?: boolean }) => (await import('./main.ts')).main(options));

type AddCommands = (program: Command) => void;

/** What adds commands, by the names of those commands: loaded when one of them is called, and all for the help. */
const commands: readonly (readonly [readonly string[], () => Promise<AddCommands>])[] = [
  [['token'], async () => (await import('./token/command.ts')).tokenCommands],
  [['sign', 'login'], async () => (await import('./signing/command.ts')).signingCommands],
  [['agent'], async () => (await import('./agent/command.ts')).agentCommands],
  [['certificate'], async () => (await import('./validation/command.ts')).certificateCommands],
  [['signature'], async () => (await import('./document/command.ts')).signatureCommands],
  [['trust'], async () => (await import('./operator/trust.ts')).trustCommands],
  [['revocation'], async () => (await import('./operator/revocation.ts')).revocationCommands],
  [['client'], async () => (await import('./operator/client.ts')).clientCommands],
  [['keys'], keysCommands],
  [['records'], async () => (await import('./operator/records.ts')).recordsCommands],
  [['organisation'], async () => (await import('./operator/organisation.ts')).organisationCommands],
  [['power'], async () => (await import('./operator/power.ts')).powerCommands],
  [['carrier'], async () => (await import('./operator/carrier.ts')).carrierCommands],
  [['audit'], async () => (await import('./operator/audit.ts')).auditCommands],
  [['doctor'], async () => (await import('./doctor/command.ts')).doctorCommand],
];

async function keysCommands(): Promise<AddCommands> {
  const { keysCommands: add } = await import('./operator/keys.ts');
  const { openTokenKey } = await import('./assertion/token-key.ts');
  return (to) => add(to, (uri) => openTokenKey(uri));
}

const called = commands.filter(([names]) => names.includes(process.argv[2] ?? ''));
for (const [, load] of called.length > 0 || process.argv[2] === 'serve' ? called : commands) {
  (await load())(program);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCode.usage;
  else (await import('./operator/operate.ts')).tell(error, process.argv.includes('--json'));
}
