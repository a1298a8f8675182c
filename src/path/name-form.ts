import type { GeneralName } from '../certificate/general-name.ts';
import type { Name } from '../certificate/name.ts';

/**
 * Whether `name` surely lies within the subtree `base` of the same form (RFC 5280, section 4.2.1.10). False for
 * what is malformed on either side and for forms that RFC 5280 gives no subtrees.
 */
export function isWithin(name: GeneralName, base: GeneralName): boolean {
  return compare(name, base) === 'within';
}

/** Whether `name` lies, or may lie, within `base`: what cannot be told counts as inside, as exclusion needs it. */
export function isWithinPossibly(name: GeneralName, base: GeneralName): boolean {
  return compare(name, base) !== 'outside';
}

type Relation = 'within' | 'outside' | 'unclear';

function compare(name: GeneralName, base: GeneralName): Relation {
  if (name.kind === 'dns' && base.kind === 'dns') return compareDns(name.value, base.value);
  if (name.kind === 'email' && base.kind === 'email') return compareEmail(name.value, base.value);
  if (name.kind === 'uri' && base.kind === 'uri') return compareUri(name.value, base.value);
  if (name.kind === 'ip' && base.kind === 'ip') return compareIp(name.value, base.value);
  if (name.kind === 'directory' && base.kind === 'directory') return compareDirectory(name.value, base.value);
  return 'unclear';
}

/** Labels of a host name: letters, digits, hyphens and, because they are in use, underscores. */
const hostPattern = /^(?!-)[a-z\d_-]{1,63}(?<!-)(\.(?!-)[a-z\d_-]{1,63}(?<!-))*$/;
const longestHost = 253;

/** The host in lower case, undefined where it is no host name (RFC 1034, section 3.5, as RFC 1123 changes it). */
function hostOf(text: string): string | undefined {
  const host = text.toLowerCase();
  return host.length <= longestHost && hostPattern.test(host) ? host : undefined;
}

function isSameOrBelow(host: string, domain: string): boolean {
  return host === domain || isBelow(host, domain);
}

function isBelow(host: string, domain: string): boolean {
  return host.length > domain.length && host.endsWith(domain) && host.at(-domain.length - 1) === '.';
}

/**
 * Any name made by adding labels on the left lies within. A wildcard stands for one label: it lies within what its
 * parent lies within, and may lie within what lies right below its parent.
 */
function compareDns(name: string, base: string): Relation {
  if (base === '') return 'within';
  const domain = hostOf(base);
  const isWildcard = name.startsWith('*.');
  const host = hostOf(isWildcard ? name.slice(2) : name);
  if (domain === undefined || host === undefined) return 'unclear';
  if (isSameOrBelow(host, domain)) return 'within';
  const isCovered = isWildcard && isBelow(domain, host) && !domain.slice(0, -host.length - 1).includes('.');
  return isCovered ? 'unclear' : 'outside';
}

/** A whole mailbox, all mailboxes at a host, or, with a leading point, at the hosts below a domain. */
function compareEmail(name: string, base: string): Relation {
  const mailbox = mailboxOf(name);
  if (mailbox === undefined) return 'unclear';
  if (base.includes('@')) {
    const wanted = mailboxOf(base);
    if (wanted === undefined) return 'unclear';
    // The local part is the host's own affair and keeps its case (RFC 5321, section 2.4).
    return mailbox.local === wanted.local && mailbox.host === wanted.host ? 'within' : 'outside';
  }
  return compareHost(mailbox.host, base);
}

function mailboxOf(text: string): { readonly local: string; readonly host: string } | undefined {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const host = hostOf(text.slice(at + 1));
  if (at < 1 || host === undefined || !/^[\x21-\x3f\x41-\x7e]+$/.test(local)) return undefined;
  return { local, host };
}

/** A host, or with a leading point all hosts below a domain. */
function compareHost(host: string, base: string): Relation {
  if (base === '') return 'within';
  const isDomain = base.startsWith('.');
  const domain = hostOf(isDomain ? base.slice(1) : base);
  if (domain === undefined) return 'unclear';
  return (isDomain ? isBelow(host, domain) : host === domain) ? 'within' : 'outside';
}

/** Only the host counts; a URI without one, or with an address for one, cannot be judged and is refused. */
function compareUri(name: string, base: string): Relation {
  const authority = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i.exec(name)?.[1];
  const withPort = authority?.slice(authority.lastIndexOf('@') + 1);
  const host = withPort === undefined ? undefined : hostOf(withPort.replace(/:\d*$/, ''));
  if (host === undefined || /(^|\.)\d+$/.test(host)) return 'unclear';
  return compareHost(host, base);
}

/** `base` is an address and a mask of the same length, the mask's ones all on the left (RFC 4632). */
function compareIp(address: Uint8Array, base: Uint8Array): Relation {
  const { length } = address;
  if ((length !== 4 && length !== 16) || (base.length !== 8 && base.length !== 32)) return 'unclear';
  const half = base.length / 2;
  if (!isMask(base.subarray(half))) return 'unclear';
  if (half !== length) return 'outside';
  return address.every((octet, at) => ((octet ^ base[at]!) & base[half + at]!) === 0) ? 'within' : 'outside';
}

function isMask(mask: Uint8Array): boolean {
  const bits = [...mask].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits);
}

function compareDirectory(name: Name, base: Name): Relation {
  try {
    const [ours, theirs] = [name.comparable, base.comparable];
    const isPrefix =
      theirs.length <= ours.length && theirs.every((relativeName, at) => relativeName === ours[at]);
    return isPrefix ? 'within' : 'outside';
  } catch {
    return 'unclear';
  }
}
