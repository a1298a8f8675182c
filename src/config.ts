import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type AnchorPlace, parsePlace } from './audit-anchor/place.ts';
import { type PostgresqlPlace, parsePlace as parsePostgresql } from './database/postgresql/place.ts';
import { otherVariables } from './environment.ts';
import { SealgateError } from './error.ts';
import { schemaProblem } from './failure/schema-problem.ts';
import { isNetwork } from './fetch/address.ts';
import type { ProxySettings } from './fetch/proxy.ts';
import { defined } from './optional.ts';
import { usualQuota } from './power-of-attorney/quota.ts';
import { registrationSchema } from './relying-party/registration.ts';
import { isSecretHash } from './relying-party/secret.ts';
import { parseSecrets } from './secret/load.ts';

/** A relying party in the configuration file, with the hashes of its secrets where the operator keeps them there. */
const seedSchema = registrationSchema.safeExtend({
  secretHashes: z
    .array(z.string().refine(isSecretHash, 'must be sha256: and 43 characters of base64url'))
    .default([]),
});

/** A relying party that is written into the database when the service starts. */
export type ClientSeed = z.infer<typeof seedSchema>;

const flag = z.union([z.boolean(), z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] })], {
  error: 'must be true or false',
});
const digits = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
const whole = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.union([z.int(), digits], { error }).pipe(z.int().min(least, error).max(most, error));
};

const list = z.union(
  [z.array(z.string().min(1)), z.string().transform((text) => text.split(',').map((part) => part.trim()))],
  { error: 'must be a list, in the environment separated by commas' },
);

const networks = list.refine(
  (all) => all.every(isNetwork),
  'must be addresses or networks such as 10.0.0.0/8',
);

const webhookSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, 'must be whsec_ and base64 of 24 octets or more');

const address = z.string().regex(/^https?:\/\/[^\s]+$/, 'must be an http or https address');

/** Paths of the service's own. */
const ownPaths = /^\/(v1|sign-in|assets|oidc|account|docs|verify)(\/|$)/;

/**
 * Every setting, by its name in the configuration file. In the environment the name is in capitals after
 * `SEALGATE_` (`logLevel` is `SEALGATE_LOG_LEVEL`), and wins over the file. The defaults let a service start on one
 * machine with nothing set.
 */
