import type { Language } from '../failure/failure.ts';
import { isOrigin } from '../relying-party/origin.ts';

/**
 * What a sign-in page and the agent's bridge window say to each other by `postMessage`: a closed set of plain objects,
 * and checks that let nothing else through. Read by the service's page, by the bridge and by tests, so that no Node
 * module is imported here, and no types of it.
 *
 * Who speaks is the browser's word alone: before a message is read, its `event.source` has to be the window that was
 * opened (or the opener) and its `event.origin` the other side's origin. Nothing in a message says who sent it.
 */
export const bridgeProtocol = 'bridge/1';

/** The agent's port, and those that it takes where that one is occupied. */
export const agentPorts = [47615, 47625, 47635] as const;

/**
 * The scheme of addresses that start the agent where it is installed; whatever stands behind it is not looked at, and
 * not passed on.
 */
export const agentScheme = 'sealgate-agent';

/** How long the page waits for `hello`, in milliseconds; then it is `agent_unreachable`. */
export const helloLimit = 3_000;

/** How long a person has to confirm, in milliseconds; then it is `signing_timed_out`. */
export const personLimit = 120_000;

/** Longest challenge text, in UTF-16 units, and largest document, in octets, that a page may hand over. */
export const longestText = 8_192;
export const largestDocument = 16 * 1_048_576;

/** Where a certificate lies. Names come from drivers and files: they are to be shown as text, never as markup. */
export interface CertificatePlace {
  readonly kind: 'token' | 'file';
  /** Name of the PKCS#11 library, such as `rutoken`. */
  readonly module?: string;
  /** Label of the token, or name of the file without its folder. */
  readonly label: string;
  readonly serial?: string;
}

/** A certificate that the agent found; `usable` is as far as can be told without a PIN and without the service. */
export interface CertificateItem {
  /** SHA-256 of the certificate, base64url without padding. */
  readonly thumbprint: string;
  /** DER in base64. */
  readonly der: string;
  readonly place: CertificatePlace;
  readonly usable: true | { readonly code: string };
  /** When the agent last signed with it, in ms since the epoch. */
  readonly lastUsedAt?: number;
}

/** A driver that could not be asked; the list goes on without it. */
export interface ModuleTrouble {
  readonly module: string;
  readonly code: string;
}

/** What the person is being waited for, or what is worked on. */
export type WaitingFor = 'origin-permission' | 'confirmation' | 'token' | 'pin';

/** Title, cause and remedy of a failure in the language of the request: text, never markup. */
export interface FailureWords {
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
}

/** JSON values; dates are ISO 8601 strings. */
export type FailureDetails = Readonly<Record<string, unknown>>;

/** Marks each message. */
interface Envelope {
  readonly sealgate: typeof bridgeProtocol;
  /** The page's, out of the address that it opened. */
  readonly nonce: string;
  /** Of the request that a message is or belongs to, chosen by the page; `hello` and `closing` have `unasked`. */
  readonly id: string;
}

/** The `id` of messages that answer no request. */
export const unasked = '-';

/**
 * What the bridge says. `hello` comes as soon as its window is there. `ready` opens the answer to each request: the
 * page's origin is on the agent's list, if need be because the person has just allowed it. `certificates` come as
 * tokens answer, each item once; the last one is complete. Each `sign` ends in one `signed` or `failed`, each `list`
 * in a complete `certificates` or one `failed`. `closing` comes before the window goes.
 */
export type BridgeBody =
  | { readonly type: 'hello'; readonly agent: string; readonly version: string }
  | { readonly type: 'ready' }
  | { readonly type: 'waiting'; readonly for: WaitingFor; readonly since: number }
  | {
      readonly type: 'certificates';
      readonly items: readonly CertificateItem[];
      readonly troubles: readonly ModuleTrouble[];
      readonly isComplete: boolean;
    }
  /** `signature` is a CMS SignedData message, DER in base64. */
  | { readonly type: 'signed'; readonly signature: string; readonly thumbprint: string }
  | {
      readonly type: 'failed';
      readonly code: string;
      readonly details: FailureDetails;
      readonly words?: FailureWords;
    }
  | { readonly type: 'closing' };

