import { Command, CommanderError } from 'commander';
import { tokenCommands } from '../../src/token/command.ts';

/** The token commands as a program of their own, for tests of what a person sees. */
const program = new Command('sealgate').exitOverride();
tokenCommands(program);
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 64;
  if (error.code === 'sealgate.usage') process.stderr.write(`${error.message}\n`);
}
