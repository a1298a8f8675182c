import { Command, CommanderError } from 'commander';
import { vi } from 'vitest';

/** Runs `sealgate` with the commands that `add` adds, in this process: what it prints, and its exit code. */
export async function run(
  add: (program: Command) => void,
  ...words: readonly string[]
): Promise<{ out: string; code: number }> {
  const printed: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  const program = new Command('sealgate').exitOverride().configureOutput({ writeErr: () => {} });
  add(program);
  for (const command of program.commands.flatMap((each) => [each, ...each.commands])) {
    command.exitOverride().configureOutput({ writeErr: () => {} });
  }
  process.exitCode = 0;
  try {
    await program.parseAsync(words, { from: 'user' });
    return { out: printed.join(''), code: Number(process.exitCode) };
  } catch (error) {
    if (error instanceof CommanderError) return { out: error.message, code: error.exitCode };
    throw error;
  } finally {
    process.exitCode = 0;
    write.mockRestore();
  }
}
