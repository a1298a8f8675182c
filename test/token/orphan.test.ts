import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { noTestToken } from './test-token.ts';

const reason = noTestToken ?? (process.platform === 'win32' ? 'processes are listed by ps here' : undefined);

it.skipIf(reason)(
  `a driver that never returns lives as long as its program, and ends after that was killed${reason ? ` (skipped: ${reason})` : ''}`,
  async () => {
    const program = spawn(process.execPath, [fileURLToPath(new URL('./orphan.ts', import.meta.url))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [folder] = (await once(program.stdout, 'data')) as [Buffer];
    const [driver = 0] = await childrenOf(program.pid ?? 0);
    expect(driver).toBeGreaterThan(0);
    // Longer than it takes to notice.
    await wait(4000);
    expect(isAlive(driver)).toBe(true);
    program.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(driver)).toBe(false), { timeout: 60_000, interval: 100 });
    await rm(String(folder).trim(), { recursive: true, force: true });
  },
);

async function childrenOf(parent: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, ppid, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(ppid) === parent && args.includes('worker/main') ? Number(pid) : [];
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
