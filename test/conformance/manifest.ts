import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The manifest of a suite's folder, or undefined where there is none that can be read. */
export function readManifest<T>(folder: string): T | undefined {
  const file = join(folder, 'manifest.json');
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
