import { SealgateError } from '../error.ts';
import { type PinState, pinState, tokenFlag } from './flags.ts';
import type { TokenContents, TokenKey } from './pairing.ts';
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
  /** The PIN is entered at the reader, not at the computer. */
  readonly hasPinPad: boolean;
  readonly pin: PinState;
  /** The token asks for a new PIN, because the present one is the factory's or has expired. */
  readonly mustChangePin: boolean;
  readonly minimumPin: number;
  readonly maximumPin: number;
  readonly flags: number;
  readonly mechanisms: readonly number[];
}

/** Which token is meant; with nothing given, the only one. Serial numbers and labels are compared as they are. */
export interface TokenSelector {
  /** Label or serial number, whichever fits. */
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
    isInitialized: has(tokenFlag.tokenInitialized),
    isWriteProtected: has(tokenFlag.writeProtected),
    hasPinPad: has(tokenFlag.pinPad),
    pin: pinState(flags),
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

/**
 * The one token that `selector` means, among initialised ones. Throws `token_not_present`, `token_not_recognized`,
 * `token_uninitialized`, `pkcs11_module_failed` for a token that cannot be read, `token_choice_needed` if there are several.
 */
export function selectToken(slots: readonly SlotInfo[], selector: TokenSelector): Token {
  const tokens = slots.flatMap((info) => tokenOf(info) ?? []);
  const fitting = tokens.filter((token) => isMeant(token, selector));
  const ready = ableOnes(
    fitting.filter(({ isInitialized }) => isInitialized),
    selector.mechanisms,
  );
  const [token] = ready;
  if (ready.length > 1) throw new SealgateError('token_choice_needed', { tokens: ready.map(nameOfToken) });
  if (token !== undefined) return token;
  const wanted = selector.name ?? selector.label ?? selector.serial;
  const details = wanted === undefined ? {} : { token: wanted };
  const [troubled] = slots.flatMap(({ description, trouble }) =>
    trouble === undefined || trouble === 'CKR_TOKEN_NOT_PRESENT'
      ? []
      : [{ slot: description, problem: trouble }],
  );
  if (troubled === undefined) {
    throw new SealgateError(fitting.length > 0 ? 'token_uninitialized' : 'token_not_present', details);
  }
  const { slot, problem } = troubled;
  if (problem === 'CKR_TOKEN_NOT_RECOGNIZED') throw new SealgateError('token_not_recognized', { slot });
  throw new SealgateError('pkcs11_module_failed', { slot, problem });
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
  if (fitting.length > 1)
    throw new SealgateError('token_choice_needed', { tokens: fitting.map(nameOfToken) });
  return token;
}

/** Whether `selector` means this token, whatever its state. */
export function isMeant(token: Token, { name, serial, label }: TokenSelector): boolean {
  return (
    (name === undefined || token.label === name || token.serial === name) &&
    (serial === undefined || token.serial === serial) &&
    (label === undefined || token.label === label)
  );
}

/** Which key is meant; with nothing given, the only one that fits. */
export interface KeySelector {
  /** Label, identifier or fingerprint, whichever fits. */
  readonly name?: string | undefined;
  /** SHA-256 of the certificate in hexadecimal, or its beginning (at least 8 digits). */
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
  readonly key: TokenKey & Required<Pick<TokenKey, 'privateKey' | 'publicKey' | 'spki'>>;
  readonly certificate: TokenKey['certificates'][number] | undefined;
}

/**
 * The key that `selector` means, with its certificate. Where several certificates fit, those outside their term at
 * `at` (ms since the epoch) give way to those within. Throws `key_not_found`, and `certificate_choice_needed` or
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
  const fitting = all.filter((choice) => isKeyMeant(choice, selector));
  const certified = fitting.filter(({ certificate }) => certificate !== undefined);
  const candidates = selector.withoutCertificate === true ? oneForEachKey(fitting) : certified;
  const inTerm = candidates.filter(({ certificate }) => {
    if (certificate === undefined) return true;
    const { notBefore, notAfter } = certificate.certificate;
    return notBefore <= at && at <= notAfter;
  });
  const left = inTerm.length > 0 ? inTerm : candidates;
  const [choice] = left;
  if (choice === undefined)
    throw new SealgateError('key_not_found', { certificate: wantedName(contents, selector), token });
  if (left.length === 1) return choice;
  if (selector.withoutCertificate === true) {
    throw new SealgateError('key_choice_needed', { keys: left.map(({ key }) => nameOfKey(key)) });
  }
  throw new SealgateError('certificate_choice_needed', {
    certificates: left.flatMap(({ certificate }) =>
      certificate === undefined ? [] : [nameOfCertificate(certificate)],
    ),
  });
}

function isComplete(key: TokenKey): key is ChosenKey['key'] {
  return key.privateKey !== undefined && key.publicKey !== undefined && key.spki !== undefined;
}

function oneForEachKey(choices: readonly ChosenKey[]): ChosenKey[] {
  return [...new Map(choices.map((choice) => [choice.key, choice])).values()];
}

function isKeyMeant({ key, certificate }: ChosenKey, selector: KeySelector): boolean {
  const { name, fingerprint, id, label, family } = selector;
  const { type } = key.publicKey;
  const ownFamily = key.publicKey.type === 'gost' ? `gost${key.publicKey.bits}` : type;
  const hasLabel = (wanted: string) => key.label === wanted || certificate?.label === wanted;
  const hasId = (wanted: string) => key.id !== '' && key.id === wanted.toLowerCase();
  return (
    (name === undefined || hasLabel(name) || hasId(name) || isPrint(certificate?.certificate.sha256, name)) &&
    (fingerprint === undefined || isPrint(certificate?.certificate.sha256, fingerprint)) &&
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

/** Name of a key for a list to choose from: label and identifier. */
export function nameOfKey({ label, id }: Pick<TokenKey, 'label' | 'id'>): string {
  return `${label === '' ? 'unnamed' : label} [${id}]`;
}
