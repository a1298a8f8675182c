import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { setTimeout as pass } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { whyNoToken } from '../demo/choice.ts';
import { type DemoAlgorithm, demoAlgorithms } from '../demo/options.ts';
import { language } from '../environment.ts';
import { SealgateError } from '../error.ts';
import { makeFolder } from '../file/folder.ts';
import { tell } from '../operator/operate.ts';
import { defined } from '../optional.ts';
import { printLines } from '../terminal/outcome.ts';
import { facts as factsTable, type Line, table } from '../terminal/table.ts';
import { firstRequest } from './files.ts';
import { type StandFacts, StandFolder } from './folder.ts';
import { runStand } from './run.ts';
import { standWords } from './words.ts';

interface Options {
  readonly folder: string;
  readonly json?: boolean;
}

interface UpOptions extends Options {
  readonly fresh?: boolean;
  readonly detach?: boolean;
  readonly algorithm?: DemoAlgorithm;
}

/** Adds `sealgate stand up`, `down`, `status` and `reset`. */
export function standCommands(program: Command): void {
  const stand = program
    .command('stand')
    .description('a test authority, token, service and portal to build against');
  const folder = ['--folder <folder>', 'where all of it is kept', '.sealgate/stand'] as const;
  const json = ['--json', 'print JSON'] as const;
  stand
    .command('up')
    .description(
      'start the stand, and make it before that where there is none; runs until it is told to stop',
    )
    .option(...folder)
    .addOption(
      new Option('--algorithm <name>', 'of a stand that is made now').choices(Object.keys(demoAlgorithms)),
    )
    .option('--fresh', 'make it anew; what it was is lost')
    .option('--detach', 'return once it runs; stand down stops it')
    .option(...json)
    .action((options: UpOptions) =>
      attempt(options, () => (options.detach === true ? startDetached(options) : up(options))),
    );
  stand
    .command('down')
    .description('stop the stand and keep what it made')
    .option(...folder)
    .option(...json)
    .action((options: Options) => attempt(options, () => down(new StandFolder(options.folder), options)));
  stand
    .command('status')
    .description('whether the stand runs, its addresses, secret and PIN')
    .option(...folder)
    .option(...json)
    .action((options: Options) =>
      attempt(options, async () => status(new StandFolder(options.folder), options)),
    );
  stand
    .command('reset')
    .description('stop the stand and remove all that it made')
    .option(...folder)
    .option(...json)
    .action((options: Options) =>
      attempt(options, async () => {
        const found = new StandFolder(options.folder);
        await stop(found);
        found.remove();
        print(options, { running: false, made: false }, [standWords[language()].removed]);
      }),
    );
}

async function attempt(options: Options, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    tell(error, options.json === true);
  }
}

async function up(options: UpOptions): Promise<void> {
  const folder = new StandFolder(options.folder);
  if (folder.runner() !== undefined) throw new SealgateError('stand_running', { path: folder.path });
  if (options.fresh === true) folder.clear();
  const missing = await whyNoToken(options.algorithm);
  if (missing !== undefined) throw new SealgateError('stand_tokenless', { problem: missing });
  if (!folder.claim()) throw new SealgateError('stand_running', { path: folder.path });
  const stopAsked = new Promise<void>((ask) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ask());
  });
  try {
    const running = await runStand(folder, options.algorithm);
    print(options, shownFacts(running.facts, true), lines(folder, running.facts));
    await stopAsked;
    await running.close();
  } finally {
    folder.release();
  }
}

/** Starts another process that stays, and waits until it says that it runs. */
async function startDetached({ folder: path, fresh, algorithm, json }: UpOptions): Promise<void> {
  const folder = new StandFolder(path);
  if (folder.runner() !== undefined) throw new SealgateError('stand_running', { path: folder.path });
  if (fresh === true) folder.clear();
  makeFolder(folder.path);
  const log = folder.at('stand.log');
  const output = openSync(log, 'w', 0o600);
  const words = [
    'stand',
    'up',
    '--json',
    '--folder',
    folder.path,
    ...(algorithm ? ['--algorithm', algorithm] : []),
  ];
  const [program = ''] = process.argv.slice(1);
  const child = spawn(process.execPath, [program, ...words], {
    detached: true,
    stdio: ['ignore', output, output],
  });
  child.unref();
  while (child.exitCode === null && child.signalCode === null) {
    const said = readFileSync(log, 'utf8');
    const facts = said.includes('"running":true') ? folder.read() : undefined;
    if (facts !== undefined) {
      print({ folder: path, ...defined({ json }) }, shownFacts(facts, true), lines(folder, facts));
      return;
    }
    await pass(50);
  }
  throw new SealgateError('stand_failed', { problem: readFileSync(log, 'utf8').slice(-250) });
}

async function down(folder: StandFolder, options: Options): Promise<void> {
  const words = standWords[language()];
  const wasRunning = await stop(folder);
  print(options, { running: false, made: folder.read() !== undefined }, [
    wasRunning ? words.stopped : words.notRunning,
  ]);
}

/** Asks the process that runs the stand to end, and waits for it; false where none does. */
async function stop(folder: StandFolder): Promise<boolean> {
  const runner = folder.runner();
  if (runner === undefined) return false;
  process.kill(runner, 'SIGTERM');
  for (let waited = 0; folder.runner() !== undefined; waited += 50) {
    if (waited > 20_000) throw new SealgateError('stand_running', { path: folder.path });
    await pass(50);
  }
  return true;
}

function status(folder: StandFolder, options: Options): void {
  const words = standWords[language()];
  const facts = folder.read();
  const isRunning = folder.runner() !== undefined;
  const state = isRunning ? [] : [words.notRunning];
  if (facts === undefined) print(options, { running: isRunning, made: false }, [words.notMade]);
  else print(options, shownFacts(facts, isRunning), [...state, ...lines(folder, facts)]);
}

function shownFacts(facts: StandFacts, running: boolean): object {
  return { running, made: true, ...facts };
}

function lines(folder: StandFolder, facts: StandFacts): Line[] {
  const words = standWords[language()];
  const { service, portal, client, secret, pin, certificates, keyFiles, library, algorithm } = facts;
  return [
    words.title,
    factsTable(
      [
        [words.service, service],
        [words.contract, `${service}/docs`],
        [words.portal, portal],
        [words.client, client],
        [words.secret, secret],
        [words.token, `${library} (${algorithm})`],
        [words.pin, pin],
        [words.folder, folder.path],
      ],
      '  ',
    ),
    words.certificates,
    table(
      certificates.map(({ label, name }) => [label, words.kinds[label as keyof typeof words.kinds], name]),
      [0],
      '  ',
    ),
    ...(keyFiles.length === 0
      ? []
      : [
          words.keyFiles,
          factsTable(
            keyFiles.map(({ algorithm: name, file }) => [name, file] as const),
            '  ',
          ),
        ]),
    words.next,
    ...firstRequest(folder).map((line) => ({ verbatim: `  ${line}` })),
  ];
}

function print(options: Options, json: object, text: readonly Line[]): void {
  if (options.json === true) process.stdout.write(`${JSON.stringify(json)}\n`);
  else printLines(text);
}
