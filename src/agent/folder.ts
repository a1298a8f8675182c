import { chmodSync, mkdirSync } from 'node:fs';
import { homedir, platform } from 'node:os';
import { join } from 'node:path';

/** The agent's folder where nobody names one, by the customs of the system (XDG Base Directory on Linux). */
export function usualFolder(environment: NodeJS.ProcessEnv = process.env, home: string = homedir()): string {
  switch (platform()) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Sealgate', 'agent');
    case 'win32':
      return join(environment.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'Sealgate', 'agent');
    default:
      return join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'sealgate', 'agent');
  }
}

/** Makes the agent's folder, which its user alone reads. */
export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
}
