import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { makeFolder } from '../agent/folder.ts';
import { type RunningAgent, startServer } from '../agent/http/server.ts';
import type { ModuleChoice } from '../agent/key/search.ts';

/**
 * Starts the signing agent as it runs on a person's computer, with the demo's token alone and a folder of its own, on
 * the first free one of `ports`. `opener` opens its windows; without one the system's browser does. Throws
 * `agent_port_occupied`.
 */
export function startDemoAgent(
  folder: string,
  module: ModuleChoice,
  ports: readonly number[],
  opener?: string,
): Promise<RunningAgent> {
  const own = join(folder, 'agent');
  makeFolder(own);
  return startServer({ folder: own, modules: [module], keepPin: 0, opener }, ports, packageJson.version);
}
