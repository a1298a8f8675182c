import type { Command } from 'commander';
import { SealgateError } from '../error.ts';
import { safeText } from '../failure/value.ts';
import { logoutCounts } from '../oidc/reach.ts';
import { certificatesOf } from '../relying-party/esia-system.ts';
import type { Registration } from '../relying-party/registration.ts';
import { clientRegistry } from '../relying-party/registry.ts';
import { changedSettings, policySettings, settingOf } from '../relying-party/setting.ts';
import { invalidValue } from '../terminal/command.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { alignColumns } from '../terminal/table.ts';
import { type Operation, operate, type Report } from './operate.ts';
import {
  addRegistrationOptions,
  type RegistrationOptions,
  registrationWith,
} from './registration-options.ts';

interface AddOptions extends RegistrationOptions {
  readonly id: string;
  readonly json?: boolean;
}

interface ChangeOptions extends RegistrationOptions {
  readonly default?: string[];
  readonly json?: boolean;
}

/** Adds `sealgate client add`, `change`, `list`, `show`, `logouts`, `rotate-secret`, `disable` and `enable`. */
export function clientCommands(program: Command): void {
  const client = program.command('client').description('relying parties: the portals that sign people in');
  addRegistrationOptions(
    client
      .command('add')
      .description('register a relying party; its secret is shown this once')
      .requiredOption('--id <id>', 'identifier')
      .option('--json', 'print JSON'),
    true,
  ).action((options: AddOptions, command: Command) =>
    operate(options.json === true, (operation) => addClient(operation, options, command), 'create'),
  );
  addRegistrationOptions(
    client
      .command('change <id>')
      .description('change a registration: what is given takes the place of what was, the rest stays')
      .option(
        '--default <name...>',
        'put these back to what they are by default, such as sessionLimit or oidc',
      )
      .option('--json', 'print JSON'),
    false,
  ).action((id: string, options: ChangeOptions, command: Command) =>
    operate(options.json === true, (operation) => changeClient(operation, id, options, command)),
  );
  client
    .command('list')
    .description('list the relying parties')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) => operate(json === true, listClients));
  client
    .command('show <id>')
    .description('show a relying party with every setting of its policy')
    .option('--json', 'print JSON')
    .action((id: string, { json }: { json?: boolean }) =>
      operate(json === true, (operation) => showClient(operation, id)),
    );
  client
    .command('logouts')
    .description('relying parties that are still to be told of logouts, or could not be in the last 30 days')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) => operate(json === true, logoutsReport));
  client
    .command('rotate-secret <id>')
    .alias('rotate')
    .description('give a new secret; the old one is accepted for a while longer')
    .option('--overlap <hours>', 'how long the old secret is still accepted', hours, 24)
    .option('--json', 'print JSON')
    .action((id: string, { overlap, json }: { overlap: number; json?: boolean }) =>
      operate(json === true, (operation) => rotateSecret(operation, id, overlap)),
    );
  for (const [name, disabled] of [
    ['disable', true],
    ['enable', false],
  ] as const) {
    client
      .command(`${name} <id>`)
      .description(disabled ? 'turn a relying party away' : 'let a relying party in again')
      .option('--json', 'print JSON')
      .action((id: string, { json }: { json?: boolean }) =>
        operate(json === true, async ({ database, at }) => {
          await clientRegistry(database).disable(id, disabled, at);
          return { exitCode: exitCode.passed, json: { id, disabled }, lines: [`${id} is ${name}d`] };
        }),
      );
  }
}

/** Registers a relying party. Throws `argument_invalid` for a wrong field and for an id that is taken. */
async function addClient(
  { database, at }: Operation,
  options: AddOptions,
  command: Command,
): Promise<Report> {
  const registration = registrationWith({ id: options.id }, options, command);
  const { client, secret } = await clientRegistry(database).add(registration, at);
  return {
    exitCode: exitCode.passed,
    json: { id: client.id, secret },
    lines: [
      `id      ${client.id}`,
      `secret  ${secret}`,
      'The secret is shown this once; only its hash is kept.',
    ],
  };
}

async function changeClient(
  { database, at }: Operation,
  id: string,
  options: ChangeOptions,
  command: Command,
): Promise<Report> {
  const changed = await clientRegistry(database).change(
    id,
    (current) => registrationWith(current, options, command, options.default),
    at,
  );
  return {
    exitCode: exitCode.passed,
    json: changed,
    lines: [`${id} is changed; a running service takes it over within two seconds`],
  };
}

async function logoutsReport({ database }: Operation): Promise<Report> {
  const counts = await logoutCounts(database);
  const rows = counts.map(({ client, waiting, tries, undelivered }) => [
    client,
    ...[waiting, tries, undelivered].map(String),
  ]);
  return {
    exitCode: exitCode.passed,
    json: counts,
    lines: [alignColumns([['ID', 'WAITING', 'TRIES', 'NOT DELIVERED'], ...rows])],
  };
}

