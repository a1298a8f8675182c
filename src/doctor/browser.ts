import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SealgateError } from '../error.ts';
import type { DoctorContext } from './context.ts';
import { type Finding, findingOf, good } from './finding.ts';

type Policies = Readonly<Record<string, unknown>>;

/** A browser, and where its administrator's policies stand on Linux. */
interface KnownBrowser {
  readonly name: string;
  readonly kind: 'chromium' | 'firefox';
  /** Folders of policy files, or the files themselves. */
  readonly places: readonly string[];
}

const knownBrowsers: readonly KnownBrowser[] = [
  ...(
    [
      ['Chromium', 'etc/chromium/policies'],
      ['Chromium-GOST', 'etc/opt/chromium-gost/policies'],
      ['Google Chrome', 'etc/opt/chrome/policies'],
      ['Microsoft Edge', 'etc/opt/edge/policies'],
      ['Yandex Browser', 'etc/opt/yandex/browser/policies'],
    ] as const
  ).map(([name, folder]) => ({
    name,
    kind: 'chromium' as const,
    places: [`${folder}/managed`, `${folder}/recommended`],
  })),
  {
    name: 'Firefox',
    kind: 'firefox',
    places: [
      'etc/firefox/policies/policies.json',
      'usr/lib/firefox/distribution/policies.json',
      'usr/lib/firefox-esr/distribution/policies.json',
      'opt/firefox/distribution/policies.json',
    ],
  },
];

/**
 * Policies of administrators that keep browsers from the agent's windows: addresses that are forbidden, scripts that
 * may not run there. Permissions that only decide about requests over the local network are no hindrance: the agent's
 * windows need none. Linux only; the registry of Windows and the preferences of macOS were not tried.
 */
export async function examineBrowsers(
  context: DoctorContext,
  system: NodeJS.Platform,
): Promise<readonly Finding[]> {
  const { words } = context;
  const title = words.sections.browsers;
  if (system !== 'linux') return [good('browsers', title, words.notLookedAt)];
  const found = await Promise.all(knownBrowsers.map((browser) => browserFinding(context, browser)));
  const findings = found.flatMap((finding) => finding ?? []);
  return findings.length > 0 ? findings : [good('browsers', title, words.noBrowsers)];
}

async function browserFinding(
  context: DoctorContext,
  { name, kind, places }: KnownBrowser,
): Promise<Finding | undefined> {
  const { language, words, root } = context;
  const files = (await Promise.all(places.map((place) => policyFiles(root, place)))).flat();
  if (files.length === 0) return undefined;
  for (const file of files) {
    const policies = await readPolicies(join(root, file));
    const policy = kind === 'chromium' ? chromiumHindrance(policies) : firefoxHindrance(policies);
    if (policy === undefined) continue;
    const failure = new SealgateError('browser_policy_blocks_agent', {
      browser: name,
      policy,
      file: `/${file}`,
    });
    return findingOf('browsers', words.browser(name), failure, language);
  }
  return good(
    'browsers',
    words.browser(name),
    words.policiesFound(files.map((file) => `/${file}`).join(', ')),
  );
}

async function policyFiles(root: string, place: string): Promise<readonly string[]> {
  if (place.endsWith('.json')) {
    return (await readFile(join(root, place)).catch(() => undefined)) === undefined ? [] : [place];
  }
  const names = await readdir(join(root, place)).catch(() => []);
  return names.filter((name) => name.endsWith('.json')).map((name) => join(place, name));
}

/** A file that cannot be read has no effect in the browser either. */
async function readPolicies(file: string): Promise<Policies> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Policies) : {};
  } catch {
    return {};
  }
}

/** Patterns of Chromium that hold for the agent's address, in the order of hosts, schemes and ports. */
const chromiumPattern = /^(\*|(http:\/\/)?(\*|127\.0\.0\.1|\[?::1\]?|localhost)(:(\d+|\*))?(\/.*)?)$/i;
const firefoxPattern = /^(<all_urls>|(\*|http):\/\/(\*|127\.0\.0\.1|localhost)(:\d+)?\/.*)$/i;

function chromiumHindrance(policies: Policies): string | undefined {
  const lists = (name: string) => hasPattern(policies[name], chromiumPattern);
  if (lists('URLBlocklist') && !lists('URLAllowlist')) return 'URLBlocklist';
  if (lists('JavaScriptBlockedForUrls')) return 'JavaScriptBlockedForUrls';
  const forbidden = 2;
  if (policies.DefaultJavaScriptSetting === forbidden && !lists('JavaScriptAllowedForUrls')) {
    return 'DefaultJavaScriptSetting';
  }
  return undefined;
}

function firefoxHindrance({ policies }: Policies): string | undefined {
  const filter = member(policies, 'WebsiteFilter');
  const isBlocked = hasPattern(member(filter, 'Block'), firefoxPattern);
  return isBlocked && !hasPattern(member(filter, 'Exceptions'), firefoxPattern) ? 'WebsiteFilter' : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Policies)[name] : undefined;
}

function hasPattern(list: unknown, pattern: RegExp): boolean {
  return Array.isArray(list) && list.some((entry) => typeof entry === 'string' && pattern.test(entry));
}
