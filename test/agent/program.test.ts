import { type ChildProcess, execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallNode } from '../../src/agent/installation/command.ts';
import { darwinPlan } from '../../src/agent/installation/darwin.ts';
import { linuxPlan } from '../../src/agent/installation/linux.ts';
import { windowsPlan } from '../../src/agent/installation/windows.ts';
import { noSoftHsm } from '../token/softhsm.ts';
import { type AgentProcess, ended, processorTicks, program, residentMemory, startAgent } from './program.ts';
import { ownHeaders, pageKey, send } from './setting.ts';
import { certifiedToken } from './token.ts';

let home: string;
let environment: NodeJS.ProcessEnv;
let running: ChildProcess[];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sealgate home '));
  running = [];
  const { XDG_CONFIG_HOME: _, XDG_DATA_HOME: __, ...rest } = process.env;
  environment = { ...rest, HOME: home, NODE_COMPILE_CACHE: join(home, 'cache') };
});
afterEach(async () => {
  for (const child of running) {
    if (child.exitCode === null && child.signalCode === null) await ended(child, 'SIGKILL');
  }
  // A driver's process outlives an agent that was killed by a moment, and still writes what Node has compiled for it.
  await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
});

function run(...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'agent', ...args], { env: environment }, (error, text) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, text }),
    );
  });
}

async function start(node: readonly string[] = [], ...args: readonly string[]): Promise<AgentProcess> {
  const agent = await startAgent(environment, node, args);
  running.push(agent.child);
  return agent;
}

const folder = () => join(home, '.local', 'share', 'sealgate', 'agent');

describe('sealgate agent', () => {
  it('says where it runs, in a folder for its user alone, and leaves nothing behind when it is ended', async () => {
    const { child, port } = await start();
    expect((await stat(folder())).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder(), 'running.json'))).mode & 0o777).toBe(0o600);
    expect(JSON.parse((await run('status', '--json')).text)).toMatchObject({
      running: { port, pid: child.pid },
      installed: [],
    });
    await ended(child, 'SIGTERM');
    expect(existsSync(join(folder(), 'running.json'))).toBe(false);
    expect(JSON.parse((await run('status', '--json')).text)).toMatchObject({ running: null });
  });

  it('is there once: a second one tells of the first and ends', async () => {
    const { port } = await start();
    const second = await run('--json');
    expect(second.code).toBe(0);
    expect(JSON.parse(second.text)).toEqual({ address: `http://127.0.0.1:${port}/`, started: false });
  });

  it('is not taken for running after it was killed', async () => {
    const { child } = await start();
    await ended(child, 'SIGKILL');
    expect(existsSync(join(folder(), 'running.json'))).toBe(true);
    expect(JSON.parse((await run('status', '--json')).text)).toMatchObject({ running: null });
    const { port } = await start();
    expect(port).toBeGreaterThan(0);
  });

  it('says which port is occupied', async () => {
    const { port } = await start([], '--data', join(home, 'other'));
    const refused = await run('--port', String(port), '--json');
    expect(refused.code).toBe(2);
    expect(JSON.parse(refused.text)).toMatchObject({ error: { code: 'agent_port_occupied' } });
  });

  it.each([
    [['--port', '70000']],
    [['--port', 'x']],
    [['--keep-pin', '481']],
    [['--keep-pin', '-1']],
    [['--nothing']],
  ])('refuses %s before anything is started', async (args) => {
    expect((await run(...args)).code).toBe(64);
    expect(existsSync(folder())).toBe(false);
  });

  it('does not start over a list of sites that somebody has damaged', async () => {
    const { child } = await start();
    await ended(child, 'SIGTERM');
    await writeFile(join(folder(), 'origins.json'), '[{}]');
    const refused = await run('--port', '0', '--json');
    expect(JSON.parse(refused.text)).toMatchObject({ error: { code: 'file_unreadable' } });
  });
});

const notLinux =
  platform() === 'linux' ? undefined : 'the kernel’s accounts of a process are read on Linux only';
const reason = notLinux ?? noSoftHsm;
describe.skipIf(reason)(`an installed agent${reason ? ` (skipped: ${reason})` : ''}`, () => {
  it('takes less than 80 MB after it has looked at a token, and no time while it waits', async () => {
    const token = await certifiedToken('ec-p256');
    environment = { ...environment, ...token.choice.environment };
    await run('install', '--json');
    environment = { ...environment, NODE_COMPILE_CACHE: join(folder(), 'cache') };
    const agent = await start(smallNode, '--module', token.choice.name);
    const list = await send(agent.port, {
      method: 'POST',
      path: '/v1/home/certificates',
      headers: ownHeaders(agent.port, await pageKey(agent.port, '/')),
      body: '{}',
    });
    expect(list.text).toContain(token.thumbprint);
    await wait(1000);
    expect(await residentMemory(agent)).toBeLessThan(80 * 1024);
    const before = await processorTicks(agent);
    await wait(5000);
    expect((await processorTicks(agent)) - before).toBeLessThanOrEqual(1);
    await token.remove();
  });
});

