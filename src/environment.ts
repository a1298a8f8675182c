import { accessSync, constants } from 'node:fs';
import { homedir, platform, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Language } from './failure/failure.ts';

/** The engine for GOST that the environment asks for (`SEALGATE_GOST`); undefined where it leaves the choice. */
export function gostChoice(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return environment.SEALGATE_GOST || undefined;
}

/** Language of messages: Russian where LC_ALL, LC_MESSAGES or LANG, the first that is set (POSIX), says so. */
export function language(environment: NodeJS.ProcessEnv = process.env): Language {
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || '';
  return locale.toLowerCase().startsWith('ru') ? 'ru' : 'en';
}

/**
 * Variables that a vendor's driver does not get: the service's own settings, which hold tokens and passwords, but for
 * the folder of the tokens for testers; where the database is, by which password; proxies, whose addresses may hold passwords, and of which a driver has no use;
 * and what would change how Node starts.
 */
const withheld = /^(SEALGATE_(?!TOKEN_DIR$).*|DATABASE_URL|PG[A-Z]+|.*proxy|NODE_OPTIONS|NODE_CHANNEL_.*)$/i;

/** What of the environment a driver's process inherits. */
export function driverEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !withheld.test(name)));
}

/** Folders of Windows that drivers are installed in. */
export function windowsFolders(environment: NodeJS.ProcessEnv = process.env): {
  readonly system: string;
  readonly programs: string;
} {
  return {
    system: join(environment.SystemRoot ?? 'C:\\Windows', 'System32'),
    programs: environment.ProgramFiles ?? 'C:\\Program Files',
  };
}

/** Whether somebody tests with software tokens: SEALGATE_TOKEN_DIR names their folder. */
export function hasTestTokens(environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment.SEALGATE_TOKEN_DIR !== undefined;
}

/** The token's driver that the command line is told to take, by name or path. */
export function chosenDriver(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return environment.SEALGATE_PKCS11_MODULE;
}

/** The agent's folder where nobody names one, by the customs of the system (XDG Base Directory on Linux). */
export function agentFolder(
  environment: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
  system: NodeJS.Platform = platform(),
): string {
  switch (system) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Sealgate', 'agent');
    case 'win32':
      return join(environment.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'Sealgate', 'agent');
    default:
      return join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'sealgate', 'agent');
  }
}

/**
 * Folder in which Node keeps this program compiled, so that it starts faster: in its own folder where that may be
 * written, otherwise this user's own by the customs of the system. Never one that other users may write to: what is
 * compiled there is run.
 */
export function compiledFolder(
  environment: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
  system: NodeJS.Platform = platform(),
): string {
  if (isWritable(ownBuild)) return join(ownBuild, 'compile-cache');
  if (system === 'win32')
    return join(environment.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'Sealgate', 'compiled');
  if (system === 'darwin') return join(home, 'Library', 'Caches', 'Sealgate', 'compiled');
  return join(environment.XDG_CACHE_HOME || join(home, '.cache'), 'sealgate', 'compiled');
}

const ownBuild = fileURLToPath(new URL('../build', import.meta.url));

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where this user's session looks for what it starts (XDG Base Directory). */
export function sessionFolders(
  environment: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): { readonly configuration: string; readonly data: string } {
  return {
    configuration: environment.XDG_CONFIG_HOME || join(home, '.config'),
    data: environment.XDG_DATA_HOME || join(home, '.local', 'share'),
  };
}

/** Whether a browser can show itself to whoever works here: on Linux a display has to be there. */
export function hasDesktop(
  environment: NodeJS.ProcessEnv = process.env,
  system: NodeJS.Platform = platform(),
): boolean {
  return system !== 'linux' || Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

/** What a program of ours gets that this one starts: this one's environment, and what is said here. */
export function environmentWith(
  more: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  return { ...environment, ...more };
}

/** Socket of the smart card service (PC/SC lite), where the environment does not name another one. */
export function cardServiceSocket(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.PCSCLITE_CSOCK_NAME || '/run/pcscd/pcscd.comm';
}

/** Variables of that prefix that are not settings of the service: they belong to the command line and to tests. */
export const otherVariables: ReadonlySet<string> = new Set([
  'SEALGATE_CLIENT_SECRET',
  'SEALGATE_CONFIG',
  'SEALGATE_GOST',
  'SEALGATE_NEW_PIN',
  'SEALGATE_PIN',
  'SEALGATE_PKCS11_MODULE',
  'SEALGATE_SO_PIN',
  'SEALGATE_TOKEN_DIR',
]);

/** Who types a command: the user of the system, and behind `sudo` the one who called it. */
export function operatorName(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.SUDO_USER) return environment.SUDO_USER;
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return `uid ${process.getuid?.()}`;
  }
}

/** Whether somebody has set up a service here: a setting of it, or its file of settings, is in the environment. */
export function namesService(environment: NodeJS.ProcessEnv = process.env): boolean {
  return Object.keys(environment).some(
    (name) => name === 'SEALGATE_CONFIG' || (name.startsWith('SEALGATE_') && !otherVariables.has(name)),
  );
}
