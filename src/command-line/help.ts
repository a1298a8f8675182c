import { type Command, Help, type Option } from 'commander';
import type { Language } from '../failure/failure.ts';
import { document } from './russian/document.ts';
import { person } from './russian/person.ts';
import { registration } from './russian/registration.ts';
import { service } from './russian/service.ts';

const texts: Readonly<Record<string, string>> = { ...person, ...service, ...registration, ...document };

const usual = new Help();

const titles: Readonly<Record<string, string>> = {
  'Usage:': 'Как вызвать:',
  'Arguments:': 'Аргументы:',
  'Options:': 'Ключи:',
  'Commands:': 'Команды:',
  'Global Options:': 'Общие ключи:',
  'Policy:': 'Правила:',
  'ЕСИА’s dialect:': 'Диалект ЕСИА:',
};

/**
 * How help is put into words. Commands and options are described in English where they are defined; Russian is found
 * by that text. A test holds that none is missing.
 */
export function helpIn(language: Language): Partial<Help> {
  const shown: Partial<Help> = {
    showGlobalOptions: true,
    visibleGlobalOptions(command: Command): Option[] {
      // Of the program's own options only this one means something to a command, if it prints tables.
      const [root, ...between] = above(command);
      const hasTables = command.options.some(({ long }) => long === '--json');
      const wide = hasTables ? (root?.options.filter(({ long }) => long === '--wide') ?? []) : [];
      return [...between.flatMap(({ options }) => options), ...wide];
    },
  };
  if (language !== 'ru') return shown;
  return {
    ...shown,
    styleTitle: (title) => titles[title] ?? title,
    styleUsage: inRussian,
    styleSubcommandTerm: inRussian,
    commandDescription: (command) => russian(command.description()),
    subcommandDescription: (command) => russian(command.description()),
    argumentDescription: ({ description }) => russian(description),
    optionDescription: (option) => russian(option.description) + notes(option),
  };
}

/** The Russian of a description; what stands in brackets at its end for the values may be left out of the table. */
export function russian(text: string): string {
  const whole = texts[text];
  if (whole !== undefined) return whole;
  const [, before = '', values = ''] = /^(.+?) \(([^()]*)\)$/.exec(text) ?? [];
  const known = texts[before];
  return known === undefined ? text : `${known} (${values.replace('default:', 'по умолчанию:')})`;
}

/** What the parser says of an option behind its description: choices, default, variable. */
function notes(option: Option): string {
  const said = usual.optionDescription(option).slice(option.description.length);
  const { defaultValueDescription: known = '' } = option;
  return said
    .replace(known, texts[known] ?? known)
    .replace('choices:', 'допустимы:')
    .replace('default:', 'по умолчанию:')
    .replace('env:', 'переменная:');
}

/** The commands above a command, the program first. */
function above(command: Command): readonly Command[] {
  return command.parent === null ? [] : [...above(command.parent), command.parent];
}

function inRussian(usage: string): string {
  return usage.replace('[options]', '[ключи]').replace('[command]', '[команда]');
}
