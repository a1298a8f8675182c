import { type Command, InvalidArgumentError } from 'commander';
import { SealgateError } from '../error.ts';
import { safeText } from '../failure/value.ts';
import { certificatesOf, type EsiaSystem } from '../relying-party/esia-system.ts';
import { registrationSchema } from '../relying-party/registration.ts';
import { clientRegistry } from '../relying-party/registry.ts';
import { changedSettings, policySettings, settingOf } from '../relying-party/setting.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { alignColumns } from '../terminal/table.ts';
import { addEsiaOptions, type EsiaOptions, givenEsia } from './esia-options.ts';
import { type Operation, operate, type Report } from './operate.ts';
import { addPolicyOptions, givenPolicy } from './policy-options.ts';

interface AddOptions extends EsiaOptions {
  readonly id: string;
  readonly nameEn: string;
  readonly nameRu: string;
  readonly origin: string[];
  readonly returnUri?: string[];
  readonly audience?: string[];
  readonly language?: string;
  readonly json?: boolean;
}

/** Adds `sealgate client add`, `list`, `show`, `rotate`, `disable` and `enable`. */
export function clientCommands(program: Command): void {
  const client = program.command('client').description('relying parties: the portals that sign people in');
  addPolicyOptions(
    addEsiaOptions(
      client
        .command('add')
        .description('register a relying party; its secret is shown this once')
        .requiredOption('--id <id>', 'identifier')
        .requiredOption('--name-en <name>', 'name in English, as the challenge shows it')
        .requiredOption('--name-ru <name>', 'name in Russian, as the challenge shows it')
        .requiredOption('--origin <origin...>', 'origins of its pages')
        .option('--return-uri <address...>', 'addresses on them to which the sign-in page sends people back')
        .option('--audience <audience...>', 'whom its assertions may be for (default: itself)')
        .option('--language <language>', 'language of the challenge, en or ru (default: ru)')
        .option('--json', 'print JSON'),
    ),
  ).action((options: AddOptions, command: Command) =>
    operate(
      options.json === true,
      (operation) => addClient(operation, options, givenPolicy(command)),
      'create',
    ),
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
    .command('rotate <id>')
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

/**
 * Registers a relying party under a policy as the configuration file would have it. Throws `configuration_invalid`
 * for a wrong field and for an id that is taken.
 */
export async function addClient(
  { database, at }: Operation,
  options: AddOptions,
  policy: Record<string, unknown>,
): Promise<Report> {
  const result = registrationSchema.safeParse({
    id: options.id,
    name: { en: options.nameEn, ru: options.nameRu },
    origins: options.origin,
    returnUris: options.returnUri,
    audiences: options.audience,
    language: options.language,
    policy,
    esia: givenEsia(options, options.origin),
  });
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new SealgateError('configuration_invalid', {
      field: issue?.path.join('.') ?? '',
      problem: issue?.message ?? '',
    });
  }
  const { client, secret } = await clientRegistry(database).add(result.data, at);
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
    throw new SealgateError('configuration_invalid', { field: 'id', problem: 'is not registered' });
  }
  const { name, origins, returnUris, audiences, language, createdAt, disabledAt, policy, esia } = client;
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
        ['registered', new Date(createdAt).toISOString()],
        ['state', disabledAt === undefined ? 'active' : `disabled ${new Date(disabledAt).toISOString()}`],
        ...(esia === undefined ? [] : shownSystem(esia)),
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

/** What it is registered by as a client system of ЕСИА's dialect; certificates by their serial numbers. */
function shownSystem(esia: EsiaSystem): string[][] {
  const { mnemonic, redirects, scopes, tokenAlgorithm, issuer, timestampWindowSeconds } = esia;
  return [
    ['mnemonic', mnemonic],
    [
      'certificates',
      certificatesOf(esia)
        .map(({ serialNumberHex }) => serialNumberHex)
        .join(' '),
    ],
    ['redirects', redirects.join(' ')],
    ['scopes', scopes.join(' ')],
    ['tokens', `${tokenAlgorithm}, iss ${issuer ?? 'of this service'}`],
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
  throw new InvalidArgumentError('must be a number of hours, 90 days at most');
}
