import { SealgateError } from '../error.ts';
import { printOfKey, type TokenCertificate, type TokenContents, type TokenKey } from './pairing.ts';
import { type PinState, pinState, tokenFlag } from './pin-state.ts';
import type { SlotInfo, TokenInfo } from './protocol.ts';
import type { KeyFamily } from './scheme.ts';

/** A token as a person sees it. */
export interface Token {
  readonly label: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly slot: string;
  readonly slotDescription: string;
  readonly isInitialized: boolean;
  readonly isWriteProtected: boolean;
  /** Keys sign only after a login. */
  readonly needsLogin: boolean;
  /** The PIN is entered at the reader, not at the computer. */
  readonly hasPinPad: boolean;
  readonly pin: PinState;
  readonly officerPin: PinState;
  /** The token asks for a new PIN, because the present one is the factory's or has expired. */
  readonly mustChangePin: boolean;
  readonly minimumPin: number;
  readonly maximumPin: number;
  readonly flags: number;
  readonly mechanisms: readonly number[];
}

/** Which token is meant; with nothing given, the only one. Serial numbers and labels are compared as they are. */
export interface TokenSelector {
  /** Label, serial number or reader, whichever fits. */
  readonly name?: string | undefined;
  readonly serial?: string | undefined;
  readonly label?: string | undefined;
  /**
   * CKM_ numbers: among several tokens those that have one of these are meant. A JaCarta shows its applets as tokens of
   * their own, which names do not tell apart.
   */
  readonly mechanisms?: readonly number[] | undefined;
}

/** The token in a slot; undefined for an empty slot and for one that fails. */
export function tokenOf(info: SlotInfo): Token | undefined {
  const { token } = info;
  return token === undefined ? undefined : describe(info, token);
}

function describe(info: SlotInfo, token: TokenInfo): Token {
  const { flags } = token;
  const has = (flag: number) => (flags & flag) !== 0;
  return {
    label: token.label,
    serial: token.serial,
    manufacturer: token.manufacturer,
    model: token.model,
    slot: info.slot,
    slotDescription: info.description,
    isInitialized: !token.isBlank,
    isWriteProtected: has(tokenFlag.writeProtected),
    needsLogin: has(tokenFlag.loginRequired),
    hasPinPad: has(tokenFlag.pinPad),
    pin: pinState(flags),
    officerPin: pinState(flags, 'officer'),
    mustChangePin: has(tokenFlag.userPinToBeChanged),
    minimumPin: token.minimumPin,
    maximumPin: token.maximumPin,
    flags,
    mechanisms: token.mechanisms,
  };
}

/** Name of a token for people: its label with the serial number. */
export function nameOfToken({ label, serial }: Pick<Token, 'label' | 'serial'>): string {
  return serial === '' ? label : `${label} (${serial})`;
}

/** Names for a list to choose from: where two would be the same, the readers tell them apart. */
export function namesOfTokens(tokens: readonly Token[]): string[] {
  return distinct(tokens, nameOfToken, (token) => `${nameOfToken(token)} in ${token.slotDescription}`);
}

/**
 * The one token that `selector` means, among initialised ones. Throws `token_not_present`, `token_uninitialized`,
 * what a token that cannot be read says (`token_not_recognized`, `pkcs11_module_failed`), and `token_choice_needed` if
 * there are several.
 */
export function selectToken(slots: readonly SlotInfo[], selector: TokenSelector): Token {
  const tokens = slots.flatMap((info) => tokenOf(info) ?? []);
  const fitting = tokens.filter((token) => isMeant(token, selector));
  const ready = ableOnes(
    fitting.filter(({ isInitialized }) => isInitialized),
    selector.mechanisms,
  );
  const [token] = ready;
  if (ready.length > 1) throw new SealgateError('token_choice_needed', { tokens: namesOfTokens(ready) });
  if (token !== undefined) return token;
  const wanted = selector.name ?? selector.label ?? selector.serial;
  const details = wanted === undefined ? {} : { token: wanted };
  const troubled = slots.find(({ trouble }) => trouble !== undefined && trouble.code !== 'token_not_present');
  if (troubled?.trouble !== undefined) {
    const { code, problem } = troubled.trouble;
    throw new SealgateError(code, { slot: troubled.description, problem });
  }
  throw new SealgateError(fitting.length > 0 ? 'token_uninitialized' : 'token_not_present', details);
}