describe.skipIf(notLinux)(`installing${notLinux ? ` (skipped: ${notLinux})` : ''}`, () => {
  it('writes what starts the agent with the session, and removing takes back all of it', async () => {
    const installed = await run('install', '--port', '47700', '--keep-pin', '10', '--json');
    expect(installed.code).toBe(0);
    const { files, isTried } = JSON.parse(installed.text);
    expect(isTried).toBe(true);
    expect(files).toEqual([
      join(home, '.config/systemd/user/sealgate-agent.service'),
      join(home, '.config/autostart/sealgate-agent.desktop'),
      join(home, '.local/share/applications/sealgate-agent.desktop'),
    ]);
    const unit = await readFile(files[0], 'utf8');
    expect(unit).toContain(`"${program}" "agent" "--data" "${folder()}" "--port" "47700" "--keep-pin" "10"`);
    expect(await readFile(files[2], 'utf8')).toContain('MimeType=x-scheme-handler/sealgate-agent;');
    expect(JSON.parse((await run('status', '--json')).text).installed).toEqual(files);

    const { child } = await start();
    const end = new Promise((resolve) => child.once('exit', resolve));
    expect(JSON.parse((await run('uninstall', '--json')).text)).toMatchObject({
      ended: true,
      keptData: false,
    });
    await end;
    const left = (await readdir(home, { recursive: true, withFileTypes: true })).filter(
      (each) => each.isFile() && !each.parentPath.startsWith(join(home, 'cache')),
    );
    expect(left).toEqual([]);
    expect(existsSync(folder())).toBe(false);
  });

  it('leaves the list of sites where that is wanted', async () => {
    await run('install', '--json');
    await writeFile(join(folder(), 'origins.json'), '[]');
    await run('uninstall', '--keep-data', '--json');
    expect(await readdir(folder())).toEqual(['origins.json']);
  });
});

describe('the plan of an installation', () => {
  const context = {
    home: '/home/ivan',
    configuration: '/home/ivan/.config',
    data: '/home/ivan/.local/share',
    folder: '/home/ivan/100% "data" $X\\',
    start: ['/opt/my node/node', '/opt/se%al"gate/cli.ts', 'agent'],
  } as const;

  it('for Linux quotes as systemd and desktop entries read it', () => {
    const [unit, autostart] = linuxPlan(context).files;
    expect(unit?.text).toContain('ExecStart="/opt/my node/node" "/opt/se%%al\\"gate/cli.ts" "agent"\n');
    expect(unit?.text).toContain('"NODE_COMPILE_CACHE=/home/ivan/100%% \\"data\\" $$X\\\\/cache"');
    expect(autostart?.text).toContain('Exec="/opt/my node/node" "/opt/se%%al\\\\"gate/cli.ts" "agent"\n');
    // No code for the address of the scheme: it only starts the agent.
    expect(linuxPlan(context).files[2]?.text).not.toMatch(/Exec=.*%[uUfF]/);
  });

  it('for macOS is a LaunchAgent, and says that it is untried', () => {
    const { files, isTried } = darwinPlan({ ...context, start: ['/opt/a&b/node', 'agent'] });
    expect(isTried).toBe(false);
    expect(files[0]?.path).toBe('/home/ivan/Library/LaunchAgents/sealgate.agent.plist');
    expect(files[0]?.text).toContain('<string>/opt/a&#38;b/node</string>');
  });

  it('for Windows is a task at logon and a scheme of the user’s own, and says that it is untried', () => {
    const plan = windowsPlan({
      ...context,
      folder: 'C:\\Users\\ivan\\agent',
      start: ['C:\\Program Files\\node.exe', 'C:\\x\\', 'agent'],
    });
    expect(plan.isTried).toBe(false);
    expect(plan.files[0]?.text).toContain('<Command>C:\\Program Files\\node.exe</Command>');
    expect(plan.files[0]?.text).toContain('<Arguments>&#34;C:\\x\\\\&#34; &#34;agent&#34;</Arguments>');
    expect(plan.afterwards.flat()).toContain('"C:\\Program Files\\node.exe" "C:\\x\\\\" "agent"');
    expect(plan.beforeRemoval.flat()).toContain('HKCU\\Software\\Classes\\sealgate-agent');
  });
});
