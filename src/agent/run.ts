import { carryOut } from '../terminal/outcome.ts';
import { say } from '../terminal/say.ts';
import { agentPorts } from './bridge-message.ts';
import type { RunningAgent } from './http/server.ts';
import type { AgentOptions } from './options.ts';
import { startAgent } from './start.ts';

/** `sealgate agent`: runs the agent until the process is told to end. One that runs already is told of, and left. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { data: folder, module: modules, keepPin, opener, port } = options;
  const setting = {
    folder,
    modules: modules.map((name) => ({ name })),
    keepPin: keepPin * 60_000,
    opener,
  };
  await carryOut(
    options,
    async () => {
      const started = await startAgent(setting, port === undefined ? agentPorts : [port]);
      if ('other' in started) return { address: addressOf(started.other.port), started: false };
      endWithSignals(started.running);
      return { address: addressOf(started.running.port), started: true };
    },
    ({ address, started }) =>
      started
        ? say({
            en: `The agent runs at ${address}; its page shows certificates, sites and last signatures.`,
            ru: `Агент работает по адресу ${address}; там его сертификаты, сайты и последние подписи.`,
          })
        : say({
            en: `An agent runs already at ${address}.`,
            ru: `Агент уже работает по адресу ${address}.`,
          }),
  );
}

function addressOf(port: number): string {
  return `http://127.0.0.1:${port}/`;
}

function endWithSignals(running: RunningAgent): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void running.close().finally(() => process.exit(0)));
  }
}
