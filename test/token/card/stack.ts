import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { resolveLibrary } from '../../../src/token/library.ts';
import type { Order } from './inside.ts';

const inside = fileURLToPath(new URL('./inside.ts', import.meta.url));
/** User, mount, network and process namespaces of their own, in which this user is root. */
const namespaces = ['-Urmnp', '--fork', '--kill-child'];

/** Why tests with a real smart-card stack are skipped here; in CI they are not, and fail instead. */
export const noCardStack: string | undefined = process.env.CI === 'true' ? undefined : await whyNoCardStack();

async function whyNoCardStack(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'pcscd and its virtual reader are for Linux here';
  const needed = {
    pcscd: '/usr/sbin/pcscd',
    'vsmartcard-vpcd': '/usr/lib/pcsc/drivers/serial/libifdvpcd.so',
    opensc: '/usr/bin/pkcs15-init',
    iproute2: '/usr/sbin/ip',
  };
  const missing = Object.entries(needed).filter(
    ([, file]) => !existsSync(file) && !existsSync(file.replace('/usr', '')),
  );
  if (missing.length > 0)
    return `${missing.map(([name]) => name).join(', ')} not installed; on Debian: apt-get install ${missing.map(([name]) => name).join(' ')}`;
  const probe = spawnSync('unshare', [...namespaces, 'mount', '-t', 'tmpfs', 'tmpfs', '/run'], {
    encoding: 'utf8',
  });
  if (probe.status !== 0)
    return `no namespaces of one’s own here: ${probe.stderr.trim() || probe.error?.message}`;
  return resolveLibrary('opensc').then(
    () => undefined,
    () => 'the PKCS#11 library of OpenSC is not installed; on Debian: apt-get install opensc-pkcs11',
  );
}

/** pcscd, the virtual reader and cards of our own, where nothing of the machine's network or card service is touched. */
export class CardStack {
  readonly folder: string;
  /** What a process needs to reach this card service, and OpenSC to unblock with a PUK. */
  readonly environment: Readonly<Record<string, string>>;
  private readonly process: ChildProcess;
  private readonly control: Socket;
  private readonly answers: AsyncIterator<string>;

  private constructor(folder: string, process: ChildProcess, control: Socket) {
    this.folder = folder;
    this.process = process;
    this.control = control;
    this.answers = createInterface({ input: control })[Symbol.asyncIterator]();
    this.environment = environmentOf(folder);
  }

  static async start(): Promise<CardStack> {
    const folder = await mkdtemp(join(tmpdir(), 'sealgate-card-'));
    const settings =
      'app default { framework pkcs15 { use_file_caching = false; } }\napp opensc-pkcs11 { pkcs11 { user_pin_unblock_style = set_pin_in_unlogged_session; } }\n';
    await writeFile(join(folder, 'opensc.conf'), settings);
    const process = spawn('unshare', [...namespaces, globalThis.process.execPath, inside, folder], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let messages = '';
    process.stderr.on('data', (chunk) => {
      messages += String(chunk);
    });
    for (let tries = 600; !existsSync(join(folder, 'control')); tries--) {
      if (tries === 0 || process.exitCode !== null)
        throw new Error(`the card service does not start: ${messages}`);
      await wait(50);
    }
    const control = connect(join(folder, 'control'));
    await once(control, 'connect');
    return new CardStack(folder, process, control);
  }

  /** Has something done in there; throws with what went wrong. */
  async tell(order: Order): Promise<void> {
    this.control.write(`${JSON.stringify(order)}\n`);
    const { value } = await this.answers.next();
    const { error } = JSON.parse(String(value)) as { readonly error?: string };
    if (error !== undefined) throw new Error(error);
  }

  async stop(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.control.destroy();
    this.process.kill('SIGKILL');
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

function environmentOf(folder: string): Readonly<Record<string, string>> {
  return {
    PCSCLITE_CSOCK_NAME: join(folder, 'run', 'pcscd.comm'),
    OPENSC_CONF: join(folder, 'opensc.conf'),
  };
}
