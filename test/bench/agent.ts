import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { smallNode } from '../../src/agent/installation/command.ts';
import { ended, processorTicks, program, residentMemory, startAgent } from '../agent/program.ts';
import { ownHeaders, pageKey, send } from '../agent/setting.ts';
import type { CertifiedToken } from '../agent/token.ts';
import { type Figure, promise } from './measure.ts';

/** Seconds for which the agent is watched while nobody wants anything of it. */
const watched = 10;

/**
 * What an installed agent takes of the computer: memory after it has looked at a token, and the processor's time while
 * it waits. One tick of the kernel's clock within ten seconds is what cannot be told from none: 0.1 %.
 */
export async function agentBenchmarks(
  { choice, thumbprint }: CertifiedToken,
  skipped: (reason: string) => void,
): Promise<readonly Figure[]> {
  if (platform() !== 'linux') {
    skipped('the kernel’s accounts of a process are read on Linux only');
    return [];
  }
  const home = await mkdtemp(join(tmpdir(), 'sealgate-agent-'));
  const cache = join(home, 'cache');
  const environment = { ...process.env, ...choice.environment, HOME: home, NODE_COMPILE_CACHE: cache };
  // As an installation does: what is compiled beforehand takes no memory later.
  await promisify(execFile)(process.execPath, [...smallNode, program, 'agent', 'prepare'], {
    env: environment,
  });
  const agent = await startAgent(environment, smallNode, [
    '--data',
    join(home, 'data'),
    '--module',
    choice.name,
  ]);
  try {
    const list = await send(agent.port, {
      method: 'POST',
      path: '/v1/home/certificates',
      headers: ownHeaders(agent.port, await pageKey(agent.port, '/')),
      body: '{}',
    });
    if (!list.text.includes(thumbprint)) throw new Error('the agent did not find the token');
    await wait(1_000);
    const memory = (await residentMemory(agent)) / 1024;
    const before = await processorTicks(agent);
    await wait(watched * 1_000);
    const share = ((await processorTicks(agent)) - before) / watched;
    return [
      promise('agent: memory after it has looked at a token', memory, 80, 'MB'),
      promise('agent: the processor’s time while it waits', share, 0.1, '%'),
    ];
  } finally {
    await ended(agent.child, 'SIGTERM');
    await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
