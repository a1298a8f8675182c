import type { Certificate } from '../certificate/certificate.ts';
import { type GeneralName, subjectAltName } from '../certificate/general-name.ts';

/** Who is expected at the other end of a connection. */
export type PeerName =
  | { readonly kind: 'dns' | 'email'; readonly value: string }
  /** 4 or 16 octets. */
  | { readonly kind: 'ip'; readonly value: Uint8Array };

const label = '(?!-)[a-z\\d-]{1,63}(?<!-)';
const hostName = new RegExp(`^${label}(\\.${label})*$`, 'i');
/** A wildcard is a whole label, the first one, and never stands right below a top-level domain. */
const wildcardName = new RegExp(`^\\*(\\.${label}){2,}$`, 'i');
const mailbox = /^[\x21-\x3f\x41-\x7e]+@[^@]+$/;
const longestName = 253;

/** Whether a name may stand in the alternative names of a server's or a person's certificate (BR 7.1.2.7.12). */
export function isServerName(name: GeneralName): boolean {
  switch (name.kind) {
    case 'dns':
      return name.value.length <= longestName && (hostName.test(name.value) || wildcardName.test(name.value));
    case 'ip':
      return name.value.length === 4 || name.value.length === 16;
    case 'email':
      return mailbox.test(name.value);
    default:
      return true;
  }
}

/** Whether the alternative names of `certificate` hold `peer` (RFC 9525, section 6; the subject is never looked at). */
export function namesPeer(certificate: Certificate, peer: PeerName): boolean {
  return (certificate.extension(subjectAltName) ?? []).some((name) => isPeer(name, peer));
}

function isPeer(name: GeneralName, peer: PeerName): boolean {
  if (name.kind === 'ip' && peer.kind === 'ip') return Buffer.compare(name.value, peer.value) === 0;
  if (name.kind === 'email' && peer.kind === 'email') return name.value === peer.value;
  if (name.kind !== 'dns' || peer.kind !== 'dns') return false;
  const [presented, expected] = [name.value.toLowerCase(), peer.value.toLowerCase()];
  if (!wildcardName.test(presented)) return presented === expected;
  const firstPoint = expected.indexOf('.');
  return firstPoint > 0 && expected.slice(firstPoint) === presented.slice(1);
}

/** An address as text: dotted decimal, or as RFC 5952 has it. Undefined where it is none. */
export function addressText(octets: Uint8Array): string | undefined {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) return undefined;
  const groups: string[] = [];
  for (let at = 0; at < 16; at += 2) groups.push((octets[at]! * 256 + octets[at + 1]!).toString(16));
  return compressed(groups);
}

/** Replaces the first of the longest runs of two or more zero groups (RFC 5952, section 4.2). */
function compressed(groups: readonly string[]): string {
  let [start, length] = [-1, 1];
  for (let at = 0; at < groups.length; at++) {
    let end = at;
    while (groups[end] === '0') end++;
    if (end - at > length) [start, length] = [at, end - at];
  }
  if (start < 0) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}
