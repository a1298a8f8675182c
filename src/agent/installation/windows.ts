import { win32 } from 'node:path';
import { escapeHtml } from '../../markup/html.ts';
import { agentScheme } from '../bridge-message.ts';
import type { CommandLine, InstallationContext, InstallationPlan } from './plan.ts';

const task = 'Sealgate agent';
const key = `HKCU\\Software\\Classes\\${agentScheme}`;

/** A task at logon (Task Scheduler schema 1.2) and the scheme in the user's own registry. Untried on Windows. */
export function windowsPlan({ folder, start }: InstallationContext): InstallationPlan {
  const path = win32.join(folder, 'task.xml');
  const line = start.map(windowsWord).join(' ');
  return {
    system: 'win32',
    isTried: false,
    files: [{ path, text: taskText(start) }],
    afterwards: [
      ['schtasks.exe', '/Create', '/TN', task, '/XML', path, '/F'],
      ['reg.exe', 'add', key, '/ve', '/d', 'URL:Sealgate agent', '/f'],
      ['reg.exe', 'add', key, '/v', 'URL Protocol', '/d', '', '/f'],
      ['reg.exe', 'add', `${key}\\shell\\open\\command`, '/ve', '/d', line, '/f'],
      ['schtasks.exe', '/Run', '/TN', task],
    ],
    beforeRemoval: [
      ['schtasks.exe', '/End', '/TN', task],
      ['schtasks.exe', '/Delete', '/TN', task, '/F'],
      ['reg.exe', 'delete', key, '/f'],
    ],
    afterRemoval: [],
  };
}

function taskText([program, ...args]: CommandLine): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
    </LogonTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
  </Settings>
  <Actions>
    <Exec>
      <Command>${escapeHtml(program)}</Command>
      <Arguments>${escapeHtml(args.map(windowsWord).join(' '))}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
}

/** A word as CommandLineToArgvW takes it apart. */
function windowsWord(word: string): string {
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&')}"`;
}