export const settingsSchema = z.strictObject({
  /** Address to listen on. The machine itself by default: what faces the network is a proxy with TLS. */
  host: z.string().min(1).default('127.0.0.1'),
  /** Port to listen on; 0 lets the system choose. */
  port: whole(0, 65_535).default(8080),
  /**
   * The service's own address as relying parties know it: `iss` of assertions. It may have a path, below which pages and
   * API stand then. `http://localhost:PORT` by default.
   */
  issuer: z
    .url({ protocol: /^https?$/ })
    .refine(
      (issuer) => !URL.canParse(issuer) || !ownPaths.test(new URL(issuer).pathname),
      'has a path that is taken by the service itself',
    )
    .optional(),
  /** Folder of everything that the service keeps; made if it is missing. */
  data: z.string().min(1).default('.sealgate'),
  /** Database file; `sealgate.sqlite` in the data folder by default. */
  database: z.string().min(1).optional(),
  /** A PostgreSQL database in place of that file, for several replicas; by default that of `DATABASE_URL`. */
  databaseUrl: z.string().min(1).optional(),
  /**
   * Folder that new assertion keys are made in as files; by default they are made in the database, encrypted under the
   * secrets. Files that are listed already are looked for in `keys` of the data folder.
   */
  keys: z.string().min(1).optional(),
  /** A PKCS#11 URI (RFC 7512) of the key to sign assertions with; a key in the database by default. */
  assertionKey: z.string().startsWith('pkcs11:').optional(),
  /** File of the secrets that authenticate challenges and the audit; `secrets` in the data folder, made if missing. */
  secretsFile: z.string().min(1).optional(),
  /** The secrets themselves, newest first, separated by commas, where several replicas share them. */
  secrets: z.string().min(1).optional(),
  /** Folder of pins: fingerprints of the roots that are trusted. Those that come with Sealgate by default. */
  anchors: z.string().min(1).optional(),
  /** Local addresses or networks that revocation may be fetched from, for an authority of one's own; none by default. */
  revocationNetworks: networks.default([]),
  /** The only hosts that revocation is fetched from, `*.` for any label; by default those that certificates name. */
  revocationHosts: list.optional(),
  /** What becomes of a list of authorities when nobody says whether its signer is revoked; if revoked, it is refused. */
  uncheckedListSigner: z.enum(['refuse', 'warn']).default('refuse'),
  /** Hosts that missing certificates of issuers are fetched from, `host` or `host:port`; none by default. */
  issuerHosts: list.default([]),
  /** Time-stamp authorities for `/v1/signatures/extend`, in the order in which they are asked; without any it is off. */
  timestampAuthorities: list.pipe(z.array(address)).default([]),
  /** Proxies for everything that is fetched; by default those of `HTTP_PROXY` and `HTTPS_PROXY`. */
  httpProxy: address.optional(),
  httpsProxy: address.optional(),
  /** Hosts that are reached without a proxy, this machine always; by default those of `NO_PROXY`. */
  noProxy: list.optional(),
  /** Register of organisations over HTTP, an address with `{ogrn}` in it; the one in the database by default. */
  registerUrl: address.includes('{ogrn}').optional(),
  /** Sent to that register as `Authorization: Bearer …`. */
  registerToken: z.string().min(1).optional(),
  /** Register of powers of attorney: an http or https address with `{number}` in it, or a file of withdrawn ones. */
  powerStatus: z.string().min(1).optional(),
  /** Sent to that register as `Authorization: Bearer …`. */
  powerStatusToken: z.string().min(1).optional(),
  /** The words of that register for a power that is in force, and for one that was withdrawn. */
  powerActiveWords: list.optional(),
  powerWithdrawnWords: list.optional(),
  /** Powers of attorney in force that are kept of one organisation. */
  powersPerOrganisation: whole(1, 1_000_000).default(usualQuota.inForce),
  /** Server for notices by mail: `smtp://` or `smtps://`, with user and password if it asks for them. */
  smtp: z
    .string()
    .regex(/^smtps?:\/\//, 'must begin with smtp:// or smtps://')
    .optional(),
  /** Sender of notices by mail. */
  noticeFrom: z.email().default('sealgate@localhost.localdomain'),
  /** Where notices go as signed webhooks. */
  noticeWebhook: address.optional(),
  /** Secret of those signatures, `whsec_` and base64 of 24 octets or more. */
  noticeSecret: webhookSecret.optional(),
  /**
   * Addresses or networks of the proxies in front of the service. From them alone `X-Forwarded-For` is believed, and
   * says whose request it is; without any, a request is of the address that it came from.
   */
  trustedProxies: networks.default([]),
  /**
   * Header in which a proxy passes on the certificate of a TLS client, for relying parties that prove themselves by one
   * (RFC 8705): PEM, percent-encoded or on one line, DER in base64, or as `Client-Cert` has it (RFC 9440).
   */
  clientCertificateHeader: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/i, 'must be the name of a header')
    .toLowerCase()
    .optional(),
  /** Addresses or networks of those proxies: from no other does the header say anything. Needed where it is named. */
  clientCertificateProxies: networks.default([]),
  /** Local addresses or networks that key sets of relying parties (`jwksUri`) may be fetched from; none by default. */
  keySetNetworks: networks.default([]),
  /** Most connections at once; beyond it those that keep the service waiting are closed, the oldest first. */
  connections: whole(1, 1_000_000).default(5_000),
  /** Requests a second that one address may make to the addresses that anybody may ask; bursts may be twice that. */
  openRequestsPerSecond: whole(1, 1_000_000).default(50),
  /**
   * Places outside of the database where the head of the audit is put down: files (absolute, or `file:`), syslog
   * (`syslog://HOST:PORT` by UDP, `syslog+tcp://HOST:PORT`), and addresses for signed webhooks.
   */
  auditAnchor: list.default([]),
  /** Secret of those webhooks' signatures, as of `noticeSecret`. */
  auditAnchorSecret: webhookSecret.optional(),
  /** How often the head is put down where it has moved, in seconds; it is put down when the service stops as well. */
  auditAnchorSeconds: whole(1, 86_400).default(60),
  /** Requests a second that one relying party may make, on all replicas together; bursts may be twice that. */
  requestsPerSecond: whole(1, 1_000_000).default(1_000),
  /** Processes that answer, at one address; `sealgate serve --workers` says it too. */
  workers: whole(1, 256).default(1),
  /** Seconds that requests in progress are given when the service stops. */
  shutdownSeconds: whole(0, 600).default(10),
  /** Days that the evidence of a sign-in is kept, so that it can be checked again; 0 keeps none. */
  evidenceDays: whole(0, 36_500).default(365),
  /**
   * What refused sign-ins may leave as evidence before a valid certificate path is known, for each relying party, in
   * kilobytes (1024 octets) an hour. Anybody can send those: a flood that goes on for a whole year fills 9 GB. The
   * audit tells of every refusal, whether its evidence is kept or not.
   */
  refusedEvidenceKilobytes: whole(0, 1_048_576).default(1024),
  /** Ports at which the sign-in page looks for the signing agent on the person's computer, the usual one first. */
  agentPorts: list.default(['47615', '47625', '47635']).pipe(
    z
      .array(
        z
          .string()
          .regex(/^[1-9]\d{0,4}$/, 'must be port numbers')
          .transform(Number),
      )
      .min(1)
      .max(5),
  ),
  /**
   * Path below which clients that were built for ЕСИА find its addresses, such as `/esia`; `/` where they stand at the
   * root, for clients that cannot be given a path. Off where it is not set.
   */
  esiaPath: z
    .string()
    .regex(/^(\/|(\/[a-z0-9][a-z0-9-]{0,30}){1,3})$/, 'must be a path such as /esia')
    .refine((path) => !ownPaths.test(path), 'is taken by the service itself')
    .optional(),
  /** Megabytes (1048576 octets) of all files that relying parties send in one request to validate or extend a document. */
  uploadMegabytes: whole(1, 1_048_576).default(1024),
  /**
   * Megabytes (1048576 octets) of all files that a person may give to the page `/verify` at once; 0 where there is no
   * such page.
   */
  verifyPageMegabytes: whole(0, 65_536).default(0),
  /** How long after its last use a browser's sign-in by OpenID Connect lets it in at further portals, in minutes. */
  singleSignOnMinutes: whole(1, 720).default(60),
  /** How much is logged. */
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** Serve measurements at /metrics. Switch it off where the address faces the network. */
  metrics: flag.default(true),
  /** Relying parties, written into the database when the service starts. Only in the file. */
  clients: z.array(seedSchema).default([]),
});

