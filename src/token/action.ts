import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { purposeOids } from '../certificate/constraints.ts';
import type { Attribute } from '../certificate/writer/name.ts';
import { language } from '../config.ts';
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
import { fromPem, toPem } from './pem.ts';
import { readPublicKey } from './public-key.ts';
import { makeRequest, usageExtensions } from './request.ts';
import { isMeant } from './selection.ts';
import { nameOfAlgorithm, type ShownKey, type ShownToken, showKey, showToken } from './shown-key.ts';
import { parseSubject } from './subject.ts';

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

/** `token init`. A token in use is erased only if it is named and `erase` is given. */
export async function initialiseToken(options: InitialiseOptions): Promise<ShownToken> {
  if (options.token !== undefined && options.erase !== true) {
    throw usageError(`initialising ${options.token} destroys every key on it; add --erase if that is meant`);
  }
  const selector = { name: options.token };
  const module = await findModule(options.module, selector, options.token === undefined ? 'blank' : 'any');
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
    throw usageError(`${parameterSet} is no parameter set for ${algorithm}`);
  }
  const module = await moduleOf(options);
  return showKey(await module.generate(accessOf(options), planKeyPair(algorithm, label, parameterSet)));
}

/** Options of `token request`. */
export interface RequestOptions extends TokenOptions {
  readonly key?: string;
  readonly subject?: string;
  readonly subjectFile?: string;
  readonly purpose?: readonly string[];
  readonly out?: string;
  readonly form: 'pem' | 'der';
}

/** Result of `token request`. */
export interface Requested {
  readonly pem: string;
  readonly out: string | null;
  readonly key: { readonly label: string; readonly algorithm: string };
}

/** `token request`: a PKCS#10 request that asks for the usages of a signing certificate. */
export async function requestCertificate(options: RequestOptions): Promise<Requested> {
  const subject = await readSubject(options);
  const purposes = (options.purpose ?? []).map(purposeOid);
  const module = await moduleOf(options);
  const signer = await module.signer({
    ...accessOf(options),
    key: { name: options.key, withoutCertificate: true },
  });
  try {
    const extensions = usageExtensions(['digitalSignature', 'nonRepudiation'], purposes);
    const der = await makeRequest({ subject, extensions }, signer);
    const pem = toPem('CERTIFICATE REQUEST', der);
    if (options.out !== undefined) await writeFile(options.out, options.form === 'der' ? der : pem);
    const algorithm = nameOfAlgorithm(readPublicKey(signer.publicKey));
    return { pem, out: options.out ?? null, key: { label: signer.label, algorithm } };
  } finally {
    await signer.close();
  }
}

const subjectFile = z
  .array(
    z.strictObject({
      type: z.string(),
      value: z.string().min(1),
      as: z.enum(['utf8', 'printable', 'numeric', 'ia5', 'bmp']).optional(),
    }),
  )
  .min(1);

async function readSubject({ subject, subjectFile: path }: RequestOptions): Promise<readonly Attribute[]> {
  if ((subject === undefined) === (path === undefined))
    throw usageError('give either --subject or --subject-file');
  try {
    if (subject !== undefined) return parseSubject(subject);
    const parsed = subjectFile.parse(JSON.parse(await readFile(path ?? '', 'utf8')));
    return parsed.map(({ type, value, as }) => ({ type, value, ...(as !== undefined && { as }) }));
  } catch (error) {
    throw usageError(`the subject cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function purposeOid(name: string): string {
  if (/^[0-2](\.\d+)+$/.test(name)) return name;
  if (Object.hasOwn(purposeOids, name)) return purposeOids[name as keyof typeof purposeOids];
  throw usageError(`unknown purpose ${name}`);
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
  const octets = await readFile(file).catch(() => {
    throw usageError(`${file} cannot be read`);
  });
  const module = await moduleOf(options);
  const { isNew, label, certificate, key } = await module.importCertificate(
    accessOf(options),
    fromPem('CERTIFICATE', octets),
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
