import type { Command } from 'commander';
import { expectTokenUri } from '../assertion/token-key.ts';
import {
  type GivenSettings,
  readSettings,
  type Settings,
  secretSettings,
  settingsSchema,
  toConfig,
} from '../config.ts';
import { safeText } from '../failure/safe-text.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { say } from '../terminal/say.ts';
import { facts, table } from '../terminal/table.ts';
import { readPins } from '../trust-list/pin.ts';
import { print, type Report, tell } from './operate.ts';

/** Adds `sealgate config show` and `check`. */
export function configCommands(program: Command): void {
  const config = program
    .command('config')
    .description('settings of the service: what they are, and whether they hold');
  config
    .command('show')
    .description('every setting with its value, and where it comes from; secrets are left out')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) => printReport(json === true, showReport));
  config
    .command('check')
    .description('judge every setting as the service does before it starts, and open nothing')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) => printReport(json === true, checkReport));
}

async function printReport(json: boolean, report: (given: GivenSettings) => Promise<Report>): Promise<void> {
  try {
    print(await report(readSettings()), json);
  } catch (error) {
    tell(error, json);
  }
}

/** What `config show` reports. */
export async function showReport({ settings, file, origins }: GivenSettings): Promise<Report> {
  const names = Object.keys(settingsSchema.shape) as (keyof Settings)[];
  const shown = names.map((name) => ({
    name,
    value: shownValue(name, settings[name]),
    origin: origins.get(name) ?? 'default',
  }));
  return {
    exitCode: exitCode.passed,
    json: { file: file ?? null, settings: shown },
    lines: [
      file === undefined
        ? say({ en: 'no configuration file', ru: 'Файла настроек нет' })
        : `${say({ en: 'configuration file', ru: 'Файл настроек' })}: ${safeText(file)}`,
      table(
        shown.map(({ name, value, origin }) => [
          name,
          origin === 'default' ? say({ en: 'default', ru: 'по умолчанию' }) : safeText(origin),
          value,
        ]),
        [0],
      ),
    ],
  };
}

/** What `config check` reports. Throws `configuration_invalid`. */
export async function checkReport({ settings, file }: GivenSettings): Promise<Report> {
  const config = toConfig(settings);
  if (config.assertionKey !== undefined) expectTokenUri(config.assertionKey);
  readPins(config.anchors);
  const { database, data } = config;
  return {
    exitCode: exitCode.passed,
    json: { valid: true, file: file ?? null, data, database },
    lines: [
      file === undefined
        ? say({
            en: 'the settings hold; there is no configuration file',
            ru: 'Настройки верны; файла настроек нет',
          })
        : say({ en: `${safeText(file)} holds`, ru: `${safeText(file)}: настройки верны` }),
      facts([
        [say({ en: 'data', ru: 'данные' }), safeText(data)],
        [say({ en: 'database', ru: 'база' }), withoutPassword(safeText(database))],
      ]),
    ],
  };
}

function shownValue(name: keyof Settings, value: Settings[keyof Settings]): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return '—';
  if (secretSettings.has(name)) return say({ en: 'set, not shown', ru: 'задан, не показан' });
  if (name === 'clients') return (value as Settings['clients']).map(({ id }) => id).join(', ');
  return withoutPassword(safeText(Array.isArray(value) ? value.join(',') : String(value), 200));
}

/** Addresses of proxies, mail servers and databases may hold a password. */
function withoutPassword(text: string): string {
  return text.replace(/(:\/\/[^\s/:@]*):[^\s/@]*@/g, '$1:…@');
}