/** The settings as they were given, the environment over the file. */
export type Settings = z.infer<typeof settingsSchema>;

/** Everything the service needs to know, with nothing left open. */
export interface Config extends Settings {
  readonly anchors: string;
  readonly database: string;
  /** The database of PostgreSQL, in place of the file. */
  readonly postgresql?: PostgresqlPlace;
  readonly keys: string;
  /** Whether new assertion keys are files of that folder, and not rows of the database. */
  readonly makesKeyFiles: boolean;
  readonly secretsFile: string;
  /** The places of `auditAnchor`. */
  readonly auditAnchors: readonly AnchorPlace[];
  /** Secrets from the environment; absent where the file has them. */
  readonly givenSecrets?: readonly Uint8Array[];
}

/** Variables that other programs go by as well; they stand behind those of our own and the file. */
const commonVariables = {
  databaseUrl: ['DATABASE_URL'],
  httpProxy: ['http_proxy', 'HTTP_PROXY'],
  httpsProxy: ['https_proxy', 'HTTPS_PROXY'],
  noProxy: ['no_proxy', 'NO_PROXY'],
} as const;

/** The settings, and for each that was given where it came from: a variable's name, or the file's. */
export interface GivenSettings {
  readonly settings: Settings;
  /** The configuration file, where there is one. */
  readonly file?: string;
  readonly origins: ReadonlyMap<string, string>;
}

