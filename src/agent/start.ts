import packageJson from '../../package.json' with { type: 'json' };
import type { AgentSetting } from './agent.ts';
import { makeFolder } from './folder.ts';
import { type RunningAgent, startServer } from './http/server.ts';
import { announce, findRunning, type Presence, withdraw } from './presence.ts';

/** What became of the wish to run an agent. */
export type Started =
  | { readonly running: RunningAgent }
  /** One runs from the same folder already. */
  | { readonly other: Presence };

/**
 * Starts the agent of a folder, unless one runs there already. Throws `agent_port_occupied`, and `file_unreadable` for
 * a damaged file of the folder.
 */
export async function startAgent(setting: AgentSetting, ports: readonly number[]): Promise<Started> {
  makeFolder(setting.folder);
  const other = await findRunning(setting.folder);
  if (other !== undefined) return { other };
  const { version } = packageJson;
  const running = await startServer(setting, ports, version);
  const { port } = running;
  await announce(setting.folder, { pid: process.pid, port, version, startedAt: Date.now() });
  return {
    running: {
      ...running,
      close: async () => {
        await withdraw(setting.folder);
        await running.close();
      },
    },
  };
}
