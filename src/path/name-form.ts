import type { GeneralName } from '../certificate/general-name.ts';
import type { Name } from '../certificate/name.ts';

/** How a name lies to a subtree; `unclear` where either is malformed, or of a form that RFC 5280 does not judge. */
export type Relation = 'within' | 'outside' | 'unclear';

/**
 * A general name taken apart for comparing, so that comparing it with many subtrees costs little. A host is in lower
 * case; undefined parts could not be read.
 */
export type ComparableName =
  | { readonly kind: 'dns'; readonly host: string | undefined; readonly isWildcard: boolean }
  | { readonly kind: 'email'; readonly local: string; readonly host: string | undefined }
  | { readonly kind: 'uri'; readonly host: string | undefined }
  | { readonly kind: 'ip'; readonly octets: Uint8Array }
  | { readonly kind: 'directory'; readonly parts: readonly string[] | undefined }
  | { readonly kind: 'other' | 'x400' | 'ediParty' | 'registeredId' };

/** The base of a subtree (RFC 5280, section 4.2.1.10), taken apart; `text` as for names. */
export type ComparableBase =
  | { readonly kind: 'dns'; readonly domain: string | undefined }
  | { readonly kind: 'email'; readonly local: string | undefined; readonly domain: Domain | undefined }
  | { readonly kind: 'uri'; readonly domain: Domain | undefined }
  | { readonly kind: 'ip'; readonly range: Range | undefined }
  | { readonly kind: 'directory'; readonly parts: readonly string[] | undefined }
  | { readonly kind: 'other' | 'x400' | 'ediParty' | 'registeredId' };

/** One host, or, where `isBelow`, every host below it; the empty host stands for all. */
interface Domain {
  readonly host: string;
  readonly isBelow: boolean;
}

interface Range {
  readonly octets: Uint8Array;
  readonly mask: Uint8Array;
}

/** Labels of a host name: letters, digits, hyphens and, because they are in use, underscores. */
const hostPattern = /^(?!-)[a-z\d_-]{1,63}(?<!-)(\.(?!-)[a-z\d_-]{1,63}(?<!-))*$/;
const longestHost = 253;

/** The host in lower case, undefined where it is no host name (RFC 1034, section 3.5, as RFC 1123 changes it). */
function hostOf(text: string): string | undefined {
  const host = text.toLowerCase();
  return host.length <= longestHost && hostPattern.test(host) ? host : undefined;
}

/** Takes a name of a certificate apart. */
export function comparableName(name: GeneralName): ComparableName {
  switch (name.kind) {
    case 'dns': {
      const isWildcard = name.value.startsWith('*.');
      return { kind: 'dns', host: hostOf(isWildcard ? name.value.slice(2) : name.value), isWildcard };
    }
    case 'email':
      return { kind: 'email', ...mailboxOf(name.value, asciiLocal) };
    case 'uri':
      return { kind: 'uri', host: hostOfUri(name.value) };
    case 'ip':
      return { kind: 'ip', octets: name.value };
    case 'directory':
      return { kind: 'directory', parts: partsOf(name.value) };
    default:
      return { kind: name.kind };
  }
}

/**
 * Takes a SmtpUTF8Mailbox apart: constraints on mail addresses bind it like any other (RFC 9549; RFC 9598,
 * section 6). Its domain has to be written in ASCII; one in Unicode, as RFC 8398 once had it, cannot be judged.
 */
export function comparableUtf8Mailbox(text: string | undefined): ComparableName {
  if (text === undefined) return { kind: 'email', local: '', host: undefined };
  return { kind: 'email', ...mailboxOf(text, utf8Local) };
}

/** Takes the base of a subtree apart. */
export function comparableBase(base: GeneralName): ComparableBase {
  switch (base.kind) {
    case 'dns':
      return { kind: 'dns', domain: base.value === '' ? '' : hostOf(base.value) };
    case 'email': {
      if (!base.value.includes('@')) return { kind: 'email', local: undefined, domain: domainOf(base.value) };
      const { local, host } = mailboxOf(base.value, asciiLocal);
      return { kind: 'email', local, domain: host === undefined ? undefined : { host, isBelow: false } };
    }
    case 'uri':
      return { kind: 'uri', domain: domainOf(base.value) };
    case 'ip':
      return { kind: 'ip', range: rangeOf(base.value) };
    case 'directory':
      return { kind: 'directory', parts: partsOf(base.value) };
    default:
      return { kind: base.kind };
  }
}

/** Whether a base is in the form that RFC 5280 has for its kind; kinds without subtrees of their own are. */
export function isWellFormed(base: ComparableBase): boolean {
  switch (base.kind) {
    case 'dns':
    case 'email':
    case 'uri':
      return base.domain !== undefined;
    case 'ip':
      return base.range !== undefined;
    case 'directory':
      return base.parts !== undefined;
    default:
      return true;
  }
}

