#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { openTokenKey } from './assertion/token-key.ts';
import { gostChoice } from './config.ts';
import { doctorCommand } from './doctor/command.ts';
import { chooseGost } from './gost/engine.ts';
import { auditCommands } from './operator/audit.ts';
import { carrierCommands } from './operator/carrier.ts';
import { clientCommands } from './operator/client.ts';
import { keysCommands } from './operator/keys.ts';
import { tell } from './operator/operate.ts';
import { organisationCommands } from './operator/organisation.ts';
import { powerCommands } from './operator/power.ts';
import { recordsCommands } from './operator/records.ts';
import { revocationCommands } from './operator/revocation.ts';
import { trustCommands } from './operator/trust.ts';
import { signingCommands } from './signing/command.ts';
import { exitCode } from './terminal/exit-code.ts';
import { tokenCommands } from './token/command.ts';
import { certificateCommands, signatureCommands } from './validation/command.ts';

const program = new Command('sealgate')
  .description('Sign-in of legal entities by electronic signature: service, tokens, validation')
  .version(packageJson.version)
  .showHelpAfterError('(add --help for more)')
  .exitOverride()
  .hook('preAction', () => chooseGost(gostChoice()));

program
  .command('serve')
  .description(
    'run the service; settings come from SEALGATE_… variables and the file that SEALGATE_CONFIG names',
  )
  .option('--json', 'print the address that it answers at, or the failure, as JSON')
  // Loaded only here: no other command needs the server.
  .action(async (options: { readonly json?: boolean }) => (await import('./main.ts')).main(options));
tokenCommands(program);
signingCommands(program);
certificateCommands(program);
signatureCommands(program);
trustCommands(program);
revocationCommands(program);
clientCommands(program);
keysCommands(program, (uri) => openTokenKey(uri));
recordsCommands(program);
organisationCommands(program);
powerCommands(program);
carrierCommands(program);
auditCommands(program);
doctorCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCode.usage;
  else tell(error, process.argv.includes('--json'));
}
