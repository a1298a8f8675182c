import { type Command, Option } from 'commander';

/** Adds `sealgate completion`; `whole` gives the program with every command in it. */
export function completionCommand(program: Command, whole: () => Promise<Command>): void {
  program
    .command('completion')
    .description('print a script by which a shell completes commands and options')
    .addOption(new Option('--shell <name>', 'for this shell').choices(['bash', 'zsh']).default('bash'))
    .action(async ({ shell }: { shell: 'bash' | 'zsh' }) => {
      process.stdout.write(completionScript(await whole(), shell));
    });
}

/** A script to be sourced: what may follow stands in it, so that completing starts no program. */
export function completionScript(program: Command, shell: 'bash' | 'zsh'): string {
  const cases = branches(program, []).map(
    ([path, words]) => `    '${path.join(' ')}') words='${words.join(' ')}' ;;`,
  );
  return `${shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}_sealgate() {
  local path= words= word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _sealgate sealgate
`;
}

/** Each command by its path, with the commands and options that may follow it. */
function branches(
  command: Command,
  path: readonly string[],
): (readonly [readonly string[], readonly string[]])[] {
  const own = command.commands.map((each) => each.name());
  const options = command.options.flatMap(({ long }) => (long == null ? [] : [long]));
  const below = command.commands.flatMap((each) => branches(each, [...path, each.name()]));
  return [[path, [...own, ...options, '--help']], ...below];
}