/**
 * What the page says. `content` is base64 of the very octets to be signed: of a challenge the UTF-8 of its text. Without
 * a thumbprint the person chooses in the agent's window. A challenge's signature holds its content; of a document's,
 * `isDetached` decides. `cancel` bears the id of the request that it ends.
 */
export type PageBody =
  | { readonly type: 'list'; readonly language: Language }
  | {
      readonly type: 'sign';
      readonly challenge: string;
      readonly content: string;
      readonly thumbprint?: string;
      readonly language: Language;
    }
  | {
      readonly type: 'sign-document';
      readonly name: string;
      readonly content: string;
      readonly isDetached: boolean;
      readonly thumbprint?: string;
      readonly language: Language;
    }
  | { readonly type: 'cancel' };

export type BridgeMessage = Envelope & BridgeBody;
export type PageMessage = Envelope & PageBody;

/** Puts a body into its envelope. */
export function envelop<Body extends BridgeBody | PageBody>(
  nonce: string,
  id: string,
  body: Body,
): Envelope & Body {
  return { sealgate: bridgeProtocol, nonce, id, ...body };
}

/** The address of the bridge for a page of `origin`. The fragment never leaves the browser. */
export function bridgeAddress(port: number, nonce: string, origin: string): string {
  return `http://127.0.0.1:${port}/bridge#v1.${nonce}.${encodeURIComponent(origin)}`;
}

/** What the fragment of a bridge's address says, undefined if it is none. The origin is a claim until it has spoken. */
export function readBridgeFragment(
  fragment: string,
): { readonly nonce: string; readonly origin: string } | undefined {
  const [, nonce, encoded] = /^#v1\.([A-Za-z0-9_-]{22,86})\.([A-Za-z0-9._%-]{1,400})$/.exec(fragment) ?? [];
  if (nonce === undefined || encoded === undefined) return undefined;
  const origin = decodeOrigin(encoded);
  return origin === undefined ? undefined : { nonce, origin };
}

function decodeOrigin(encoded: string): string | undefined {
  try {
    const origin = decodeURIComponent(encoded);
    return isOrigin(origin) && encodeURIComponent(origin) === encoded ? origin : undefined;
  } catch {
    return undefined;
  }
}

/** A message of the bridge with that nonce, undefined for anything else. Members of it that are not known are dropped. */
export function readBridgeMessage(data: unknown, nonce: string): BridgeMessage | undefined {
  return open(data, nonce, bridgeBodies);
}

/** A message of the page with that nonce, undefined for anything else. Members of it that are not known are dropped. */
export function readPageMessage(data: unknown, nonce: string): PageMessage | undefined {
  return open(data, nonce, pageBodies);
}

type Fields = Readonly<Record<string, unknown>>;
type Check<T> = (value: unknown) => value is T;
type Bodies<Body extends { type: string }> = {
  readonly [Type in Body['type']]: (fields: Fields) => Extract<Body, { type: Type }> | undefined;
};

function open<Body extends BridgeBody | PageBody>(
  data: unknown,
  nonce: string,
  bodies: Bodies<Body>,
): (Envelope & Body) | undefined {
  if (!isObject(data) || data.sealgate !== bridgeProtocol || data.nonce !== nonce) return undefined;
  const { id, type } = data;
  if (!isId(id) || typeof type !== 'string' || !Object.hasOwn(bodies, type)) return undefined;
  const body = bodies[type as Body['type']](data);
  return body === undefined ? undefined : envelop(nonce, id, body as Body);
}

const bridgeBodies: Bodies<BridgeBody> = {
  hello: ({ agent, version }) =>
    isName(agent) && isName(version) ? { type: 'hello', agent, version } : undefined,
  ready: () => ({ type: 'ready' }),
  waiting: ({ for: what, since }) =>
    isWaitingFor(what) && isMoment(since) ? { type: 'waiting', for: what, since } : undefined,
  certificates: ({ items, troubles, isComplete }) =>
    isList(items, isItem) && isList(troubles, isTrouble) && isBoolean(isComplete)
      ? { type: 'certificates', items, troubles, isComplete }
      : undefined,
  signed: ({ signature, thumbprint }) =>
    isBase64(signature, largestDocument + longestMessage) && isThumbprint(thumbprint)
      ? { type: 'signed', signature, thumbprint }
      : undefined,
  failed: ({ code, details, words }) => {
    if (!isCode(code) || !isObject(details)) return undefined;
    return { type: 'failed', code, details, ...(isWords(words) && { words }) };
  },
  closing: () => ({ type: 'closing' }),
};

