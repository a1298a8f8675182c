import type { CommanderError } from 'commander';
import type { Language } from '../failure/failure.ts';

/** The parser's messages by its codes, in Russian; what stands in quotation marks there is given to them in order. */
const russian: Readonly<Record<string, (...quoted: readonly string[]) => string>> = {
  'commander.unknownOption': (option) => `неизвестный ключ ${option}`,
  'commander.unknownCommand': (command) => `неизвестная команда ${command}`,
  'commander.missingArgument': (argument) => `не указано: ${argument}`,
  'commander.optionMissingArgument': (option) => `у ключа ${option} не указано значение`,
  'commander.missingMandatoryOptionValue': (option) => `не указан обязательный ключ ${option}`,
  'commander.excessArguments': () => 'указано лишнее',
  'commander.conflictingOption': (option, other) => `${option} нельзя указать вместе с ${other}`,
  'commander.invalidArgument': (option, value) => `значение «${value}» не подходит для ${option}`,
};

/** What is wrong with a command, as the parser found it. It suggests no other command: that might be one which erases. */
export function usageProblem({ code, message }: CommanderError, language: Language): string {
  const [line = ''] = message.split('\n');
  const problem = line.replace(/^error: /, '').replace(/\.$/, '');
  const word = language === 'ru' ? russian[code] : undefined;
  if (word === undefined) return problem;
  const quoted = [...problem.matchAll(/'([^']*)'/g)].map(([, text = '']) => text);
  // What the parser of a value says stands behind the sentence, in the reader's language already, or is a list.
  const [, more = ''] = / is invalid\. (.*)$/.exec(problem) ?? [];
  const shown = more.replace(/^Allowed choices are /, 'Допустимы: ');
  return shown === '' ? word(...quoted) : `${word(...quoted)}. ${shown}`;
}
