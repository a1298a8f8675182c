import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { agentFolder } from '../environment.ts';
import { invalidValue } from '../terminal/command.ts';
import { say } from '../terminal/say.ts';
import { agentPorts } from './bridge-message.ts';
import type { AgentOptions } from './options.ts';

const introduction = {
  en: '\nThe page of the agent, with certificates, sites and last signatures, is at the address that it prints.\n',
  ru: '\nСтраница агента с сертификатами, сайтами и последними подписями — по адресу, который он выводит.\n',
} as const;

const examples = `
  sealgate agent
  sealgate agent --module rutoken --module /opt/vendor/libpkcs11.so
  sealgate agent install
  sealgate agent key add director.p12`;

/** Adds `sealgate agent` to a program. What it needs is loaded when it runs. */
export function agentCommands(program: Command): void {
  const agent = program
    .command('agent')
    .description('run the signing agent: portals’ pages ask it for signatures, and it asks you')
    .option(
      '--port <n>',
      `port on this machine (otherwise ${agentPorts.join(', ')}, the first free)`,
      parsePort,
    )
    .addOption(
      new Option('--module <name|path>', 'PKCS#11 library to ask; may be repeated')
        .argParser((name: string, before: readonly string[]) => [...before, name])
        .default([], 'all that are found'),
    )
    .option('--keep-pin <minutes>', 'keep a PIN that was accepted for so long', parseMinutes, 0)
    .option('--opener <program>', 'program that opens the agent’s windows (otherwise the system’s browser)')
    .option('--data <folder>', 'folder of what the agent keeps', agentFolder())
    .option('--json', 'print JSON')
    .addHelpText('after', () => say(introduction) + examples)
    .action(async (options: AgentOptions) => {
      // Compiled code is kept beside the agent's data, which nobody else writes to, and not in a shared folder.
      enableCompileCache(join(options.data, 'cache'));
      await (await import('./run.ts')).runAgent(options);
    });
  const given = <More>(command: Command) => command.optsWithGlobals<AgentOptions & More>();
  const installation = () => import('./installation/command.ts');
  agent
    .command('install')
    .description('start the agent, with these options, whenever your session starts')
    .action(async (_: unknown, command: Command) => (await installation()).install(given(command)));
  agent
    .command('prepare', { hidden: true })
    .description('compile all that the agent needs, so that it starts small')
    .action(async () => (await import('./prepare.ts')).prepare());
  agent
    .command('uninstall')
    .description('take back everything that install has written, and what the agent keeps')
    .option('--keep-data', 'leave the list of sites and the history')
    .action(async (_: unknown, command: Command) =>
      (await installation()).uninstall(given<{ keepData?: boolean }>(command)),
    );
  agent
    .command('status')
    .description('whether the agent runs, where, and what is installed')
    .action(async (_: unknown, command: Command) => (await installation()).status(given(command)));
  const key = agent.command('key').description('key files that the agent may sign with');
  const keys = () => import('./key/command.ts');
  key
    .command('add')
    .description('name a key file to the agent; its password is asked for once, and not kept')
    .argument('<file>', 'PKCS#12, PKCS#8, or a PEM file with key and certificate')
    .option('--certificate <file>', 'certificate of the key, where it is not in the file')
    .action(async (file: string, _: unknown, command: Command) =>
      (await keys()).addKey(file, given<{ certificate?: string }>(command)),
    );
  key
    .command('remove')
    .description('have the agent forget a key file; the file stays')
    .argument('<file>', 'the file')
    .action(async (file: string, _: unknown, command: Command) =>
      (await keys()).removeKey(file, given(command)),
    );
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw invalidValue({ en: 'not a port', ru: 'это не номер порта' });
  return port;
}

function parseMinutes(text: string): number {
  const minutes = Number(text);
  const longest = 480;
  if (!/^\d+$/.test(text) || minutes > longest) {
    throw invalidValue({
      en: `not a number of minutes up to ${longest}`,
      ru: `нужно число минут, не больше ${longest}`,
    });
  }
  return minutes;
}