/** Settings that nobody is shown. */
export const secretSettings: ReadonlySet<string> = new Set<keyof Settings>([
  'secrets',
  'registerToken',
  'powerStatusToken',
  'noticeSecret',
  'auditAnchorSecret',
]);

/** Reads the settings as `readSettings` does. */
export function readEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
  words: Readonly<Record<string, string | undefined>> = {},
): Settings {
  return readSettings(environment, words).settings;
}

/**
 * Reads the environment and the configuration file: the one that `SEALGATE_CONFIG` names, otherwise `sealgate.json` in
 * the data folder if it is there. The only place that does. Throws `configuration_invalid` with the name of the
 * variable or of the setting. An unknown variable is an error too, since a misspelt one would otherwise leave a default
 * in force unnoticed; an empty one counts as not set. `words` are settings of the command line, by their names; they
 * stand above both.
 */
export function readSettings(
  environment: NodeJS.ProcessEnv = process.env,
  words: Readonly<Record<string, string | undefined>> = {},
): GivenSettings {
  const file = configurationFile(environment);
  const settings: Record<string, unknown> = file === undefined ? {} : readFile(file);
  if (file !== undefined && !environment.SEALGATE_CONFIG) expectNoFolder(file, settings);
  const origins = new Map<string, string>(Object.keys(settings).map((name) => [name, file ?? '']));
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith('SEALGATE_') || otherVariables.has(variable) || !value) continue;
    const name = settingOf(variable);
    settings[name] = value;
    origins.set(name, variable);
  }
  for (const [name, variables] of Object.entries(commonVariables)) {
    const variable = variables.find((each) => environment[each]);
    if (variable === undefined || settings[name] !== undefined) continue;
    settings[name] = environment[variable];
    origins.set(name, variable);
  }
  for (const [name, word] of Object.entries(words)) {
    if (word === undefined) continue;
    settings[name] = word;
    origins.set(name, `--${name}`);
  }
  const result = settingsSchema.safeParse(settings, { error: schemaProblem });
  if (result.success) return { settings: result.data, origins, ...defined({ file }) };
  const [issue] = result.error.issues;
  const [name = ''] = issue?.code === 'unrecognized_keys' ? issue.keys : (issue?.path.map(String) ?? []);
  const origin = origins.get(name);
  const field =
    origin === file ? `${issue?.path.join('.') || name}${file ? ` in ${file}` : ''}` : (origin ?? name);
  const problem =
    issue?.code === 'unrecognized_keys' ? 'there is no such setting' : (issue?.message ?? 'wrong');
  throw new SealgateError('configuration_invalid', { field, problem });
}

function configurationFile(environment: NodeJS.ProcessEnv): string | undefined {
  if (environment.SEALGATE_CONFIG) return environment.SEALGATE_CONFIG;
  const file = join(environment.SEALGATE_DATA || settingsSchema.shape.data.parse(undefined), 'sealgate.json');
  return existsSync(file) ? file : undefined;
}

/** A file that was found by its folder cannot say that the folder is another one. */
function expectNoFolder(file: string, settings: Readonly<Record<string, unknown>>): void {
  if (settings.data === undefined) return;
  const problem = 'is where this file was found; set SEALGATE_DATA, or name the file by SEALGATE_CONFIG';
  throw new SealgateError('configuration_invalid', { field: `data in ${file}`, problem });
}

/** Settles and judges what depends on other settings; paths become absolute. Throws `configuration_invalid`. */
export function toConfig(settings: Settings): Config {
  if (settings.noticeWebhook !== undefined) expectSet(settings, 'noticeSecret', 'noticeWebhook');
  expectCertificates(settings);
  const data = resolve(settings.data);
  return {
    ...settings,
    data,
    auditAnchors: anchorsOf(settings),
    anchors: resolve(settings.anchors ?? fileURLToPath(new URL('../certs/trusted/', import.meta.url))),
    database: resolve(settings.database ?? join(data, 'sealgate.sqlite')),
    ...postgresqlOf(settings),
    keys: resolve(settings.keys ?? join(data, 'keys')),
    makesKeyFiles: settings.keys !== undefined,
    secretsFile: resolve(settings.secretsFile ?? join(data, 'secrets')),
    ...(settings.secrets
      ? { givenSecrets: parseSecrets(settings.secrets.split(','), 'SEALGATE_SECRETS') }
      : {}),
  };
}

