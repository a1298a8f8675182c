import { readFile } from 'node:fs/promises';
import { chainIn } from '../encoding/certificates.ts';
import { language } from '../environment.ts';
import { SealgateError } from '../error.ts';
import { usageError } from '../terminal/command.ts';
import { type GostParameterSet, gostParameterSets } from '../webcrypto/gost-algorithm.ts';
import {
  accessOf,
  moduleOf,
  orAtPad,
  requirePin,
  requireUserPin,
  type TokenOptions,
} from './command-line.ts';
import { findModule, takeInventory } from './inventory.ts';
import { type KeyAlgorithm, planKeyPair } from './key-pair.ts';
import { type ShownModule, showModule } from './listing.ts';
import { describeErasure, describeLoss } from './loss.ts';
import { isMeant } from './selection.ts';
import {
  type ShownCertificate,
  type ShownKey,
  type ShownToken,
  showCertificate,
  showKey,
  showToken,
} from './shown-key.ts';

/** `token list`: what the drivers show without a PIN. Throws the failure of a driver if there is no other. */
export async function listTokens(options: {
  readonly module?: string;
}): Promise<{ readonly modules: readonly ShownModule[] }> {
  const inventory = await takeInventory(options.module);
  const [only] = inventory;
  if (inventory.length === 1 && only?.failure !== undefined) throw only.failure;
  return { modules: inventory.map((module) => showModule(module, language())) };
}

/** Options of `token init`. */
export interface InitialiseOptions extends TokenOptions {
  readonly label: string;
  readonly erase?: boolean;
  readonly soPinFd?: number;
}

/** `token init`. A token in use is erased only if it is named and `erase` is given; what is lost is said before. */
export async function initialiseToken(options: InitialiseOptions): Promise<ShownToken> {
  const selector = { name: options.token };
  const module = await findModule(options.module, selector, options.token === undefined ? 'blank' : 'any');
  if (options.token !== undefined && options.erase !== true) {
    const token = (await module.tokens()).find((each) => isMeant(each, selector));
    const contents = token?.isInitialized === true ? await module.contents(token) : { keys: [], loose: [] };
    throw unconfirmed(describeErasure(contents, options.token, language()), '--erase');
  }
  const isNew = options.token === undefined;
  const isAtPad = (await module.tokens()).some(
    (token) => token.hasPinPad && (isNew ? !token.isInitialized : isMeant(token, selector)),
  );
  const pins = isAtPad ? { officerPin: null, userPin: null } : await readNewPins(options, isNew);
  try {
    return showToken(await module.initialise({ token: selector, label: options.label, ...pins }));
  } finally {
    pins.officerPin?.fill(0);
    pins.userPin?.fill(0);
  }
}

async function readNewPins(
  { soPinFd, pinFd }: InitialiseOptions,
  isNew: boolean,
): Promise<{ readonly officerPin: Uint8Array; readonly userPin: Uint8Array }> {
  const officerPin = await requirePin({
    fd: soPinFd,
    variable: 'SEALGATE_SO_PIN',
    question: 'Administrator’s PIN',
    isNew,
  });
  const userPin = await requireUserPin({
    fd: pinFd,
    variable: 'SEALGATE_PIN',
    question: 'New PIN of the user',
    isNew: true,
  });
  return { officerPin, userPin };
}

/** Says all that would be lost, however much that is, and gives the refusal of a command without the word that erases. */
function unconfirmed(lost: string, option: string): SealgateError {
  process.stderr.write(`${lost} ${option}\n`);
  return usageError({ en: `${option} is missing`, ru: `нет ключа ${option}` });
}

/** Options of `token generate`. */
export interface GenerateOptions extends TokenOptions {
  readonly algorithm: KeyAlgorithm;
  readonly parameterSet?: GostParameterSet;
  readonly label: string;
}

/** `token generate`. */
export async function generateKey(options: GenerateOptions): Promise<ShownKey> {
  const { algorithm, parameterSet, label } = options;
  if (parameterSet !== undefined && algorithm !== `gost2012-${gostParameterSets[parameterSet].bits}`) {
    throw usageError({
      en: `${parameterSet} is no parameter set for ${algorithm}`,
      ru: `набор параметров ${parameterSet} не подходит для ${algorithm}`,
    });
  }
  const module = await moduleOf(options);
  return showKey(await module.generate(accessOf(options), planKeyPair(algorithm, label, parameterSet)));
}

/** Options of `token import`. */
export interface ImportOptions extends TokenOptions {
  readonly label?: string;
}

/** Result of `token import`. */
export interface Imported {
  readonly isNew: boolean;
  readonly label: string;
  readonly subject: string;
  readonly fingerprint: string;
  readonly key: { readonly id: string; readonly label: string };
}

/** `token import`. */
export async function importCertificate(file: string, options: ImportOptions): Promise<Imported> {
  const octets = await readFile(file).catch((cause: unknown) => {
    throw new SealgateError('file_unreadable', { file }, { cause });
  });
  // An authority sends the new certificate with those above it; it is the one that they lead to.
  const [der] = chainIn(octets, file);
  const module = await moduleOf(options);
  const { isNew, label, certificate, key } = await module.importCertificate(
    accessOf(options),
    der,
    options.label,
  );
  return {
    isNew,
    label,
    subject: certificate.subject.toString(),
    fingerprint: certificate.sha256,
    key: { id: key.id, label: key.label },
  };
}

/** Options of `token pin`. */
export interface PinOptions extends TokenOptions {
  readonly unblock?: boolean;
  readonly puk?: boolean;
  readonly newPinFd?: number;
  readonly soPinFd?: number;
}

/** `token pin`. */
export async function changePin(options: PinOptions): Promise<{ readonly changed: 'pin' | 'unblocked' }> {
  const module = await moduleOf(options);
  const newPin = orAtPad(({ token }) =>
    requireUserPin({
      fd: options.newPinFd,
      variable: 'SEALGATE_NEW_PIN',
      question: `New PIN of ${token}`,
      isNew: true,
    }),
  );
  if (options.unblock !== true) {
    await module.changePin(accessOf(options), newPin);
    return { changed: 'pin' };
  }
  const question = options.puk === true ? 'PUK' : 'Administrator’s PIN';
  const officerPin = orAtPad(({ token }) =>
    requirePin({ fd: options.soPinFd, variable: 'SEALGATE_SO_PIN', question: `${question} of ${token}` }),
  );
  const access = { ...accessOf(options), pin: officerPin };
  await (options.puk === true ? module.unblockWithPuk(access, newPin) : module.unblockPin(access, newPin));
  return { changed: 'unblocked' };
}

/** Options of `token remove`. */
export interface RemovalOptions extends TokenOptions {
  readonly onlyCertificate?: boolean;
  readonly confirm?: boolean;
}

/** Result of `token remove`. */
export interface Removed {
  readonly key: ShownKey | null;
  readonly certificates: readonly ShownCertificate[];
}

/** `token remove`. Without `confirm` nothing is removed, and it is said what would be lost. */
export async function removeFromToken(name: string, options: RemovalOptions): Promise<Removed> {
  const module = await moduleOf(options);
  const what = options.onlyCertificate === true ? 'certificate' : 'key';
  const removal = await module.removal(accessOf(options), { name }, what);
  try {
    const { key, certificates } = removal.loss;
    if (options.confirm !== true)
      throw unconfirmed(describeLoss(removal.loss, removal.token, language()), '--confirm');
    await removal.carryOut();
    return {
      key: key === undefined ? null : showKey(key),
      certificates: certificates.map(showCertificate),
    };
  } finally {
    await removal.close();
  }
}