/** The tokens with one of the mechanisms, or all where that would leave none: what they lack is then told of them. */
function ableOnes(tokens: readonly Token[], wanted: readonly number[] | undefined): readonly Token[] {
  if (wanted === undefined || tokens.length < 2) return tokens;
  const able = tokens.filter(({ mechanisms }) => wanted.some((mechanism) => mechanisms.includes(mechanism)));
  return able.length > 0 ? able : tokens;
}

/**
 * The token to initialise: the only one that `selector` means; with nothing given, the only one that is not
 * initialised yet. Throws as `selectToken` does.
 */
export function selectBlank(slots: readonly SlotInfo[], selector: TokenSelector): Token {
  const isOpen = Object.values(selector).every((wanted) => wanted === undefined);
  const tokens = slots.flatMap((info) => tokenOf(info) ?? []);
  const fitting = tokens.filter((token) => (isOpen ? !token.isInitialized : isMeant(token, selector)));
  const [token] = fitting;
  if (token === undefined) throw new SealgateError('token_not_present', {});
  if (fitting.length > 1) throw new SealgateError('token_choice_needed', { tokens: namesOfTokens(fitting) });
  return token;
}

/** Whether `selector` means this token, whatever its state. */
export function isMeant(token: Token, { name, serial, label }: TokenSelector): boolean {
  return (
    (name === undefined || [token.label, token.serial, token.slotDescription].includes(name)) &&
    (serial === undefined || token.serial === serial) &&
    (label === undefined || token.label === label)
  );
}

/** Which key is meant; with nothing given, the only one that fits. */
export interface KeySelector {
  /** Label, identifier or fingerprint, whichever fits. */
  readonly name?: string | undefined;
  /** SHA-256 of the certificate, or of the public key, in hexadecimal, or its beginning (at least 8 digits). */
  readonly fingerprint?: string | undefined;
  /** CKA_ID in hexadecimal. */
  readonly id?: string | undefined;
  /** Label of the key or its certificate. */
  readonly label?: string | undefined;
  /** Kind of the key. */
  readonly family?: KeyFamily | undefined;
  /** Whether a key without a certificate will do; no by default. */
  readonly withoutCertificate?: boolean | undefined;
}

/** A key that can sign, with the certificate chosen for it. */
export interface ChosenKey {
  readonly key: TokenKey & Required<Pick<TokenKey, 'publicKey' | 'spki'>>;
  readonly certificate: TokenKey['certificates'][number] | undefined;
}

/**
 * The key that `selector` means, with its certificate. Where several certificates fit, those outside their term at
 * `at` (ms since the epoch) give way to those within, and keys that the token keeps for another use to those for
 * signing. Throws `key_not_found`, and `certificate_choice_needed` or
 * `key_choice_needed` with a list if several are left.
 */
export function selectKey(
  contents: TokenContents,
  selector: KeySelector,
  token: string,
  at: number,
): ChosenKey {
  const all = contents.keys
    .filter(isComplete)
    .flatMap((key): ChosenKey[] =>
      key.certificates.length > 0
        ? key.certificates.map((certificate) => ({ key, certificate }))
        : [{ key, certificate: undefined }],
    );
  const fitting = all.filter(({ key, certificate }) => isMeantBy(selector, key, certificate));
  const certified = fitting.filter(({ certificate }) => certificate !== undefined);
  const candidates = selector.withoutCertificate === true ? oneForEachKey(fitting) : certified;
  const inTerm = candidates.filter(({ certificate }) => {
    if (certificate === undefined) return true;
    const { notBefore, notAfter } = certificate.certificate;
    return notBefore <= at && at <= notAfter;
  });
  const current = inTerm.length > 0 ? inTerm : candidates;
  const signing = current.filter(({ key }) => key.privateKeys.some(({ isForOtherUse }) => !isForOtherUse));
  const left = signing.length > 0 ? signing : current;
  const [choice] = left;
  if (choice === undefined)
    throw new SealgateError('key_not_found', { certificate: wantedName(contents, selector), token });
  if (left.length === 1) return choice;
  if (selector.withoutCertificate === true) {
    throw new SealgateError('key_choice_needed', { keys: namesOfKeys(left.map(({ key }) => key)) });
  }
  throw new SealgateError('certificate_choice_needed', {
    certificates: left.flatMap(({ certificate }) =>
      certificate === undefined ? [] : [nameOfCertificate(certificate)],
    ),
  });
}

/**
 * The certificate that `selector` means, whether its key shows or not. With `at` (ms since the epoch) those outside
 * their term give way to those within. Throws `key_not_found` and `certificate_choice_needed`.
 */