async function listClients({ database }: Operation): Promise<Report> {
  const clients = await clientRegistry(database).list();
  const rows = clients.map(({ id, name, origins, audiences, disabledAt, policy }) => [
    id,
    name.en,
    origins.join(' '),
    audiences.join(' '),
    disabledAt === undefined ? 'active' : 'disabled',
    changedSettings(policy)
      .map(({ setting, value }) => `${setting.name}=${shown(value)}`)
      .join(' ') || 'default',
  ]);
  return {
    exitCode: exitCode.passed,
    json: clients,
    lines: [alignColumns([['ID', 'NAME', 'ORIGINS', 'AUDIENCES', 'STATE', 'POLICY'], ...rows])],
  };
}

async function showClient({ database }: Operation, id: string): Promise<Report> {
  const client = (await clientRegistry(database).list()).find((each) => each.id === id);
  if (client === undefined) {
    throw new SealgateError('argument_invalid', { argument: id, problem: 'id-unknown' });
  }
  const { name, origins, returnUris, audiences, language, networks, createdAt, disabledAt, policy } = client;
  const changed = new Set(changedSettings(policy).map(({ setting }) => setting));
  return {
    exitCode: exitCode.passed,
    json: client,
    lines: [
      alignColumns([
        ['id', id],
        ['name', `${name.en}, ${name.ru}`],
        ['origins', origins.join(' ')],
        ['return addresses', shown(returnUris)],
        ['audiences', audiences.join(' ')],
        ['language', language],
        ['networks', shown(networks)],
        ...oidcRows(client.oidc),
        ...esiaRows(client.esia),
        ['registered', new Date(createdAt).toISOString()],
        ['state', disabledAt === undefined ? 'active' : `disabled ${new Date(disabledAt).toISOString()}`],
      ]),
      'policy, with * what differs from the default:',
      alignColumns(
        policySettings.map((setting) => [
          changed.has(setting) ? '*' : ' ',
          setting.name,
          shown(settingOf(policy, setting)),
        ]),
      ),
    ],
  };
}

function oidcRows(oidc: Registration['oidc']): readonly (readonly [string, string])[] {
  if (oidc === undefined) return [['openid connect', 'closed']];
  const { redirectUris, postLogoutRedirectUris, backchannelLogoutUri, scopes, authentication, jwks } = oidc;
  const only = [oidc.requireSignedRequest && 'signed', oidc.requirePushedRequest && 'pushed'].filter(Boolean);
  return [
    ['redirect addresses', shown(redirectUris)],
    ['after the session', shown(postLogoutRedirectUris)],
    ['told of its end', shown(backchannelLogoutUri)],
    ['scopes', shown(scopes)],
    ['authentication', authentication],
    ['public keys', shown(jwks?.keys.map(({ kid, kty }) => kid ?? kty))],
    ['subjects', oidc.subject],
    ['consent', oidc.consent],
    ['refresh tokens', oidc.refreshTokens ? 'issued' : 'none'],
    ['requests', only.length === 0 ? 'any' : `${only.join(' and ')} only`],
  ];
}

/** What it is registered by as a client system of ЕСИА's dialect; certificates by their serial numbers. */
function esiaRows(esia: Registration['esia']): readonly (readonly [string, string])[] {
  if (esia === undefined) return [];
  const { mnemonic, redirects, scopes, tokenAlgorithm, issuer, timestampWindowSeconds } = esia;
  return [
    ['mnemonic', mnemonic],
    ['certificates', shown(certificatesOf(esia).map(({ serialNumberHex }) => serialNumberHex))],
    ['redirects', shown(redirects)],
    ['scopes of ЕСИА', shown(scopes)],
    ['tokens of ЕСИА', `${tokenAlgorithm}, iss ${issuer ?? 'of this service'}`],
    ['timestamp', `within ${timestampWindowSeconds} seconds`],
  ];
}

function shown(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return '—';
  return safeText(Array.isArray(value) ? value.join(',') : String(value), 200);
}

async function rotateSecret({ database, at }: Operation, id: string, overlap: number): Promise<Report> {
  const secret = await clientRegistry(database).rotate(id, overlap * 3_600_000, at);
  return {
    exitCode: exitCode.passed,
    json: { id, secret, overlapHours: overlap },
    lines: [
      `secret  ${secret}`,
      `The old secret is accepted for ${overlap} hours more. The new one is shown this once.`,
    ],
  };
}

function hours(text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number >= 0 && number <= 24 * 90) return number;
  throw invalidValue({
    en: 'must be a number of hours, 90 days at most',
    ru: 'нужно число часов, не больше 90 дней',
  });
}
