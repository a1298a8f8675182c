import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * Ranges that no authority publishes from: this host, private and shared networks, link-local with the metadata
 * services of clouds, documentation, multicast, reserved (RFC 6890 and the IANA special-purpose registries).
 */
const forbiddenV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** Of IPv6 only global unicast is left, and of that what stands for something else is taken out. */
const globalV6 = '2000::/3';
const forbiddenV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
/** NAT64 (RFC 6052): the last four octets are the address that is meant. */
const translated = '64:ff9b::/96';

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) addNetwork(list, network);
  return list;
}

/** Whether `text` is an address or a network such as `10.0.0.0/8` or `fd00::/8`. */
export function isNetwork(text: string): boolean {
  try {
    listOf([text]);
    return true;
  } catch {
    return false;
  }
}

/** What one subscriber of a provider has of addresses: of IPv4 the address itself, of IPv6 the network of 64 bits. */
export function networkOf(address: string): string {
  if (isIP(address) === 4) return address;
  const [without = ''] = address.split('%');
  return (
    embeddedV4(without) ??
    `${expand(without)
      .slice(0, 4)
      .map((group) => group.toString(16))
      .join(':')}::/64`
  );
}

function addNetwork(list: BlockList, network: string): void {
  const [address = '', prefix] = network.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  const longest = family === 'ipv6' ? 128 : 32;
  const bits = prefix === undefined ? longest : Number(prefix);
  if (isIP(address) === 0 || !Number.isInteger(bits) || bits < 0 || bits > longest) {
    throw new RangeError(`not a network: ${network}`);
  }
  list.addSubnet(address, bits, family);
}

const forbiddenList = listOf([...forbiddenV4, ...forbiddenV6]);
const globalList = listOf([globalV6]);
const translatedList = listOf([translated]);

/** Which addresses may be connected to. */
export class AddressPolicy {
  private readonly allowed: BlockList;

  /**
   * `allowedNetworks` are addresses or networks such as `127.0.0.0/8` that are allowed in spite of the general rule,
   * for authorities inside of the house. Throws a RangeError on one that is none.
   */
  constructor(allowedNetworks: readonly string[] = []) {
    this.allowed = listOf(allowedNetworks);
  }

  /** Whether `address`, an IPv4 or IPv6 address without brackets, may be connected to. */
  allows(address: string): boolean {
    const family = isIP(address);
    if (family === 0) return false;
    const plain = family === 6 ? embeddedV4(address) : undefined;
    if (plain !== undefined) return this.allows(plain);
    const type = family === 6 ? 'ipv6' : 'ipv4';
    if (this.allowed.check(address, type)) return true;
    if (forbiddenList.check(address, type)) return false;
    return family === 4 || globalList.check(address, 'ipv6');
  }
}

/** The IPv4 address inside of a mapped (`::ffff:a.b.c.d`) or translated IPv6 address; undefined in any other. */
function embeddedV4(address: string): string | undefined {
  const [without = ''] = address.split('%');
  const groups = expand(without);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!isMapped && !translatedList.check(without, 'ipv6')) return undefined;
  const [high = 0, low = 0] = groups.slice(6);
  return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
}

function expand(address: string): readonly number[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groupsOf = (text: string) =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [groupsOf(head), tail === undefined ? [] : groupsOf(tail)];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}

/** Whether an address lies in one of the networks, each such as `10.0.0.0/8`; an IPv4 address may stand in IPv6. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIP(plain);
  return family !== 0 && listOf(networks).check(plain, family === 6 ? 'ipv6' : 'ipv4');
}
