import { rm, rmdir } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sessionFolders } from '../../environment.ts';
import { carryOut } from '../../terminal/outcome.ts';
import { moment, say } from '../../terminal/say.ts';
import { makeFolder } from '../folder.ts';
import type { AgentOptions } from '../options.ts';
import { findRunning, type Presence } from '../presence.ts';
import * as carrying from './carry-out.ts';
import { darwinPlan } from './darwin.ts';
import { linuxPlan } from './linux.ts';
import type { CommandLine, InstallationContext, InstallationPlan } from './plan.ts';
import { windowsPlan } from './windows.ts';

const done = { en: 'Done', ru: 'Выполнено' } as const;
const notDone = { en: 'Not done', ru: 'Не выполнено' } as const;

/** What the agent keeps in its folder: the person's, and its own. */
const keptData = ['origins.json', 'signatures.json', 'key-files.json'];
const ownData = ['running.json', 'cache'];

/** The plan for this system, with what the options say. */
export function planFor(options: AgentOptions): InstallationPlan {
  const context: InstallationContext = {
    home: homedir(),
    ...sessionFolders(),
    folder: resolve(options.data),
    start: startOf(options),
  };
  switch (platform()) {
    case 'darwin':
      return darwinPlan(context);
    case 'win32':
      return windowsPlan(context);
    default:
      return linuxPlan(context);
  }
}

/**
 * Options of Node that keep a process small that waits for days and works for seconds: no second tier of compiled
 * code, functions compiled when they are called, and a young generation of one megabyte. Of 85 MB they leave 77.
 */
export const smallNode = ['--no-opt', '--max-lazy', '--max-semi-space-size=1'];

const program = fileURLToPath(new URL(`../../cli${extname(import.meta.url)}`, import.meta.url));

/** Has everything compiled beforehand; where that fails, the agent does it when it starts. */
function compile(options: AgentOptions): Promise<boolean> {
  const environment = { NODE_COMPILE_CACHE: join(resolve(options.data), 'cache') };
  return carrying.run([process.execPath, ...smallNode, program, 'agent', 'prepare'], environment);
}

/** The command line that starts the agent with these options. */
function startOf({ data, port, module, keepPin, opener }: AgentOptions): CommandLine {
  return [
    process.execPath,
    ...smallNode,
    program,
    'agent',
    ...['--data', resolve(data)],
    ...(port === undefined ? [] : ['--port', String(port)]),
    ...module.flatMap((name) => ['--module', name]),
    ...(keepPin === 0 ? [] : ['--keep-pin', String(keepPin)]),
    ...(opener === undefined ? [] : ['--opener', opener]),
  ];
}

/** `sealgate agent install`. */
export async function install(options: AgentOptions): Promise<void> {
  await carryOut(
    options,
    async () => {
      makeFolder(options.data);
      const plan = planFor(options);
      await compile(options);
      const commands = await carrying.install(plan);
      const running = await findRunning(options.data);
      return { ...shown(plan, commands), running: running ?? null };
    },
    ({ files, commands, isTried, running }) => [
      `${say({ en: 'Written', ru: 'Записано' })}: ${files.join(', ')}`,
      ...commands.map(({ command, isDone }) => `${say(isDone ? done : notDone)}: ${command}`),
      ...(isTried
        ? []
        : [
            say({
              en: 'This has not been tried on this system: see whether the agent starts with your session.',
              ru: 'На этой системе это не испытано: проверьте, запускается ли агент с вашим сеансом.',
            }),
          ]),
      running === null
        ? say({
            en: 'The agent starts with your next session. To start it now: sealgate agent',
            ru: 'Агент запустится со следующим сеансом. Чтобы запустить сейчас: sealgate agent',
          })
        : say({
            en: `The agent runs at ${addressOf(running)}.`,
            ru: `Агент работает по адресу ${addressOf(running)}.`,
          }),
    ],
  );
}

/** `sealgate agent uninstall`. */
export async function uninstall(options: AgentOptions & { readonly keepData?: boolean }): Promise<void> {
  await carryOut(
    options,
    async () => {
      const plan = planFor(options);
      const commands = await carrying.uninstall(plan);
      const running = await findRunning(options.data);
      // Found by its own answer at its port, so that no other process is ended.
      if (running !== undefined) process.kill(running.pid, 'SIGTERM');
      const keepData = options.keepData === true;
      await removeData(options.data, keepData ? ownData : [...keptData, ...ownData]);
      return { ...shown(plan, commands), ended: running !== undefined, keptData: keepData };
    },
    ({ files, ended, keptData }) => [
      `${say({ en: 'Removed', ru: 'Удалено' })}: ${files.join(', ')}`,
      ...(ended ? [say({ en: 'The agent that ran was ended.', ru: 'Работавший агент остановлен.' })] : []),
      keptData
        ? say({
            en: `What it kept is still in ${options.data}.`,
            ru: `То, что он хранил, осталось в ${options.data}.`,
          })
        : say({ en: 'What it kept was removed too.', ru: 'То, что он хранил, тоже удалено.' }),
    ],
  );
}

/** `sealgate agent status`. */
export async function status(options: AgentOptions): Promise<void> {
  await carryOut(
    options,
    async () => {
      const running = await findRunning(options.data);
      return { running: running ?? null, installed: await carrying.installedFiles(planFor(options)) };
    },
    ({ running, installed }) => [
      running === null
        ? say({ en: 'The agent does not run.', ru: 'Агент не работает.' })
        : say({
            en: `The agent runs at ${addressOf(running)}, version ${running.version}, since ${moment(running.startedAt)}.`,
            ru: `Агент работает по адресу ${addressOf(running)}, версия ${running.version}, с ${moment(running.startedAt)}.`,
          }),
      installed.length === 0
        ? say({ en: 'It is not installed.', ru: 'Он не установлен.' })
        : `${say({ en: 'Installed', ru: 'Установлено' })}: ${installed.join(', ')}`,
    ],
  );
}

/** Removes what the agent has written, and its folder if nothing else is in it. */
async function removeData(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(folder, name), { recursive: true, force: true });
  await rmdir(folder).catch(() => undefined);
}

function shown({ files, isTried }: InstallationPlan, commands: readonly carrying.RunCommand[]) {
  return { files: files.map(({ path }) => path), commands, isTried };
}

function addressOf({ port }: Presence): string {
  return `http://127.0.0.1:${port}/`;
}
