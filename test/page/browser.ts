import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

/** Why tests in a browser cannot run here; undefined where they can. In CI the browser has to be there. */
export const browserMissing = existsSync(executablePath) ? undefined : `${executablePath} is not there`;
if (browserMissing !== undefined && process.env.CI === 'true') throw new Error(browserMissing);

/** To put behind the name of a test. */
export const browserNote = browserMissing === undefined ? '' : ` (skipped: ${browserMissing})`;

/** Starts headless Chromium, Debian's own. As root it runs without its sandbox; it sees this machine alone. */
export function startBrowser(...more: readonly string[]): Promise<Browser> {
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath,
    args: [...(isRoot ? ['--no-sandbox'] : []), '--disable-gpu', '--disable-dev-shm-usage', ...more],
  });
}
