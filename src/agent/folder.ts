import { chmodSync, mkdirSync } from 'node:fs';

/** Makes the agent's folder, which its user alone reads. */
export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
}
