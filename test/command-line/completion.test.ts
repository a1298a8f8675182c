import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parts } from '../../src/command-line/commands.ts';
import { completionScript } from '../../src/command-line/completion.ts';
import { programFor } from '../../src/command-line/run.ts';

const whole = await programFor(parts.flatMap(({ commands }) => Object.keys(commands)));

/** What bash offers behind these words, the last of which is being typed. */
function completed(...words: readonly string[]): string[] {
  const script = `${completionScript(whole, 'bash')}
COMP_WORDS=(sealgate "$@"); COMP_CWORD=$#; _sealgate; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(Boolean);
}

describe('completion in bash', () => {
  it('offers the commands that begin as the word does', () => {
    expect(completed('tr')).toEqual(['trust']);
    expect(completed('trust', 'a')).toEqual(['add']);
  });

  it('offers the options of a command, whatever options stand before', () => {
    expect(completed('audit', 'show', '--l')).toEqual(['--log']);
    expect(completed('audit', 'show', '--json', '--l')).toEqual(['--log']);
  });

  it('offers nothing behind a command that is none', () => {
    expect(completed('trsut', '')).toEqual([]);
  });
});

describe('the commands of the first level', () => {
  it('are described in the help of the program as in their own, so that neither is out of date', async () => {
    for (const { commands } of parts) {
      for (const [name, purpose] of Object.entries(commands)) {
        const own = whole.commands.find((each) => each.name() === name);
        expect(own?.description(), name).toBe(purpose);
      }
    }
  });
});
