import { spawn } from 'node:child_process';
import { platform } from 'node:os';
import { SealgateError } from '../../error.ts';

/** How long the opener may take to say that it failed, in milliseconds; some become the browser and never end. */
const patience = 5_000;

/** What opens an address in the browser that the person uses, by system. Those of macOS and Windows are untried. */
function systemOpener(address: string): readonly [string, ...string[]] {
  if (platform() === 'darwin') return ['open', address];
  // The empty argument is the title, which `start` takes from the first quoted word.
  if (platform() === 'win32') return ['cmd.exe', '/d', '/s', '/c', 'start', '""', address];
  return ['xdg-open', address];
}

/**
 * Opens an address of the agent's in the system's browser, or with `command`, which is called with the address alone.
 * Throws `agent_window_failed` if that cannot be started, or ends with an error within five seconds.
 */
export function openWindow(address: string, command: string | undefined): Promise<void> {
  const [program, ...args] = command === undefined ? systemOpener(address) : [command, address];
  const failed = (problem: 'opener-missing' | 'opener-ended', cause?: unknown) =>
    new SealgateError('agent_window_failed', { command: program, problem }, { cause });
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: 'ignore',
      detached: true,
      windowsVerbatimArguments: platform() === 'win32',
    });
    const timer = setTimeout(() => settle(resolve), patience);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      child.unref();
      act();
    };
    child.once('error', (error) => settle(() => reject(failed('opener-missing', error))));
    child.once('exit', (code) =>
      settle(() => (code === 0 || code === null ? resolve() : reject(failed('opener-ended')))),
    );
  });
}
