import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { language } from '../environment.ts';
import { SealgateError } from '../error.ts';
import { safeText } from '../failure/value.ts';
import { logoutCounts } from '../oidc/reach.ts';
import { certificatesOf } from '../relying-party/esia-system.ts';
import type { Registration } from '../relying-party/registration.ts';
import { clientRegistry } from '../relying-party/registry.ts';
import { changedSettings, policySettings, settingOf } from '../relying-party/setting.ts';
import { invalidValue } from '../terminal/command.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { moment, say } from '../terminal/say.ts';
import { facts, table } from '../terminal/table.ts';
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
          const done = disabled
            ? { en: `${id} is disabled`, ru: `${id} отключён` }
            : { en: `${id} is enabled`, ru: `${id} включён` };
          return { exitCode: exitCode.passed, json: { id, disabled }, lines: [say(done)] };
        }),
      );
  }
}

/** Registers a relying party. Throws `argument_invalid` for a wrong field and for an id that is taken. */
async function addClient(
  { database, at, config }: Operation,
  options: AddOptions,
  command: Command,
): Promise<Report> {
  const registration = provable(registrationWith({ id: options.id }, options, command), config);
  const { client, secret } = await clientRegistry(database).add(registration, at);
  return {
    exitCode: exitCode.passed,
    json: { id: client.id, secret },
    lines: [
      facts([
        ['id', client.id],
        [say({ en: 'secret', ru: 'секрет' }), secret],
      ]),
      say({
        en: 'The secret is shown this once; only its hash is kept.',
        ru: 'Секрет показан один раз: хранится только его хэш.',
      }),
    ],
  };
}

async function changeClient(
  { database, at, config }: Operation,
  id: string,
  options: ChangeOptions,
  command: Command,
): Promise<Report> {
  const changed = await clientRegistry(database).change(
    id,
    (current) => provable(registrationWith(current, options, command, options.default), config),
    at,
  );
  return {
    exitCode: exitCode.passed,
    json: changed,
    lines: [
      say({
        en: `${id} is changed; a running service takes it over within two seconds`,
        ru: `${id} изменён; работающий сервис учтёт это в течение двух секунд`,
      }),
    ],
  };
}

async function logoutsReport({ database }: Operation): Promise<Report> {
  const counts = await logoutCounts(database);
  const rows = counts.map(({ client, waiting, tries, undelivered }) => [
    client,
    ...[waiting, tries, undelivered].map(String),
  ]);
  const header = say({
    en: ['ID', 'WAITING', 'TRIES', 'NOT DELIVERED'],
    ru: ['ИМЯ', 'ЖДУТ', 'ПОПЫТОК', 'НЕ ДОСТАВЛЕНО'],
  });
  return { exitCode: exitCode.passed, json: counts, lines: [table([header, ...rows], [0])] };
}

/** Refuses a relying party that could not prove itself to a service with this configuration. */
function provable(registration: Registration, { clientCertificateHeader: header }: Config): Registration {
  const { authentication } = registration.oidc ?? {};
  if (authentication !== 'self_signed_tls_client_auth' || header !== undefined) return registration;
  const problem = 'needs SEALGATE_CLIENT_CERTIFICATE_HEADER, the header in which a proxy passes certificates';
  throw new SealgateError('argument_invalid', { argument: authentication, problem });
}

async function listClients({ database }: Operation): Promise<Report> {
  const clients = await clientRegistry(database).list();
  const rows = clients.map(({ id, name, origins, audiences, disabledAt, policy }) => [
    id,
    name[language()],
    say(disabledAt === undefined ? stateWords.active : stateWords.disabled),
    origins.join(' '),
    audiences.join(' '),
    changedSettings(policy)
      .map(({ setting, value }) => `${setting.name}=${shown(value)}`)
      .join(' ') || say({ en: 'default', ru: 'по умолчанию' }),
  ]);
  const header = say({
    en: ['ID', 'NAME', 'STATE', 'ORIGINS', 'AUDIENCES', 'POLICY'],
    ru: ['ID', 'НАЗВАНИЕ', 'СОСТОЯНИЕ', 'СТРАНИЦЫ', 'ДЛЯ КОГО', 'ПРАВИЛА'],
  });
  return {
    exitCode: exitCode.passed,
    json: clients,
    lines: [table([header, ...rows], [0])],
  };
}

