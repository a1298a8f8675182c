import { platform } from 'node:os';
import { proxyOf, readEnvironment, toConfig } from '../config.ts';
import { isFailure } from '../error.ts';
import type { ProxySettings } from '../fetch/proxy.ts';
import { examineAgent } from './agent.ts';
import { examineBrowsers } from './browser.ts';
import { certificatesOn, examineCertificates } from './certificate.ts';
import type { DoctorContext } from './context.ts';
import { examineDrivers } from './driver.ts';
import type { Finding } from './finding.ts';
import { examineNetwork } from './network.ts';
import { examinePlugin } from './plugin.ts';
import { examineProgram } from './program.ts';
import { examineReaders } from './reader.ts';
import { examineService } from './service.ts';

/**
 * Looks at what a sign-in depends on on this computer, in the order in which it is needed: program, agent, drivers and
 * tokens, certificates, network, browsers, plug-in, and the service where there is one. Changes nothing; asks for no
 * PIN; names no person and no secret.
 */
export async function examine(context: DoctorContext): Promise<readonly Finding[]> {
  const system = platform();
  const readers = examineReaders(context, system);
  const others = Promise.all([
    examineBrowsers(context, system),
    examinePlugin(context, system),
    examineService(context),
  ]);
  const agent = await examineAgent(context);
  const { findings, tokens } = await examineDrivers(context);
  const network = await examineNetwork(context, certificatesOn(tokens), proxySettings());
  return [
    ...examineProgram(context),
    ...agent,
    ...(await readers),
    ...findings,
    ...examineCertificates(context, tokens),
    ...network,
    ...(await others).flat(),
  ];
}

/** The proxies of this program's settings; none where those cannot be read, which the service's findings tell. */
function proxySettings(): ProxySettings | undefined {
  try {
    return proxyOf(toConfig(readEnvironment()));
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}