export function chooseCertificate(
  contents: TokenContents,
  selector: KeySelector,
  token: string,
  at?: number,
): TokenCertificate {
  const all = [
    ...contents.keys.flatMap((key) => key.certificates.map((certificate) => ({ key, certificate }))),
    ...contents.loose.map((certificate) => ({ key: undefined, certificate })),
  ];
  const meant = all
    .filter(({ key, certificate }) => isMeantBy(selector, key, certificate))
    .map(({ certificate }) => certificate);
  const inTerm = meant.filter(
    ({ certificate }) => at !== undefined && certificate.notBefore <= at && at <= certificate.notAfter,
  );
  const left = inTerm.length > 0 ? inTerm : meant;
  const [choice] = left;
  if (choice === undefined) throw new SealgateError('key_not_found', { certificate: selector.name, token });
  if (left.length === 1) return choice;
  throw new SealgateError('certificate_choice_needed', { certificates: left.map(nameOfCertificate) });
}

function isComplete(key: TokenKey): key is ChosenKey['key'] {
  return key.privateKeys.length > 0 && key.publicKey !== undefined && key.spki !== undefined;
}

function oneForEachKey(choices: readonly ChosenKey[]): ChosenKey[] {
  return [...new Map(choices.map((choice) => [choice.key, choice])).values()];
}

/** Whether `selector` means this key with this certificate; either may be absent. */
export function isMeantBy(
  selector: KeySelector,
  key: TokenKey | undefined,
  certificate: TokenCertificate | undefined,
): boolean {
  const { name, fingerprint, id, label, family } = selector;
  const publicKey = key?.publicKey;
  const ownFamily = publicKey?.type === 'gost' ? `gost${publicKey.bits}` : publicKey?.type;
  const hasLabel = (wanted: string) => key?.label === wanted || certificate?.label === wanted;
  const hasId = (wanted: string) =>
    wanted !== '' && [key?.id, certificate?.id].includes(wanted.toLowerCase());
  const hasPrint = (wanted: string) =>
    isPrint(certificate?.certificate.sha256, wanted) || isPrint(key && printOfKey(key), wanted);
  return (
    (name === undefined || hasLabel(name) || hasId(name) || hasPrint(name)) &&
    (fingerprint === undefined || hasPrint(fingerprint)) &&
    (id === undefined || hasId(id)) &&
    (label === undefined || hasLabel(label)) &&
    (family === undefined || family === ownFamily)
  );
}

const shortestPrint = 8;

function isPrint(whole: string | undefined, beginning: string): boolean {
  const digits = beginning.replaceAll(':', '').toLowerCase();
  return whole !== undefined && digits.length >= shortestPrint && whole.startsWith(digits);
}

/** What to call the certificate whose key was not found: the one that is there without its key, if it was meant. */
function wantedName(contents: TokenContents, selector: KeySelector): string | undefined {
  const wanted = selector.name ?? selector.fingerprint ?? selector.label ?? selector.id;
  if (wanted === undefined) return undefined;
  const loose = contents.loose.find(
    ({ label, certificate }) => label === wanted || isPrint(certificate.sha256, wanted),
  );
  return loose === undefined ? wanted : nameOfCertificate(loose);
}

/** Name of a certificate for a list to choose from: owner, end of term, beginning of the fingerprint. */
export function nameOfCertificate({ certificate }: TokenKey['certificates'][number]): string {
  const owner = certificate.subject.text('2.5.4.3') ?? certificate.subject.toString();
  const end = new Date(certificate.notAfter).toISOString().slice(0, 10);
  return `${owner}, until ${end} [${certificate.sha256.slice(0, 16)}]`;
}

/** Name of a key: label and identifier, or the beginning of the public key's fingerprint where it has none. */
export function nameOfKey(key: Pick<TokenKey, 'label' | 'id' | 'spki'>): string {
  return `${key.label === '' ? 'unnamed' : key.label} [${key.id === '' ? shortPrint(key) : key.id}]`;
}

/** Names for a list to choose from; each can be told from the others, and names its key. */
export function namesOfKeys(keys: readonly TokenKey[]): string[] {
  return distinct(keys, nameOfKey, (key) => `${nameOfKey(key)} [${shortPrint(key)}]`);
}

function shortPrint(key: Pick<TokenKey, 'spki'>): string {
  return printOfKey(key)?.slice(0, 16) ?? '';
}

/** The short name of each, and the long one where the short ones do not differ. */
function distinct<T>(all: readonly T[], short: (one: T) => string, long: (one: T) => string): string[] {
  const names = all.map(short);
  return all.map((one, index) => {
    const name = names[index] ?? '';
    return names.indexOf(name) === names.lastIndexOf(name) ? name : long(one);
  });
}
