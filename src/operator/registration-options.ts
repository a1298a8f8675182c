import type { Command } from 'commander';
import { SealgateError } from '../error.ts';
import { schemaProblem } from '../failure/schema-problem.ts';
import { defined } from '../optional.ts';
import { oidcAuthentications, oidcScopes } from '../relying-party/oidc-registration.ts';
import { type Registration, registrationSchema } from '../relying-party/registration.ts';
import { policySettings } from '../relying-party/setting.ts';
import { addEsiaOptions, type EsiaOptions, esiaWith } from './esia-options.ts';
import { readKeySet } from './key-set.ts';
import { addPolicyOptions, givenPolicy } from './policy-options.ts';

/** What a command may be given of a registration; lists take the place of those that were. */
export interface RegistrationOptions extends EsiaOptions {
  readonly nameEn?: string;
  readonly nameRu?: string;
  readonly origin?: string[];
  readonly returnUri?: string[];
  readonly audience?: string[];
  readonly language?: string;
  readonly network?: string[];
  readonly redirectUri?: string[];
  readonly postLogoutUri?: string[];
  readonly backchannelUri?: string;
  readonly scope?: string[];
  readonly authentication?: string;
  readonly jwks?: string;
  readonly jwksUri?: string;
  readonly subject?: string;
  readonly consent?: string;
  readonly refreshTokens?: boolean;
  readonly signedRequests?: boolean;
  readonly pushedRequests?: boolean;
}

/** Adds an option for each field of a registration but its identifier, and for every setting of its policy. */
export function addRegistrationOptions(command: Command, isNew: boolean): Command {
  const required = (flags: string, description: string) =>
    isNew ? command.requiredOption(flags, description) : command.option(flags, description);
  required('--name-en <name>', 'name in English, as the challenge shows it');
  required('--name-ru <name>', 'name in Russian, as the challenge shows it');
  required('--origin <origin...>', 'origins of its pages');
  command
    .option('--return-uri <address...>', 'addresses on them to which the sign-in page sends people back')
    .option('--audience <audience...>', 'whom its assertions may be for (default: itself)')
    .option('--language <language>', 'language of the challenge, en or ru (default: ru)')
    .option('--network <network...>', 'addresses or networks from which its backend may call (default: any)')
    .optionsGroup('OpenID Connect:')
    .option('--redirect-uri <address...>', 'where browsers come back to with a code; opens OpenID Connect')
    .option('--post-logout-uri <address...>', 'where they may be sent after the end of a session')
    .option('--backchannel-uri <address>', 'is told of the end of sessions')
    .option('--scope <scope...>', `what it may ask for: ${oidcScopes.join(', ')}`)
    .option('--authentication <method>', `how it proves itself: ${oidcAuthentications.join(', ')}`)
    .option('--jwks <file>', 'its public keys, a JWKS, or certificates in PEM or DER')
    .option('--jwks-uri <address>', 'where it publishes them')
    .option('--subject <type>', 'names of organisations: public, or pairwise for one of its own')
    .option('--consent <mode>', 'ask people what may be handed over, or waived for a portal of your own')
    .option('--refresh-tokens', 'issue refresh tokens, which end with the session')
    .option('--signed-requests', 'take signed requests only')
    .option('--pushed-requests', 'take pushed requests only')
    .optionsGroup('ЕСИА’s dialect:');
  addEsiaOptions(command).optionsGroup('Options:');
  return addPolicyOptions(command);
}

/** The fields that can be left out of a registration, or be as they are by default. */
const clearable = ['returnUris', 'audiences', 'networks', 'oidc', 'esia'] as const;

/** What `client change --default` may name. */
export const clearableNames: readonly string[] = [...clearable, ...policySettings.map(({ name }) => name)];

/**
 * The registration that the options of a command make of `current`, with what `cleared` names as it is by default.
 * Throws `argument_invalid` for the first field that is wrong.
 */
export function registrationWith(
  current: Partial<Registration> & Pick<Registration, 'id'>,
  options: RegistrationOptions,
  command: Command,
  cleared: readonly string[] = [],
): Registration {
  const unknown = cleared.find((name) => !clearableNames.includes(name));
  if (unknown !== undefined) throw invalid('default', `there is no ${unknown} to be put back`);
  const oidc = oidcWith(current.oidc, options);
  const given = {
    ...current,
    name: { en: options.nameEn ?? current.name?.en, ru: options.nameRu ?? current.name?.ru },
    origins: options.origin ?? current.origins,
    returnUris: options.returnUri ?? current.returnUris,
    audiences: options.audience ?? current.audiences,
    language: options.language ?? current.language,
    networks: options.network ?? current.networks,
    policy: merged(current.policy ?? {}, givenPolicy(command)),
    oidc,
    esia: esiaWith(current.esia, options, options.origin ?? current.origins ?? []),
  };
  for (const name of cleared) clear(given, name.split('.'), clearable.includes(name as 'oidc'));
  const result = registrationSchema.safeParse(given, { error: schemaProblem });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(issue?.path.join('.') ?? '', issue?.message ?? '');
}

function oidcWith(current: Registration['oidc'], options: RegistrationOptions): unknown {
  const given = Object.fromEntries(
    Object.entries({
      redirectUris: options.redirectUri,
      postLogoutRedirectUris: options.postLogoutUri,
      backchannelLogoutUri: options.backchannelUri,
      scopes: options.scope,
      authentication: options.authentication,
      jwks: options.jwks === undefined ? undefined : readKeySet(options.jwks),
      jwksUri: options.jwksUri,
      subject: options.subject,
      consent: options.consent,
      refreshTokens: options.refreshTokens,
      requireSignedRequest: options.signedRequests,
      requirePushedRequest: options.pushedRequests,
    }).filter(([, value]) => value !== undefined),
  );
  if (current === undefined && Object.keys(given).length === 0) return undefined;
  const { jwks, jwksUri, ...rest } = current ?? {};
  // Keys that are given take the place of those that were, whichever way they are given.
  const isRekeyed = 'jwks' in given || 'jwksUri' in given;
  return { ...rest, ...(isRekeyed ? {} : defined({ jwks, jwksUri })), ...given };
}

type Settings = Record<string, unknown>;

function merged(current: object, given: Settings): Settings {
  const result: Settings = { ...current };
  for (const [name, value] of Object.entries(given)) {
    const before = result[name];
    result[name] = isSettings(value) && isSettings(before) ? merged(before, value) : value;
  }
  return result;
}

function clear(registration: Settings, path: readonly string[], isField: boolean): void {
  let group: unknown = isField ? registration : registration.policy;
  for (const name of path.slice(0, -1)) group = isSettings(group) ? group[name] : undefined;
  const last = path.at(-1);
  if (isSettings(group) && last !== undefined) delete group[last];
}

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(field: string, problem: string): SealgateError {
  return new SealgateError('argument_invalid', { argument: field, problem });
}
