import { isIPv6, SocketAddress } from 'node:net';

/**
 * The network that stands for whoever has an address: an IPv4 address itself, and of an IPv6 one the first 64 bits,
 * which a subscriber has whole (RFC 6177). Spellings of the same address give the same text.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const { address: plain } = new SocketAddress({ address, family: 'ipv6' });
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  const [before = '', after] = plain.split('::');
  const groups = before === '' ? [] : before.split(':');
  const last = after === undefined || after === '' ? [] : after.split(':');
  const zeros = after === undefined ? 0 : 8 - groups.length - last.length;
  const all = [...groups, ...Array<string>(Math.max(0, zeros)).fill('0'), ...last];
  return `${all.slice(0, 4).join(':')}::/64`;
}
