import type { SealgateError } from '../error.ts';
import { explain } from '../failure/explain.ts';
import type { Language } from '../failure/failure.ts';
import { safeText } from '../failure/value.ts';
import { say } from '../terminal/say.ts';
import { type Cell, type Line, type Paint, table } from '../terminal/table.ts';
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
export function listModules(modules: readonly ShownModule[], paint: Paint): Line[] {
  return modules.flatMap((module, index) => [...(index === 0 ? [] : ['']), ...listModule(module, paint)]);
}

function listModule(module: ShownModule, paint: Paint): Line[] {
  const version = module.version === null ? '' : ` ${module.version}`;
  const head = `${paint.bold(`${safeText(module.title)}${version}`)}  ${paint.dim(module.path)}`;
  if (module.error !== null) return [head, ...errorLines(module.error, '  ', paint)];
  if (module.tokens.length === 0)
    return [head, `  ${paint.dim(say({ en: 'no token', ru: 'носителя нет' }))}`];
  return [head, ...module.tokens.flatMap((token) => listToken(token, paint))];
}

function errorLines({ title, code, cause, remedy }: ShownError, indent: string, paint: Paint): string[] {
  return [`${paint.bad(title)} ${paint.dim(`[${code}]`)}`, cause, paint.bold(remedy)].map(
    (line) => indent + line,
  );
}

function listToken(token: ShownToken, paint: Paint): Line[] {
  if (token.state === 'uninitialized') {
    const state = say({ en: 'not initialised', ru: 'не подготовлен' });
    return [`  ${paint.dim(`${safeText(token.slot)}: ${safeText(token.model)}, ${state}`)}`];
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
    `PIN ${pin(say(pinNames[token.pin]))}`,
    ...(token.administratorPin === 'good'
      ? []
      : [
          paint.warn(
            `${say({ en: 'administrator’s PIN', ru: 'PIN администратора' })} ${say(pinNames[token.administratorPin])}`,
          ),
        ]),
    ...(token.mustChangePin ? [paint.warn(say({ en: 'PIN must be changed', ru: 'PIN нужно сменить' }))] : []),
    ...(token.hasPinPad ? [say({ en: 'PIN pad', ru: 'клавиатура для PIN' })] : []),
    ...(token.state === 'write-protected'
      ? [paint.warn(say({ en: 'write-protected', ru: 'защищён от записи' }))]
      : []),
  ];
  const head = `  ${paint.bold(safeText(token.label))}  ${safeText(token.model)}  ${paint.dim(`${say({ en: 'serial', ru: 'номер' })} ${safeText(token.serial)}`)}  ${marks.join(', ')}`;
  const rows = [
    ...token.keys.flatMap((key) => keyRows(key, paint)),
    ...token.otherCertificates.map((certificate) =>
      certificateRow('', say({ en: 'no key here', ru: 'ключа здесь нет' }), certificate, paint),
    ),
  ];
  if (token.error !== undefined) return [head, ...errorLines(token.error, '    ', paint)];
  if (rows.length === 0) {
    const nothing = { en: 'nothing to be seen without the PIN', ru: 'без PIN-кода ничего не видно' };
    return [head, `    ${paint.dim(say(nothing))}`];
  }
  const titles = say({
    en: ['KEY', 'CERTIFICATE', 'UNTIL', 'ALGORITHM', 'FINGERPRINT', 'ID'],
    ru: ['КЛЮЧ', 'СЕРТИФИКАТ', 'ДО', 'АЛГОРИТМ', 'ОТПЕЧАТОК', 'ID'],
  }).map((text) => ({ text, paint: paint.dim }));
  return [head, table([titles, ...rows], [0, 4], '    ')];
}

const pinNames = {
  unneeded: { en: 'not asked for', ru: 'не нужен' },
  unset: { en: 'not set', ru: 'не задан' },
  good: { en: 'good', ru: 'в порядке' },
  'few-tries': { en: 'entered wrongly before', ru: 'ранее введён неверно' },
  'final-try': { en: 'one try left', ru: 'осталась одна попытка' },
  locked: { en: 'blocked', ru: 'заблокирован' },
} as const;

function keyRows(key: ShownKey, paint: Paint): Cell[][] {
  const algorithm = key.algorithm ?? say({ en: 'unknown', ru: 'неизвестен' });
  const label = safeText(key.label);
  if (key.certificates.length === 0)
    return [
      [label, { text: say({ en: 'none yet', ru: 'ещё нет' }), paint: paint.dim }, '', algorithm, '', key.id],
    ];
  return key.certificates.map((certificate) => certificateRow(label, algorithm, certificate, paint, key.id));
}

function certificateRow(
  label: string,
  algorithm: string,
  certificate: ShownCertificate,
  paint: Paint,
  id = certificate.id,
): Cell[] {
  const [name, end, fingerprint] = certificateCells(certificate, paint);
  return [label, name, end, { text: algorithm, paint: paint.dim }, fingerprint, id];
}

const longestSubject = 48;
/** From so long before its end on (ms), a certificate is marked: authorities take weeks for another one. */
const timeToRenew = 30 * 86_400_000;

function certificateCells(
  { subject, notAfter, fingerprint }: ShownCertificate,
  paint: Paint,
): readonly [Cell, Cell, Cell] {
  const name = /(?:^|, )CN=((?:\\.|[^,\\])*)/.exec(subject)?.[1]?.replace(/\\(.)/g, '$1') ?? subject;
  const left = Date.parse(notAfter) - Date.now();
  const end = {
    text: notAfter.slice(0, 10),
    paint: left < 0 ? paint.bad : left < timeToRenew ? paint.warn : (text: string) => text,
  };
  return [safeText(name, longestSubject), end, { text: fingerprint.slice(0, 16), paint: paint.dim }];
}
