import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The program's source. */
export const program = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** The agent as a process of its own, on a port that the system has chosen. */
export interface AgentProcess {
  readonly child: ChildProcess;
  readonly port: number;
}

/** Starts `sealgate agent`, with options of Node before the program and of the agent behind it, and waits until it says where it is. */
export async function startAgent(
  environment: NodeJS.ProcessEnv,
  node: readonly string[] = [],
  args: readonly string[] = [],
): Promise<AgentProcess> {
  const child = spawn(process.execPath, [...node, program, 'agent', '--port', '0', '--json', ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.trimEnd().endsWith('}')) break;
  }
  return { child, port: Number(new URL(JSON.parse(text).address).port) };
}

/** Ends it and waits until it has. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const end = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await end;
}

/** What it holds in memory, in KiB, by the kernel's account. */
export async function residentMemory({ child }: AgentProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]);
}

/** The processor's time that it has taken so far, in the kernel's ticks of 10 ms. */
export async function processorTicks({ child }: AgentProcess): Promise<number> {
  const fields = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(' ');
  return Number(fields[13]) + Number(fields[14]);
}
