import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own. */
export interface Server {
  readonly process: ChildProcess;
  readonly port: number;
}

/** Starts a program of `peer/` under the command given, and resolves once it answers. */
export async function start(
  pin: readonly string[],
  peer: string,
  ...words: readonly string[]
): Promise<Server> {
  const program = fileURLToPath(new URL(`peer/${peer}.ts`, import.meta.url));
  const [command = '', ...rest] = [...pin, process.execPath, program, ...words];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    child.stdout.resume();
    return { process: child, port: (JSON.parse(line) as { port: number }).port };
  }
  throw new Error(`${peer} did not start`);
}

/** The command that keeps a process to one core; nothing where there is none. */
export function onOneCore(): readonly string[] {
  try {
    execFileSync('taskset', ['-c', '0', 'true'], { stdio: 'ignore' });
    return ['taskset', '-c', '0'];
  } catch {
    return [];
  }
}