async function showClient({ database }: Operation, id: string): Promise<Report> {
  const client = (await clientRegistry(database).list()).find((each) => each.id === id);
  if (client === undefined) {
    throw new SealgateError('argument_invalid', { argument: id, problem: 'id-unknown' });
  }
  const { name, origins, returnUris, audiences, networks, createdAt, disabledAt, policy } = client;
  const { language: spoken } = client;
  const changed = new Set(changedSettings(policy).map(({ setting }) => setting));
  return {
    exitCode: exitCode.passed,
    json: client,
    lines: [
      facts([
        ['id', id],
        [say({ en: 'name', ru: 'название' }), `${name.en}, ${name.ru}`],
        [say({ en: 'origins', ru: 'страницы' }), origins.join(' ')],
        [say({ en: 'return addresses', ru: 'адреса возврата' }), shown(returnUris)],
        [say({ en: 'audiences', ru: 'для кого утверждения' }), audiences.join(' ')],
        [say({ en: 'language', ru: 'язык' }), spoken],
        [say({ en: 'networks', ru: 'сети' }), shown(networks)],
        ...oidcRows(client.oidc),
        ...esiaRows(client.esia),
        [say({ en: 'registered', ru: 'зарегистрирован' }), moment(createdAt)],
        [
          say({ en: 'state', ru: 'состояние' }),
          disabledAt === undefined
            ? say(stateWords.active)
            : `${say(stateWords.disabled)} ${moment(disabledAt)}`,
        ],
      ]),
      say({
        en: 'policy, with * what differs from the default:',
        ru: 'Правила; * отмечено то, что отличается от обычного:',
      }),
      table(
        policySettings.map((setting) => [
          changed.has(setting) ? '*' : ' ',
          setting.name,
          shown(settingOf(policy, setting)),
        ]),
      ),
    ],
  };
}

const stateWords = {
  active: { en: 'active', ru: 'включён' },
  disabled: { en: 'disabled', ru: 'отключён' },
} as const;

function oidcRows(oidc: Registration['oidc']): readonly (readonly [string, string])[] {
  if (oidc === undefined) return [['OpenID Connect', say({ en: 'closed', ru: 'закрыт' })]];
  const { redirectUris, postLogoutRedirectUris, backchannelLogoutUri, scopes, authentication, jwks } = oidc;
  const only = [oidc.requireSignedRequest && 'signed', oidc.requirePushedRequest && 'pushed'].filter(Boolean);
  return [
    [say({ en: 'redirect addresses', ru: 'адреса перехода' }), shown(redirectUris)],
    [say({ en: 'after the session', ru: 'после сеанса' }), shown(postLogoutRedirectUris)],
    [say({ en: 'told of its end', ru: 'сообщать о конце' }), shown(backchannelLogoutUri)],
    ['scope', shown(scopes)],
    [say({ en: 'authentication', ru: 'подлинность' }), authentication],
    [
      say({ en: 'public keys', ru: 'открытые ключи' }),
      shown(oidc.jwksUri ?? jwks?.keys.map(({ kid, kty }) => kid ?? kty)),
    ],
    [say({ en: 'subjects', ru: 'имена организаций' }), oidc.subject],
    [say({ en: 'consent', ru: 'согласие' }), oidc.consent],
    [
      'refresh token',
      oidc.refreshTokens ? say({ en: 'issued', ru: 'выдаются' }) : say({ en: 'none', ru: 'нет' }),
    ],
    [
      say({ en: 'requests', ru: 'запросы' }),
      only.length === 0 ? say({ en: 'any', ru: 'любые' }) : only.join(' + '),
    ],
  ];
}

/** What it is registered by as a client system of ЕСИА's dialect; certificates by their serial numbers. */
function esiaRows(esia: Registration['esia']): readonly (readonly [string, string])[] {
  if (esia === undefined) return [];
  const { mnemonic, redirects, scopes, tokenAlgorithm, issuer, timestampWindowSeconds } = esia;
  return [
    [say({ en: 'mnemonic', ru: 'мнемоника' }), mnemonic],
    [
      say({ en: 'certificates', ru: 'сертификаты' }),
      shown(certificatesOf(esia).map(({ serialNumberHex }) => serialNumberHex)),
    ],
    [say({ en: 'redirects', ru: 'возврат' }), shown(redirects)],
    [say({ en: 'scopes of ЕСИА', ru: 'scope ЕСИА' }), shown(scopes)],
    [
      say({ en: 'tokens of ЕСИА', ru: 'маркеры ЕСИА' }),
      `${tokenAlgorithm}, iss ${issuer ?? say({ en: 'of this service', ru: 'этого сервиса' })}`,
    ],
    [
      'timestamp',
      say({
        en: `within ${timestampWindowSeconds} seconds`,
        ru: `в пределах ${timestampWindowSeconds} секунд`,
      }),
    ],
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
      facts([[say({ en: 'secret', ru: 'секрет' }), secret]]),
      say({
        en: `The old secret is accepted for ${overlap} hours more. The new one is shown this once.`,
        ru: `Прежний секрет действует ещё столько часов: ${overlap}. Новый показан один раз.`,
      }),
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