function postgresqlOf({ database, databaseUrl }: Settings): Pick<Config, 'postgresql'> {
  if (databaseUrl === undefined) return {};
  const field = 'DATABASE_URL';
  if (database === undefined) return { postgresql: parsePostgresql(databaseUrl, field) };
  const problem = 'the database is either this or the file of SEALGATE_DATABASE: set one of them';
  throw new SealgateError('configuration_invalid', { field, problem });
}

function anchorsOf(settings: Settings): readonly AnchorPlace[] {
  const places = settings.auditAnchor.map((text) => {
    const place = parsePlace(text);
    if (place !== undefined) return place;
    const problem = 'must be an absolute path, or begin with syslog://, syslog+tcp://, http:// or https://';
    throw new SealgateError('configuration_invalid', { field: 'auditAnchor', problem });
  });
  if (places.some(({ kind }) => kind === 'webhook')) expectSet(settings, 'auditAnchorSecret', 'auditAnchor');
  return places;
}

/** A header of certificates is believed from named proxies, and a relying party that needs one can have one. */
function expectCertificates(settings: Settings): void {
  const { clientCertificateHeader: header, clientCertificateProxies: proxies, clients } = settings;
  const isNeeded = clients.some(({ oidc }) => oidc?.authentication === 'self_signed_tls_client_auth');
  if (isNeeded) expectSet(settings, 'clientCertificateHeader', 'a client with self_signed_tls_client_auth');
  if (header === undefined || proxies.length > 0) return;
  const problem = 'must name the proxies that set the header';
  throw new SealgateError('configuration_invalid', { field: 'clientCertificateProxies', problem });
}

function expectSet(settings: Settings, field: keyof Settings, where: string): void {
  if (settings[field] !== undefined) return;
  throw new SealgateError('configuration_invalid', { field, problem: `is needed where ${where} is set` });
}

/** The octets of a webhook's secret; none of one that is not set. */
export function webhookKey(secret: string | undefined): Uint8Array {
  return Buffer.from(secret?.slice('whsec_'.length) ?? '', 'base64');
}

/** Where the database is, to be shown: a path, or host and name. */
export function databaseOf({ database, postgresql }: Config): string {
  return postgresql?.shown ?? database;
}

/** By which proxies this configuration reaches the network; this machine is always reached without. */
export function proxyOf({ httpProxy, httpsProxy, noProxy = [] }: Config): ProxySettings {
  return {
    exceptFor: [...noProxy, 'localhost', '127.0.0.1', '[::1]'].join(),
    ...defined({ http: httpProxy, https: httpsProxy }),
  };
}

/** The name of the environment variable of a setting. */
export function variableOf(setting: string): string {
  return `SEALGATE_${setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function settingOf(variable: string): string {
  const known = Object.keys(settingsSchema.shape).find((name) => variableOf(name) === variable);
  if (known && known !== 'clients') return known;
  throw new SealgateError('configuration_invalid', { field: variable, problem: 'there is no such setting' });
}

function readFile(file: string): Record<string, unknown> {
  try {
    const settings: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof settings === 'object' && settings !== null && !Array.isArray(settings)) return { ...settings };
  } catch (error) {
    const problem = error instanceof SyntaxError ? `${file} is not JSON` : `${file} cannot be read`;
    throw new SealgateError('configuration_invalid', { field: 'SEALGATE_CONFIG', problem }, { cause: error });
  }
  throw new SealgateError('configuration_invalid', {
    field: 'SEALGATE_CONFIG',
    problem: `${file} is not a JSON object`,
  });
}
