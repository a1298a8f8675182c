import { join } from 'node:path';
import { escapeHtml } from '../../markup/html.ts';
import type { InstallationContext, InstallationPlan } from './plan.ts';

const label = 'sealgate.agent';

/**
 * A LaunchAgent (launchd.plist(5)). Untried on macOS. A scheme needs an application bundle there, which is not made:
 * the agent starts with the session, or by hand.
 */
export function darwinPlan({ home, folder, start }: InstallationContext): InstallationPlan {
  const path = join(home, 'Library', 'LaunchAgents', `${label}.plist`);
  const user = `gui/${process.getuid?.() ?? 0}`;
  return {
    system: 'darwin',
    isTried: false,
    files: [{ path, text: propertyList(folder, start) }],
    afterwards: [['launchctl', 'bootstrap', user, path]],
    beforeRemoval: [['launchctl', 'bootout', `${user}/${label}`]],
    afterRemoval: [],
  };
}

function propertyList(folder: string, start: readonly string[]): string {
  const text = (value: string) => `<string>${escapeHtml(value)}</string>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  ${text(label)}
  <key>ProgramArguments</key>
  <array>
    ${start.map(text).join('\n    ')}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
    <key>NODE_COMPILE_CACHE</key>
    ${text(join(folder, 'cache'))}
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ProcessType</key>
  <string>Interactive</string>
</dict>
</plist>
`;
}
