import { homedir } from 'node:os';
import type { Command } from 'commander';
import { OriginList } from '../agent/origin-list.ts';
import { agentFolder, language } from '../environment.ts';
import { isFailure } from '../error.ts';
import { isOrigin } from '../relying-party/origin.ts';
import { invalidValue } from '../terminal/command.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { say, type Worded } from '../terminal/say.ts';
import { paintFor } from '../terminal/table.ts';
import { closeModules } from '../token/token-module.ts';
import { doctorContext } from './context.ts';
import { examine } from './examine.ts';
import { reportText } from './report.ts';

interface DoctorOptions {
  readonly service: readonly string[];
  readonly data: string;
  readonly json?: boolean;
}

const examples: Worded = {
  en: `
Nothing in the report is secret or names a person: it can be sent to a support line as it is.

  sealgate doctor
  sealgate doctor --service https://sign.example > report.txt`,
  ru: `
В отчёте нет секретов и имён людей: его можно отправить в поддержку как есть.

  sealgate doctor
  sealgate doctor --service https://sign.example > report.txt`,
};

/** Adds `sealgate doctor` to a program. */
export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('look at what a sign-in depends on on this machine, and say what to mend')
    .option(
      '--service <origin>',
      'site to ask whether it answers; may be repeated (otherwise those that the agent lets in)',
      (text: string, before: readonly string[]) => [...before, parseSite(text)],
      [],
    )
    .option('--data <folder>', 'folder of the agent', agentFolder())
    .option('--json', 'print JSON')
    .addHelpText('after', () => say(examples))
    .action(async ({ service, data, json }: DoctorOptions) => {
      try {
        const sites = service.length > 0 ? service : await allowedSites(data);
        const context = doctorContext({
          language: language(),
          at: Date.now(),
          home: homedir(),
          root: '/',
          agentFolder: data,
          sites,
        });
        const findings = await examine(context);
        const text =
          json === true
            ? JSON.stringify(findings, null, 2)
            : reportText(findings, context.words, paintFor(process.stdout));
        process.stdout.write(`${text}\n`);
        process.exitCode = findings.some(({ state }) => state === 'bad') ? exitCode.refused : exitCode.passed;
      } finally {
        closeModules();
      }
    });
}

function parseSite(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : '';
  if (!isOrigin(origin))
    throw invalidValue({
      en: 'not an address such as https://sign.example',
      ru: 'нужен адрес вида https://sign.example',
    });
  return origin;
}

/** The sites that the agent lets in; none where its list is damaged, which the findings tell. */
async function allowedSites(folder: string): Promise<readonly string[]> {
  try {
    return (await OriginList.open(folder)).all().map(({ origin }) => origin);
  } catch (error) {
    if (isFailure(error)) return [];
    throw error;
  }
}
