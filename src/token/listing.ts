import type { SealgateError } from '../error.ts';
import { explain } from '../failure/explain.ts';
import type { Language } from '../failure/failure.ts';
import { safeText } from '../failure/value.ts';
import { alignColumns, type Cell, type Paint } from '../terminal/table.ts';
import type { ModuleInventory } from './inventory.ts';
import {
  type ShownCertificate,
  type ShownError,
  type ShownKey,
  type ShownToken,
  showToken,
} from './shown-key.ts';

/** A driver in the JSON output of `token list`. */
export interface ShownModule {
  readonly name: string;
  readonly title: string;
  readonly path: string;
  readonly version: string | null;
  readonly cryptoki: string | null;
  readonly tokens: readonly ShownToken[];
  readonly error: ShownError | null;
}

export function showModule(
  { library, info, tokens, failure }: ModuleInventory,
  language: Language,
): ShownModule {
  return {
    name: library.name,
    title: library.title,
    path: library.path,
    version: info?.version ?? null,
    cryptoki: info?.cryptoki ?? null,
    tokens: tokens.map((each) => ({
      ...showToken(each.token, each.contents),
      ...(each.failure !== undefined && { error: showError(each.failure, language) }),
    })),
    error: failure === undefined ? null : showError(failure, language),
  };
}

function showError({ code, details }: SealgateError, language: Language): ShownError {
  return { code, ...explain(code, details, language) };
}

/** Drivers with their tokens, keys and certificates, for a terminal. Texts from tokens are made safe to show. */
export function listModules(modules: readonly ShownModule[], paint: Paint): string {
  return modules.map((module) => listModule(module, paint)).join('\n\n');
}

function listModule(module: ShownModule, paint: Paint): string {
  const version = module.version === null ? '' : ` ${module.version}`;
  const head = `${paint.bold(`${safeText(module.title)}${version}`)}  ${paint.dim(module.path)}`;
  if (module.error !== null) return `${head}\n${errorLines(module.error, '  ', paint)}`;
  if (module.tokens.length === 0) return `${head}\n  ${paint.dim('no token')}`;
  return [head, ...module.tokens.map((token) => listToken(token, paint))].join('\n');
}

function errorLines({ title, code, cause, remedy }: ShownError, indent: string, paint: Paint): string {
  return [`${paint.bad(title)} ${paint.dim(`[${code}]`)}`, cause, paint.bold(remedy)]
    .map((line) => indent + line)
    .join('\n');
}

function listToken(token: ShownToken, paint: Paint): string {
  if (token.state === 'uninitialized') {
    return `  ${paint.dim(`${safeText(token.slot)}: ${safeText(token.model)}, not initialised`)}`;
  }
  const pin = {
    unneeded: paint.good,
    unset: paint.bad,
    good: paint.good,
    'few-tries': paint.warn,
    'final-try': paint.bad,
    locked: paint.bad,
  }[token.pin];
  const marks = [
    `PIN ${pin(pinNames[token.pin])}`,
    ...(token.administratorPin === 'good'
      ? []
      : [paint.warn(`administrator’s PIN ${pinNames[token.administratorPin]}`)]),
    ...(token.mustChangePin ? [paint.warn('PIN must be changed')] : []),
    ...(token.hasPinPad ? ['PIN pad'] : []),
    ...(token.state === 'write-protected' ? [paint.warn('write-protected')] : []),
  ];
  const head = `  ${paint.bold(safeText(token.label))}  ${safeText(token.model)}  ${paint.dim(`serial ${safeText(token.serial)}`)}  ${marks.join(', ')}`;
  const rows = [
    ...token.keys.flatMap((key) => keyRows(key, paint)),
    ...token.otherCertificates.map((certificate) => certificateRow('', 'no key here', certificate, paint)),
  ];
  if (token.error !== undefined) return `${head}\n${errorLines(token.error, '    ', paint)}`;
  if (rows.length === 0) return `${head}\n    ${paint.dim('nothing to be seen without the PIN')}`;
  const titles = ['KEY', 'ID', 'ALGORITHM', 'CERTIFICATE', 'UNTIL', 'FINGERPRINT'].map((text) => ({
    text,
    paint: paint.dim,
  }));
  return `${head}\n${alignColumns([titles, ...rows], '    ')}`;
}

const pinNames = {
  unneeded: 'not asked for',
  unset: 'not set',
  good: 'good',
  'few-tries': 'entered wrongly before',
  'final-try': 'one try left',
  locked: 'blocked',
} as const;

function keyRows(key: ShownKey, paint: Paint): Cell[][] {
  const algorithm = key.algorithm ?? 'unknown';
  const label = safeText(key.label);
  if (key.certificates.length === 0)
    return [[label, key.id, algorithm, { text: 'none yet', paint: paint.dim }, '', '']];
  return key.certificates.map((certificate) => [
    label,
    key.id,
    algorithm,
    ...certificateCells(certificate, paint),
  ]);
}

function certificateRow(
  label: string,
  algorithm: string,
  certificate: ShownCertificate,
  paint: Paint,
): Cell[] {
  return [
    label,
    certificate.id,
    { text: algorithm, paint: paint.dim },
    ...certificateCells(certificate, paint),
  ];
}

const longestSubject = 48;
/** From so long before its end on (ms), a certificate is marked: authorities take weeks for another one. */
const timeToRenew = 30 * 86_400_000;

function certificateCells({ subject, notAfter, fingerprint }: ShownCertificate, paint: Paint): Cell[] {
  const name = /(?:^|, )CN=((?:\\.|[^,\\])*)/.exec(subject)?.[1]?.replace(/\\(.)/g, '$1') ?? subject;
  const left = Date.parse(notAfter) - Date.now();
  const end = {
    text: notAfter.slice(0, 10),
    paint: left < 0 ? paint.bad : left < timeToRenew ? paint.warn : (text: string) => text,
  };
  return [safeText(name, longestSubject), end, { text: fingerprint.slice(0, 16), paint: paint.dim }];
}
