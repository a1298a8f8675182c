import type { Command } from 'commander';
import { disconnectCarrier, listCarriers, nameCarrier } from '../carrier/carrier.ts';
import { SealgateError } from '../error.ts';
import { safeText } from '../failure/value.ts';
import { sendDueNotices } from '../notice/notifier.ts';
import { channelsOf } from '../notice/rounds.ts';
import { shownText } from '../relying-party/registration.ts';
import { noticesOf } from '../service/notices.ts';
import { shownCarrier } from '../service/shown.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { moment, say } from '../terminal/say.ts';
import { table } from '../terminal/table.ts';
import { type Operation, operate, type Report } from './operate.ts';
import { reportOf, subjectOf } from './organisation.ts';
import { hexThumbprint, thumbprintOf } from './thumbprint.ts';

interface JsonOption {
  readonly json?: boolean;
}

/** Adds `sealgate carrier list`, `name`, `disconnect` and `notify`. */
export function carrierCommands(program: Command): void {
  const carrier = program.command('carrier').description('certificates that organisations have connected');
  const json = ['--json', 'print JSON'] as const;
  carrier
    .command('list <ogrn>')
    .description('the connected carriers of an organisation, those that end first first')
    .option(...json)
    .action((ogrn: string, options: JsonOption) =>
      operate(options.json === true, (operation) => listReport(operation, subjectOf(ogrn))),
    );
  carrier
    .command('name <ogrn> <certificate> <name>')
    .description('give a carrier another name')
    .option(...json)
    .action((ogrn: string, certificate: string, name: string, options: JsonOption) =>
      operate(options.json === true, async ({ database, at }) => {
        await nameCarrier(database, subjectOf(ogrn), thumbprintOf(certificate), parseName(name), at);
        const done = say({
          en: `${certificate} is called ${safeText(name)}`,
          ru: `${certificate} теперь называется «${safeText(name)}»`,
        });
        return reportOf({ certificate, name }, [done]);
      }),
    );
  carrier
    .command('disconnect <ogrn> <certificate>')
    .description('disconnect a carrier and end the sessions that it opened')
    .option(...json)
    .action((ogrn: string, certificate: string, options: JsonOption) =>
      operate(options.json === true, async ({ database, at }) => {
        await disconnectCarrier(database, subjectOf(ogrn), thumbprintOf(certificate), 'operator', at);
        const done = say({
          en: `${certificate} is disconnected, and its sessions have ended`,
          ru: `${certificate} отключён, его сеансы завершены`,
        });
        return reportOf({ certificate, disconnected: true }, [done]);
      }),
    );
  carrier
    .command('notify')
    .description('send the notices of expiry that are due now')
    .option(...json)
    .action((options: JsonOption) => operate(options.json === true, notifyReport));
}

async function listReport({ database }: Operation, subject: string): Promise<Report> {
  const carriers = (await listCarriers(database, subject)).map(shownCarrier);
  const rows = carriers.map(({ certificate, name, holder, expiresAt, lastUsedAt }) => [
    safeText(name, 40),
    safeText(holder, 60),
    moment(expiresAt),
    lastUsedAt === undefined ? say({ en: 'never', ru: 'никогда' }) : moment(lastUsedAt),
    hexThumbprint(certificate),
  ]);
  const header = say({
    en: ['NAME', 'HOLDER', 'UNTIL', 'LAST USED', 'CERTIFICATE'],
    ru: ['НАЗВАНИЕ', 'ВЛАДЕЛЕЦ', 'ДО', 'ПРИМЕНЯЛСЯ', 'СЕРТИФИКАТ'],
  });
  return reportOf(carriers, [table([header, ...rows])]);
}

/** Exit code 1 where a notice did not go out. */
async function notifyReport({ database, config, at }: Operation): Promise<Report> {
  const channels = channelsOf(noticesOf(config));
  const problems: string[] = [];
  const sent = await sendDueNotices(database, channels, at, (error) => {
    problems.push(error instanceof Error ? error.message : String(error));
  });
  for (const channel of channels) channel.close();
  return {
    exitCode: problems.length === 0 ? exitCode.passed : exitCode.refused,
    json: { sent, problems },
    lines: [
      say({ en: `${sent} notices sent`, ru: `Отправлено извещений: ${sent}` }),
      ...problems.map((problem) => `${say({ en: 'not sent', ru: 'не отправлено' })}: ${safeText(problem)}`),
    ],
  };
}

function parseName(text: string): string {
  const result = shownText(100).safeParse(text);
  if (result.success) return result.data;
  throw new SealgateError('argument_invalid', { argument: text, problem: 'name-form' });
}
