import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { gostChoice, language } from '../environment.ts';
import { SealgateError } from '../error.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { showWhole } from '../terminal/width.ts';
import { parts } from './commands.ts';
import { completionCommand } from './completion.ts';
import { helpIn } from './help.ts';
import { usageProblem } from './usage.ts';

/**
 * Runs the command that `words` name and sets the exit code. Every one but 0 is told on standard error. Of the modules
 * only that of the command is loaded; the help of the program loads none.
 */
export async function run(words: readonly string[]): Promise<void> {
  const program = await programFor(words);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const told = error instanceof CommanderError ? usageFailure(program, words, error) : error;
    if (told === undefined) process.exitCode = exitCode.usage;
    else (await import('../operator/operate.ts')).tell(told, words.includes('--json'));
  }
}

/** The program with the commands that `words` call; all others only by name and purpose. */
export async function programFor(words: readonly string[]): Promise<Command> {
  const program = new Command('sealgate')
    .description('Sign-in of legal entities by electronic signature: service, tokens, validation')
    .version(packageJson.version)
    .option('--wide', 'show tables whole, however wide the terminal is')
    .configureHelp(helpIn(language()))
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({ outputError: () => {} })
    .hook('preAction', async (root) => {
      if (root.opts<{ readonly wide?: boolean }>().wide === true) showWhole();
      const choice = gostChoice();
      if (choice !== undefined) (await import('../gost/engine.ts')).chooseGost(choice);
    });
  completionCommand(program, () => programFor(parts.flatMap(({ commands }) => Object.keys(commands))));
  for (const { commands, load } of parts) {
    if (words.some((word) => Object.hasOwn(commands, word))) (await load())(program);
    else for (const [name, purpose] of Object.entries(commands)) program.command(name).description(purpose);
  }
  return program;
}

/** Nothing where the parser has already answered with the help: a command was named that needs another one. */
function usageFailure(
  program: Command,
  words: readonly string[],
  error: CommanderError,
): SealgateError | undefined {
  if (error.code === 'commander.help') return undefined;
  const problem = usageProblem(error, language());
  return new SealgateError('command_invalid', { problem, help: `${commandIn(program, words)} --help` });
}

/** The command that the words come to before the first one that names none. */
function commandIn(program: Command, words: readonly string[]): string {
  let [command, path] = [program, program.name()];
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word);
    if (next === undefined) break;
    [command, path] = [next, `${path} ${word}`];
  }
  return path;
}
