import type { Certificate } from '../../certificate/certificate.ts';
import { thumbprintOf } from '../../certificate/thumbprint.ts';
import { isFailure, SealgateError } from '../../error.ts';
import { findLibraries } from '../../token/library.ts';
import type { Token } from '../../token/selection.ts';
import { type ModuleOptions, openModule, type TokenModule } from '../../token/token-module.ts';
import type { CertificatePlace } from '../bridge-message.ts';
import { asTheyCome } from './arrival.ts';
import type { Findings, FoundCertificate } from './found.ts';
import { isAuthority, usabilityOf } from './usable.ts';

/** A PKCS#11 library that is asked, with variables for its process. */
export interface ModuleChoice {
  readonly name: string;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** How long the driver may take, in milliseconds; as long as people need at a PIN pad if absent. */
  readonly limits?: ModuleOptions['limits'];
}

/** How long a driver may take before the list goes on without it, in milliseconds. */
const patience = 8_000;

/** The drivers to ask: those that were named, or all that stand in their usual places. */
export async function modulesToAsk(named: readonly ModuleChoice[]): Promise<readonly ModuleChoice[]> {
  return named.length > 0 ? named : (await findLibraries()).map(({ path }) => ({ name: path }));
}

/**
 * Certificates on the tokens of `choices`, token by token as they answer; every driver is asked at once, each in a
 * process of its own. One that fails or does not answer within eight seconds is told of and holds up no other.
 */
export async function* searchTokens(choices: readonly ModuleChoice[]): AsyncGenerator<Findings> {
  for await (const findings of asTheyCome(choices.map(searchModule))) yield findings;
}

async function searchModule({ name, environment, limits }: ModuleChoice): Promise<Findings> {
  try {
    const module = await openModule(name, { environment, limits: { login: patience, ...limits } });
    return { found: await withinPatience(certificatesIn(module)), troubles: [] };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { found: [], troubles: [{ module: moduleName(name), failure: error }] };
  }
}

async function certificatesIn(module: TokenModule): Promise<readonly FoundCertificate[]> {
  const found: FoundCertificate[] = [];
  for (const token of await module.tokens()) {
    if (!token.isInitialized) continue;
    const { keys, loose } = await module.contents(token);
    const certificates = [...keys.flatMap((key) => key.certificates), ...loose];
    for (const { certificate } of certificates) {
      if (!isAuthority(certificate)) found.push(foundOn(module, token, certificate));
    }
  }
  return found;
}

function foundOn(module: TokenModule, token: Token, certificate: Certificate): FoundCertificate {
  const place: CertificatePlace = {
    kind: 'token',
    module: module.library.name,
    label: token.label.trim(),
    ...(token.serial !== '' && { serial: token.serial }),
  };
  return {
    certificate,
    thumbprint: thumbprintOf(certificate),
    place,
    usable: usabilityOf(certificate, token, Date.now()),
    keeper: { kind: 'token', module, token },
  };
}

/** The name of a driver as people know it: that of its file. */
export function moduleName(nameOrPath: string): string {
  return nameOrPath.split(/[\\/]/).at(-1) ?? nameOrPath;
}

function withinPatience<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new SealgateError('signing_timed_out', { waited: patience / 1000 })),
      patience,
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
