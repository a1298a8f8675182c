/**
 * The card service with its reader and cards, in a namespace of its own: `node inside.ts FOLDER`. It is told what to do
 * by lines of JSON over the socket FOLDER/control, and answers each with one. Started by stack.ts through unshare.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { AppletCard } from './applet.ts';
import type { Card } from './card.ts';
import { PivCard, type PivContents } from './piv.ts';
import { Reader } from './reader.ts';

/** What stack.ts may ask for. */
export type Order =
  | { readonly do: 'issue'; readonly name: string; readonly piv?: PivContents }
  | { readonly do: 'insert'; readonly name: string }
  | { readonly do: 'remove' }
  | { readonly do: 'remove-at'; readonly instruction: number }
  | { readonly do: 'silence'; readonly isSilent: boolean }
  | { readonly do: 'stop-service' }
  | { readonly do: 'start-service' };

const port = 0x8c7b;
const [, , folder = ''] = process.argv;
const cards = new Map<string, Card>();
const reader = new Reader(port);
let service: ChildProcess | undefined;

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

/** The socket of pcscd is compiled in, and the machine's own is not touched: /run is another one in here. */
function prepare(): void {
  run('mount', '-t', 'tmpfs', 'tmpfs', '/run');
  mkdirSync('/run/pcscd');
  mkdirSync(`${folder}/run`, { recursive: true });
  mkdirSync(`${folder}/readers`, { recursive: true });
  run('mount', '--bind', `${folder}/run`, '/run/pcscd');
  run('ip', 'link', 'set', 'lo', 'up');
  const number = `0x${port.toString(16).toUpperCase()}`;
  const lines = [
    'FRIENDLYNAME "Virtual reader"',
    `DEVICENAME /dev/null:${number}`,
    'LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so',
    `CHANNELID ${number}`,
  ];
  writeFileSync(`${folder}/readers/vpcd`, `${lines.join('\n')}\n`);
}

async function startService(): Promise<void> {
  service = spawn('/usr/sbin/pcscd', ['--foreground', '--config', `${folder}/readers`], {
    stdio: 'ignore',
  });
  for (let tries = 200; !existsSync(`${folder}/run/pcscd.comm`); tries--) {
    if (tries === 0 || service.exitCode !== null) throw new Error('pcscd does not start');
    await wait(50);
  }
}

async function stopService(): Promise<void> {
  const ended = service && once(service, 'exit');
  service?.kill('SIGKILL');
  await ended;
  // Killed, it leaves its socket and its number behind, and the next one would take them for another pcscd.
  run('rm', '-f', `${folder}/run/pcscd.comm`, `${folder}/run/pcscd.pid`);
}

async function carryOut(order: Order): Promise<void> {
  switch (order.do) {
    case 'issue':
      cards.set(order.name, order.piv === undefined ? new AppletCard() : new PivCard(order.piv));
      return;
    case 'insert': {
      const card = cards.get(order.name);
      if (card === undefined) throw new Error(`no card ${order.name}`);
      return reader.insert(card);
    }
    case 'remove':
      return reader.remove();
    case 'remove-at':
      return reader.removeAt(order.instruction);
    case 'silence':
      return reader.silence(order.isSilent);
    case 'stop-service':
      return stopService();
    case 'start-service':
      return startService();
  }
}

prepare();
await startService();
createServer(async (socket) => {
  for await (const line of createInterface({ input: socket })) {
    const error = await carryOut(JSON.parse(line) as Order).then(
      () => undefined,
      (cause: unknown) => String(cause),
    );
    socket.write(`${JSON.stringify({ error })}\n`);
  }
}).listen(`${folder}/control`);