const pageBodies: Bodies<PageBody> = {
  list: ({ language }) => (isLanguage(language) ? { type: 'list', language } : undefined),
  sign: ({ challenge, content, thumbprint, language }) => {
    if (typeof challenge !== 'string' || challenge.length > longestReadText) return undefined;
    if (!isBase64(content, 4 * longestReadText) || !isLanguage(language)) return undefined;
    const choice = readChoice(thumbprint);
    return choice && { type: 'sign', challenge, content, language, ...choice };
  },
  'sign-document': ({ name, content, isDetached, thumbprint, language }) => {
    if (!isName(name) || !isBase64(content, largestReadDocument)) return undefined;
    if (!isBoolean(isDetached) || !isLanguage(language)) return undefined;
    const choice = readChoice(thumbprint);
    return choice && { type: 'sign-document', name, content, isDetached, language, ...choice };
  },
  cancel: () => ({ type: 'cancel' }),
};

/** What is read at all: more than is signed, so that what is somewhat too large is refused in words and not in silence. */
const longestReadText = 2_097_152;
const largestReadDocument = 4 * largestDocument;

/** What a message holds beside its content: certificates and the signature. */
const longestMessage = 65_536;
const mostItems = 500;
const longestName = 255;

function readChoice(thumbprint: unknown): { readonly thumbprint?: string } | undefined {
  if (thumbprint === undefined) return {};
  return isThumbprint(thumbprint) ? { thumbprint } : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isList<T>(value: unknown, check: Check<T>): value is readonly T[] {
  return Array.isArray(value) && value.length <= mostItems && value.every(check);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= longestName;
}

function isOptional<T>(value: unknown, check: Check<T>): value is T | undefined {
  return value === undefined || check(value);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value);
}

function isCode(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z][a-z0-9_]{1,63}$/.test(value);
}

function isThumbprint(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value);
}

function isMoment(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isLanguage(value: unknown): value is Language {
  return value === 'en' || value === 'ru';
}

function isWaitingFor(value: unknown): value is WaitingFor {
  return value === 'origin-permission' || value === 'confirmation' || value === 'token' || value === 'pin';
}

/** Base64 of at most `octets` octets; its alphabet is looked at here, its end by whoever decodes it. */
function isBase64(value: unknown, octets: number): value is string {
  return (
    typeof value === 'string' &&
    value.length <= 4 * Math.ceil(octets / 3) &&
    /^[A-Za-z0-9+/]+={0,2}$/.test(value)
  );
}

function isItem(value: unknown): value is CertificateItem {
  if (!isObject(value)) return false;
  const { thumbprint, der, place, usable, lastUsedAt } = value;
  return (
    isThumbprint(thumbprint) &&
    isBase64(der, longestMessage) &&
    isPlace(place) &&
    (usable === true || (isObject(usable) && isCode(usable.code))) &&
    isOptional(lastUsedAt, isMoment)
  );
}

function isPlace(value: unknown): value is CertificatePlace {
  if (!isObject(value) || (value.kind !== 'token' && value.kind !== 'file')) return false;
  const { module, label, serial } = value;
  const isText = (text: unknown) => typeof text === 'string' && text.length <= longestName;
  return (
    isText(label) && (module === undefined || isText(module)) && (serial === undefined || isText(serial))
  );
}

function isTrouble(value: unknown): value is ModuleTrouble {
  return isObject(value) && isName(value.module) && isCode(value.code);
}

function isWords(value: unknown): value is FailureWords {
  if (!isObject(value)) return false;
  return [value.title, value.cause, value.remedy].every((text) => typeof text === 'string');
}
