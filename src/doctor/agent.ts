import { installedFiles } from '../agent/installation/carry-out.ts';
import { planFor } from '../agent/installation/command.ts';
import { OriginList } from '../agent/origin-list.ts';
import { findRunning } from '../agent/presence.ts';
import { isFailure, SealgateError } from '../error.ts';
import type { DoctorContext } from './context.ts';
import { type Finding, findingOf, good } from './finding.ts';

/** The agent of this user: whether it runs, is started with the session, and how many sites it lets in. */
export async function examineAgent(context: DoctorContext): Promise<readonly Finding[]> {
  const { language, words, agentFolder } = context;
  const running = await findRunning(agentFolder);
  const files = await installedFiles(planFor({ data: agentFolder, module: [], keepPin: 0 }));
  return [
    running === undefined
      ? findingOf('agent', words.agent, new SealgateError('agent_stopped'), language, 'warning')
      : good('agent', words.agent, words.agentRuns(`http://127.0.0.1:${running.port}/`, running.version)),
    good('agent', words.installation, files.length > 0 ? words.installed : words.notInstalled),
    await sites(context),
  ];
}

async function sites({ language, words, agentFolder }: DoctorContext): Promise<Finding> {
  try {
    return good('agent', words.sites, words.sitesAllowed((await OriginList.open(agentFolder)).all().length));
  } catch (error) {
    if (isFailure(error)) return findingOf('agent', words.sites, error, language);
    throw error;
  }
}
