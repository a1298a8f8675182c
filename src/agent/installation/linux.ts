import { join } from 'node:path';
import { agentScheme } from '../bridge-message.ts';
import type { CommandLine, InstallationContext, InstallationPlan } from './plan.ts';

const unit = 'sealgate-agent.service';
const entry = 'sealgate-agent.desktop';

/**
 * A user unit of systemd, an autostart entry for sessions without one (XDG Autostart), and a handler of the scheme that
 * starts the agent. Where unit and entry both start it, the second finds the first and leaves.
 */
export function linuxPlan({ configuration, data, folder, start }: InstallationContext): InstallationPlan {
  const applications = join(data, 'applications');
  return {
    system: 'linux',
    isTried: true,
    files: [
      { path: join(configuration, 'systemd', 'user', unit), text: unitText(folder, start) },
      { path: join(configuration, 'autostart', entry), text: autostartText(start) },
      { path: join(applications, entry), text: handlerText(start) },
    ],
    afterwards: [
      ['systemctl', '--user', 'daemon-reload'],
      ['systemctl', '--user', 'enable', '--now', unit],
      ['update-desktop-database', applications],
    ],
    beforeRemoval: [['systemctl', '--user', 'disable', '--now', unit]],
    afterRemoval: [
      ['systemctl', '--user', 'daemon-reload'],
      ['update-desktop-database', applications],
    ],
  };
}

/**
 * systemd.service(5). The browser that shows the agent's windows may be its child: it must live on when the agent is
 * stopped (KillMode), and none of the unit's restrictions may reach it, or its own sandbox breaks.
 */
function unitText(folder: string, start: CommandLine): string {
  return `[Unit]
Description=Sealgate signing agent
PartOf=graphical-session.target
After=graphical-session.target

[Service]
ExecStart=${start.map(unitWord).join(' ')}
Environment=${unitWord(`NODE_COMPILE_CACHE=${join(folder, 'cache')}`)}
KillMode=process
Restart=on-failure
RestartSec=5

[Install]
WantedBy=graphical-session.target
`;
}

function autostartText(start: CommandLine): string {
  return `[Desktop Entry]
Type=Application
Name=Sealgate signing agent
Name[ru]=Агент подписи Sealgate
Exec=${start.map(entryWord).join(' ')}
NoDisplay=true
Terminal=false
`;
}

/** Without a field code in Exec the address is not passed on (Desktop Entry Specification, "The Exec key"). */
function handlerText(start: CommandLine): string {
  return `${autostartText(start)}MimeType=x-scheme-handler/${agentScheme};
`;
}

/** A word of a command line in a unit: specifiers, variables and quotes stand for themselves. */
function unitWord(word: string): string {
  const text = word
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$');
  return `"${text}"`;
}

/** A word of an Exec key: quoted by its own rule, and then as every value of the file. */
function entryWord(word: string): string {
  const quoted = word.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%');
  return `"${quoted.replaceAll('\\', '\\\\')}"`;
}
