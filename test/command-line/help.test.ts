import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parts } from '../../src/command-line/commands.ts';
import { russian } from '../../src/command-line/help.ts';
import { programFor } from '../../src/command-line/run.ts';

const names = parts.flatMap(({ commands }) => Object.keys(commands));
const whole = await programFor(names);

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Everything that the help of a command describes. */
function described(command: Command): readonly string[] {
  const options = command.options.map(({ description }) => description);
  const given = command.registeredArguments.map(({ description }) => description);
  return [command.description(), ...options, ...given].filter((text) => text !== '');
}

describe('help in Russian', () => {
  it.each(everyCommand(whole).map((command) => [command.name(), command] as const))(
    'describes %s, its options and arguments in Russian',
    (_, command) => {
      expect(described(command).filter((text) => russian(text) === text && /[a-z]{3}/.test(text))).toEqual(
        [],
      );
    },
  );

  it('keeps the values that stand behind a description', () => {
    expect(russian('how far timestamp may be off (default: 300)')).toBe(
      'насколько может расходиться timestamp (по умолчанию: 300)',
    );
  });
});
