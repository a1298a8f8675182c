import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whyNoTestToken } from '../../src/demo/test-token.ts';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** The folder with the guides. */
export const docs = fileURLToPath(new URL('../../docs/', import.meta.url));

/** Why examples cannot be run here; in CI they can, or the tests fail. */
export const whyNoStand =
  (await whyNoTestToken()) ?? (existsSync('/usr/bin/curl') ? undefined : 'curl is not installed');
if (whyNoStand !== undefined && process.env.CI === 'true') throw new Error(whyNoStand);

/** A stand in a folder of its own, in which examples are run as a reader would. */
export interface GuideStand {
  readonly folder: string;
  /** Runs a script of the shell with the stand's variables. */
  run(script: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string };
  remove(): void;
}

/** Starts a stand. Throws with what went wrong. */
export function startGuideStand(): GuideStand {
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
  // What `npx sealgate` runs, without npx: that would look for it on the network from a folder like this one.
  const npx = join(folder, 'bin', 'npx');
  mkdirSync(join(folder, 'bin'));
  writeFileSync(npx, `#!/bin/sh\nshift\nexec '${process.execPath}' '${cli}' "$@"\n`, { mode: 0o755 });
  const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, HOME: folder, LANG: 'C' };
  const options = { cwd: folder, env, encoding: 'utf8' } as const;
  const up = spawnSync(process.execPath, [cli, 'stand', 'up', '--detach'], options);
  if (up.stderr !== '') throw new Error(up.stderr);
  return {
    folder,
    run(script) {
      const words = ['-eu', '-c', `. ./.sealgate/stand/environment\n${script}`];
      const { status, stdout, stderr } = spawnSync('sh', words, options);
      return { status, stdout, stderr };
    },
    remove() {
      spawnSync(process.execPath, [cli, 'stand', 'reset'], options);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