const asciiLocal = /^[\x21-\x3f\x41-\x7e]+$/;
/** RFC 6532, section 3.1, lets characters beyond ASCII in; those that nobody sees stay out. */
const utf8Local = /^(?:[\x21-\x3f\x41-\x7e]|[^\p{ASCII}\p{C}\p{Z}])+$/u;

/** The local part is the host's own affair and keeps its case (RFC 5321, section 2.4). */
function mailboxOf(
  text: string,
  localPattern: RegExp,
): { readonly local: string; readonly host: string | undefined } {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0));
  const host = localPattern.test(local) ? hostOf(text.slice(at + 1)) : undefined;
  return { local, host };
}

/** Only the host counts; a URI without one, or with an address for one, cannot be judged. */
function hostOfUri(text: string): string | undefined {
  const authority = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i.exec(text)?.[1];
  const withPort = authority?.slice(authority.lastIndexOf('@') + 1);
  const host = withPort === undefined ? undefined : hostOf(withPort.replace(/:\d*$/, ''));
  return host === undefined || /(^|\.)\d+$/.test(host) ? undefined : host;
}

function domainOf(text: string): Domain | undefined {
  if (text === '') return { host: '', isBelow: false };
  const isBelow = text.startsWith('.');
  const host = hostOf(isBelow ? text.slice(1) : text);
  return host === undefined ? undefined : { host, isBelow };
}

/** An address and a mask of the same length, the mask's ones all on the left (RFC 4632). */
function rangeOf(octets: Uint8Array): Range | undefined {
  if (octets.length !== 8 && octets.length !== 32) return undefined;
  const mask = octets.subarray(octets.length / 2);
  const bits = [...mask].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) ? { octets: octets.subarray(0, octets.length / 2), mask } : undefined;
}

function partsOf(name: Name): readonly string[] | undefined {
  try {
    return name.comparable;
  } catch {
    return undefined;
  }
}

/** How a name lies to a subtree of the same form (RFC 5280, section 4.2.1.10). */
export function relationOf(name: ComparableName, base: ComparableBase): Relation {
  if (name.kind === 'dns' && base.kind === 'dns') return compareDns(name.host, name.isWildcard, base.domain);
  if (name.kind === 'email' && base.kind === 'email') {
    if (name.host === undefined || base.domain === undefined) return 'unclear';
    return base.local !== undefined && base.local !== name.local
      ? 'outside'
      : compareHost(name.host, base.domain);
  }
  if (name.kind === 'uri' && base.kind === 'uri') return compareHost(name.host, base.domain);
  if (name.kind === 'ip' && base.kind === 'ip') return compareIp(name.octets, base.range);
  if (name.kind === 'directory' && base.kind === 'directory') return comparePrefix(name.parts, base.parts);
  return 'unclear';
}

function isBelow(host: string, domain: string): boolean {
  return host.length > domain.length && host.endsWith(domain) && host.at(-domain.length - 1) === '.';
}

/**
 * Any name made by adding labels on the left lies within. A wildcard stands for one label: it lies within what its
 * parent lies within, and may lie within what lies right below its parent.
 */
function compareDns(host: string | undefined, isWildcard: boolean, domain: string | undefined): Relation {
  if (domain === '') return 'within';
  if (domain === undefined || host === undefined) return 'unclear';
  if (host === domain || isBelow(host, domain)) return 'within';
  const isCovered = isWildcard && isBelow(domain, host) && !domain.slice(0, -host.length - 1).includes('.');
  return isCovered ? 'unclear' : 'outside';
}

function compareHost(host: string | undefined, domain: Domain | undefined): Relation {
  if (domain?.host === '') return 'within';
  if (host === undefined || domain === undefined) return 'unclear';
  return (domain.isBelow ? isBelow(host, domain.host) : host === domain.host) ? 'within' : 'outside';
}

function compareIp(address: Uint8Array, range: Range | undefined): Relation {
  if ((address.length !== 4 && address.length !== 16) || range === undefined) return 'unclear';
  const { octets, mask } = range;
  if (octets.length !== address.length) return 'outside';
  for (let at = 0; at < octets.length; at++) {
    if (((address[at]! ^ octets[at]!) & mask[at]!) !== 0) return 'outside';
  }
  return 'within';
}

function comparePrefix(name: readonly string[] | undefined, base: readonly string[] | undefined): Relation {
  if (name === undefined || base === undefined) return 'unclear';
  if (base.length > name.length) return 'outside';
  for (let at = 0; at < base.length; at++) if (base[at] !== name[at]) return 'outside';
  return 'within';
}
