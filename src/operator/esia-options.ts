import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { SealgateError } from '../error.ts';
import { defined } from '../optional.ts';
import { type EsiaSystem, esiaTokenAlgorithms } from '../relying-party/esia-system.ts';

/** What of a relying party’s registration as a client system of ЕСИА's dialect is given in options. */
export interface EsiaOptions {
  readonly esiaMnemonic?: string;
  readonly certificate?: string[];
  readonly esiaRedirect?: string[];
  readonly esiaScope?: string[];
  readonly esiaAlgorithm?: string;
  readonly esiaIssuer?: string;
  readonly esiaLogout?: string;
  readonly esiaWindow?: string;
}

/** Scopes that a sign-in by signature can answer. */
const usualScopes = ['openid', 'fullname', 'snils', 'inn', 'usr_org'];

/** Adds the options of a client system of ЕСИА's dialect. */
export function addEsiaOptions(command: Command): Command {
  return command
    .option('--esia-mnemonic <mnemonic>', 'client_id of its requests, where its client was built for ЕСИА')
    .option('--certificate <file...>', 'certificates that it signs its requests with, PEM or DER')
    .option('--esia-redirect <address...>', 'where people go back to, or origins (default: its origins)')
    .option('--esia-scope <scope...>', `scopes that it may ask for (default: ${usualScopes.join(' ')})`)
    .option('--esia-algorithm <algorithm>', `${esiaTokenAlgorithms.join(' or ')} (default: RS256)`)
    .option('--esia-issuer <address>', 'iss that it expects in tokens (default: this service)')
    .option('--esia-logout <address>', 'is told of the end of sessions, as by OpenID Connect')
    .option('--esia-window <seconds>', 'how far timestamp may be off (default: 300)');
}

/**
 * What the options make of the registration that there is, `current`; undefined where there is none and none is given.
 * Throws `configuration_invalid` where a new one lacks the mnemonic, and for a file that is no certificate.
 */
export function esiaWith(
  current: EsiaSystem | undefined,
  options: EsiaOptions,
  origins: readonly string[],
): unknown {
  const { esiaWindow: window } = options;
  const given = defined({
    mnemonic: options.esiaMnemonic,
    certificates: options.certificate?.map(certificateIn),
    redirects: options.esiaRedirect,
    scopes: options.esiaScope,
    tokenAlgorithm: options.esiaAlgorithm,
    issuer: options.esiaIssuer,
    backchannelLogoutUri: options.esiaLogout,
    timestampWindowSeconds: window === undefined ? undefined : Number(window),
  });
  if (Object.keys(given).length === 0) return current;
  if (current === undefined && given.mnemonic === undefined) {
    const problem = 'is needed with these options';
    throw new SealgateError('configuration_invalid', { field: '--esia-mnemonic', problem });
  }
  return { certificates: [], redirects: origins, scopes: usualScopes, ...current, ...given };
}

/** A certificate of a file, in base64 of its DER. */
function certificateIn(file: string): string {
  try {
    return new X509Certificate(readFileSync(file)).raw.toString('base64');
  } catch (error) {
    const problem = `${file} cannot be read as a certificate`;
    throw new SealgateError('configuration_invalid', { field: '--certificate', problem }, { cause: error });
  }
}
