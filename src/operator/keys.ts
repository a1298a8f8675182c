import type { Command } from 'commander';
import { type ListedKey, signingKey } from '../assertion/keys.ts';
import { auditEntry } from '../audit/record.ts';
import { SealgateError } from '../error.ts';
import { freshFor } from '../esia/key/keys.ts';
import { forgetOtherTokenKeys, keepTokenKey } from '../esia/storage/token-key.ts';
import { esiaTokenAlgorithms } from '../relying-party/esia-system.ts';
import { wrapping } from '../secret/wrapping.ts';
import { openKeys } from '../service/keys.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { moment, say } from '../terminal/say.ts';
import { facts, table } from '../terminal/table.ts';
import type { Signer } from '../token/signer.ts';
import { type Operation, operate, type Report } from './operate.ts';

/** Opens a key that a PKCS#11 URI names. */
export type OpenToken = (uri: string) => Promise<Signer>;

/** Adds `sealgate keys list` and `sealgate keys rotate`. */
export function keysCommands(program: Command, openToken?: OpenToken): void {
  const keys = program.command('keys').description('keys that sign assertions');
  keys
    .command('list')
    .description('list the keys, the newest first')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) => operate(json === true, (operation) => listKeys(operation)));
  keys
    .command('rotate')
    .description(
      'add a key: it is published now, signs in ten minutes, and the older ones fade out after that',
    )
    .option('--token <uri>', 'a key on a token, as a PKCS#11 URI (default: a new key in the database)')
    .option('--compromised', 'sign with the new key at once and withdraw the older ones')
    .option('--json', 'print JSON')
    .action(({ json, ...options }: RotateOptions & { json?: boolean }) =>
      operate(json === true, (operation) => rotateKeys(operation, options, openToken), 'create'),
    );
  keys
    .command('esia')
    .description('add a key for tokens of ЕСИА’s dialect: it is published now, and signs later')
    .option('--algorithm <algorithm>', esiaTokenAlgorithms.join(' or '), 'RS256')
    .option('--days <days>', 'days until it signs, for clients that pin a certificate', '14')
    .option('--compromised', 'sign with it at once and withdraw the others of its algorithm')
    .option('--json', 'print JSON')
    .action(({ json, ...options }: TokenKeyOptions & { json?: boolean }) =>
      operate(json === true, (operation) => addTokenKey(operation, options), 'create'),
    );
}

interface TokenKeyOptions {
  readonly algorithm: string;
  readonly days: string;
  readonly compromised?: boolean;
}

/** Adds a key that signs tokens of ЕСИА's dialect. Throws `configuration_invalid`. */
export async function addTokenKey(
  { database, secrets, at }: Operation,
  { compromised = false, ...options }: TokenKeyOptions,
): Promise<Report> {
  const algorithm = esiaTokenAlgorithms.find((each) => each === options.algorithm);
  const days = Number(options.days);
  if (algorithm === undefined) throw invalid('--algorithm', `must be ${esiaTokenAlgorithms.join(' or ')}`);
  if (!Number.isInteger(days) || days < 0 || days > 365) throw invalid('--days', 'must be 0 to 365');
  // Loaded only here: what writes certificates is large.
  const { makeTokenKey } = await import('../esia/key/make.ts');
  // Every process that verifies tokens has to know the key before one of them signs with it.
  const key = await makeTokenKey(
    algorithm,
    compromised ? at : at + Math.max(days * 86_400_000, 2 * freshFor),
  );
  const { certificateHash } = key;
  const statements = [
    keepTokenKey(key, wrapping(secrets)),
    ...(compromised ? [forgetOtherTokenKeys(algorithm, certificateHash)] : []),
  ];
  const details = { algorithm, compromised };
  const entry = auditEntry({ event: 'esia.key_added', at, key: certificateHash, details });
  await database.write({ statements, journal: [entry] });
  const signsFrom = new Date(key.notBefore).toISOString();
  return {
    exitCode: exitCode.passed,
    json: { algorithm, certificateHash, signsFrom },
    lines: [
      facts([
        [say({ en: 'algorithm', ru: 'алгоритм' }), algorithm],
        [say({ en: 'certificate', ru: 'сертификат' }), certificateHash],
        [say({ en: 'signs from', ru: 'подписывает с' }), signsFrom],
      ]),
    ],
  };
}

function invalid(field: string, problem: string): SealgateError {
  return new SealgateError('configuration_invalid', { field, problem });
}

interface RotateOptions {
  readonly token?: string;
  readonly compromised?: boolean;
}

async function listKeys({ database, secrets, config, at }: Operation): Promise<Report> {
  const keys = openKeys({ database, secrets }, config);
  const listed = await keys.list();
  const rows = listed.map((key) => [
    key.kid,
    String(key.jwk.alg),
    say(stateWords[stateOf(key, listed, at)]),
    moment(key.signsFrom),
    key.location,
  ]);
  const header = say({
    en: ['KID', 'ALG', 'STATE', 'SIGNS FROM', 'LOCATION'],
    ru: ['KID', 'ALG', 'СОСТОЯНИЕ', 'ПОДПИСЫВАЕТ С', 'МЕСТО'],
  });
  return {
    exitCode: exitCode.passed,
    json: listed.map((key) => ({ ...key, state: stateOf(key, listed, at) })),
    lines: [table([header, ...rows])],
  };
}

async function rotateKeys(
  operation: Operation,
  options: RotateOptions,
  openToken?: OpenToken,
): Promise<Report> {
  const { config, at } = operation;
  const keys = openKeys(operation, config, openToken);
  const { token: location, compromised = false } = options;
  const key = await keys.rotate(at, { compromised, ...(location ? { location } : {}) });
  await keys.close();
  return {
    exitCode: exitCode.passed,
    json: key,
    lines: [
      facts([
        ['kid', key.kid],
        [say({ en: 'signs from', ru: 'подписывает с' }), moment(key.signsFrom)],
        [say({ en: 'location', ru: 'место' }), key.location],
      ]),
    ],
  };
}

const stateWords = {
  next: { en: 'next', ru: 'следующий' },
  signing: { en: 'signing', ru: 'подписывает' },
  fading: { en: 'fading', ru: 'уходит' },
  withdrawn: { en: 'withdrawn', ru: 'отозван' },
} as const;

/** `next`, `signing`, `fading` (published so that its last assertions can be verified) or `withdrawn`. */
function stateOf(key: ListedKey, listed: readonly ListedKey[], at: number): keyof typeof stateWords {
  if (key.publishedUntil !== undefined && key.publishedUntil <= at) return 'withdrawn';
  if (signingKey(listed, at)?.kid === key.kid) return 'signing';
  return key.signsFrom > at ? 'next' : 'fading';
}
