import { type Command, Option } from 'commander';
import { language } from '../environment.ts';
import { type FailureCode, isFailure } from '../error.ts';
import { explain } from '../failure/explain.ts';
import { safeText } from '../failure/safe-text.ts';
import { parseDescriptor, requireSecret, usageError } from '../terminal/command.ts';
import { carryOut as carryOutCommand } from '../terminal/outcome.ts';
import type { SecretSource } from '../terminal/prompt.ts';
import { say } from '../terminal/say.ts';
import { type Line, paintFor } from '../terminal/table.ts';
import { findModule } from './inventory.ts';
import { openKeyFile } from './key-file.ts';
import { isFactoryPin, isPinText, type PinRequest, type PinSource } from './pin.ts';
import type { Access } from './session.ts';
import type { Signer } from './signer.ts';
import { closeModules, type TokenModule } from './token-module.ts';

/** Options that say which token is meant and how its PIN comes. */
export interface TokenOptions {
  readonly module?: string;
  readonly token?: string;
  readonly pinFd?: number;
  readonly confirmFinalTry?: boolean;
}

/** Options that say which key signs. */
export interface SignerChoice extends TokenOptions {
  readonly key?: string;
  readonly keyFile?: string;
}

/** `--module`, also from SEALGATE_PKCS11_MODULE. */
export function moduleOption(): Option {
  const option = new Option(
    '--module <name|path>',
    'PKCS#11 library: rutoken, jacarta, softhsm, opensc or a path',
  );
  return option.env('SEALGATE_PKCS11_MODULE');
}

/** Adds `--module`, `--token`, `--pin-fd`, `--confirm-final-try`. */
export function addTokenOptions(command: Command): Command {
  return command
    .addOption(moduleOption())
    .option('--token <label|serial>', 'token, where there are several')
    .option(
      '--pin-fd <n>',
      'read the PIN from this file descriptor (otherwise SEALGATE_PIN, or a prompt)',
      parseDescriptor,
    )
    .option(
      '--confirm-final-try',
      'show the token the PIN even if this is the last try before it is blocked',
    );
}

/** Adds the token's options and `--key`, `--key-file`, for commands that sign. */
export function addSignerOptions(command: Command): Command {
  return addTokenOptions(command)
    .option('--key <label|id|fingerprint>', 'key or certificate, where there are several')
    .option('--key-file <file>', 'sign with a key file (PKCS#8 or PKCS#12) and not with a token');
}

/** The user's PIN from descriptor, environment or prompt; a PIN that everybody knows is remarked upon. */
export function pinSource({ pinFd }: TokenOptions): PinSource {
  return orAtPad(({ token }) =>
    requireUserPin({
      fd: pinFd,
      variable: 'SEALGATE_PIN',
      question: say({ en: `PIN of ${token}`, ru: `PIN-код носителя ${token}` }),
    }),
  );
}

const padNotice = {
  user: { en: 'Enter the PIN at the reader of', ru: 'Введите PIN-код на клавиатуре считывателя:' },
  officer: {
    en: 'Enter the administrator’s PIN at the reader of',
    ru: 'Введите PIN-код администратора на клавиатуре считывателя:',
  },
} as const;

/** `source`, but for PINs that are entered at the reader: there the person is told to do that. */
export function orAtPad(source: (request: PinRequest) => Promise<Uint8Array>): PinSource {
  return (request) => {
    if (!request.isAtPad) return source(request);
    const { token, role } = request;
    process.stderr.write(`${padNotice[role][language()]} ${safeText(token)}\n`);
    return undefined;
  };
}

/** The PIN of a user, present or new, as `requirePin` gives it; one that everybody knows is remarked upon. */
export async function requireUserPin(source: SecretSource): Promise<Uint8Array> {
  const pin = await requirePin(source);
  if (isFactoryPin(pin)) remark('pin_default');
  return pin;
}

/** A PIN from descriptor, environment or prompt. Throws `command_invalid` where there is none, and for one that is not UTF-8. */
export async function requirePin(source: SecretSource): Promise<Uint8Array> {
  const pin = await requireSecret(source);
  if (isPinText(pin)) return pin;
  pin.fill(0);
  throw usageError({
    en: `${source.question} is not UTF-8: set the terminal, or what gives the PIN, to UTF-8`,
    ru: `${source.question}: не UTF-8; переключите на UTF-8 терминал или то, что передаёт PIN-код`,
  });
}

/** How to get at the token that the options mean. */
export function accessOf(options: TokenOptions): Access {
  return {
    token: { name: options.token },
    pin: pinSource(options),
    confirmFinalTry: options.confirmFinalTry === true,
  };
}

/** The module that the options mean. */
export function moduleOf(options: TokenOptions): Promise<TokenModule> {
  return findModule(options.module, { name: options.token });
}

/** Opens the signer that the options mean: a key file if one is named, otherwise a token. Whoever opens it closes it. */
export async function openSigner(options: SignerChoice): Promise<Signer> {
  if (options.keyFile !== undefined) return openFile(options.keyFile, options.pinFd);
  const module = await moduleOf(options);
  return module.signer({ ...accessOf(options), key: { name: options.key } });
}

/** A file that is not encrypted is opened without a question. */
async function openFile(path: string, fd: number | undefined): Promise<Signer> {
  try {
    return await openKeyFile(path);
  } catch (error) {
    if (!isFailure(error, 'key_file_password_incorrect')) throw error;
  }
  const password = await requireSecret({
    fd,
    variable: 'SEALGATE_PIN',
    question: say({ en: `Password of ${path}`, ru: `Пароль файла ${path}` }),
  });
  return openKeyFile(path, { password });
}

/** Carries out a command that works on tokens, as `carryOut` of the terminal does, and lets go of drivers at the end. */
export async function carryOut<T>(
  options: { readonly json?: boolean },
  act: () => Promise<T>,
  show: (result: T) => Line | readonly Line[],
): Promise<void> {
  try {
    await carryOutCommand(options, act, show);
  } finally {
    closeModules();
  }
}

/** A PIN source that asks once and remembers the PIN for the steps of one command, and how to make it forget. */
export function rememberPin(options: TokenOptions): { readonly source: PinSource; forget(): void } {
  const ask = pinSource(options);
  let known: Uint8Array | undefined;
  return {
    source: async (request) => {
      // What is entered at the reader, and what a key asks for at each signature, is asked for each time.
      if (request.isAtPad || request.isForSignature) return ask(request);
      const given = known === undefined ? await ask(request) : undefined;
      known ??= given && Uint8Array.from(given);
      given?.fill(0);
      return known && Uint8Array.from(known);
    },
    forget: () => {
      known?.fill(0);
      known = undefined;
    },
  };
}

/** Says something on standard error that does not keep the command from going on. */
export function remarkText(text: string): void {
  process.stderr.write(`${paintFor(process.stderr).warn(safeText(text))}\n`);
}

function remark(code: FailureCode): void {
  const { title, remedy } = explain(code, {}, language());
  const paint = paintFor(process.stderr);
  process.stderr.write(`${paint.warn(title)} ${paint.dim(`[${code}]`)}. ${remedy}\n`);
}
