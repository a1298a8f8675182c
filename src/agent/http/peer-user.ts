import { readFile } from 'node:fs/promises';
import { isIPv4, type Socket } from 'node:net';
import { endianness, platform } from 'node:os';

/** How often the table is read for one connection: it comes in pieces, and skips some while others come and go. */
const readings = 3;

/**
 * Number of the user whose program is at the other end of a connection over loopback, by the kernel's table of
 * connections (proc(5), /proc/net/tcp); undefined where the table does not know it, or knows it no more. Only Linux
 * tells: elsewhere this is not asked (`tellsUsers`). Takes a few milliseconds, once a connection.
 */
export async function userOfPeer(socket: Socket): Promise<number | undefined> {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  if (localAddress === undefined || localPort === undefined) return undefined;
  const [there, here] = [entry(remoteAddress, remotePort), entry(localAddress, localPort)];
  for (let reading = 0; reading < readings; reading++) {
    const table = await readFile(isIPv4(remoteAddress) ? '/proc/net/tcp' : '/proc/net/tcp6', 'latin1');
    const user = userInTable(table, there, here);
    if (user !== undefined) return user;
  }
  return undefined;
}

/** Whether this system tells whose program a connection comes from. */
export const tellsUsers = platform() === 'linux';

/** The user of the connection from `local` to `remote`, both as the table writes them. */
export function userInTable(table: string, local: string, remote: string): number | undefined {
  const at = table.indexOf(`: ${local} ${remote} `);
  if (at < 0) return undefined;
  // sl, local_address, rem_address, st, tx_queue:rx_queue, tr:tm->when, retrnsmt, uid
  const uid = table.slice(at + 2, at + 200).split(/\s+/)[6];
  return uid !== undefined && /^\d+$/.test(uid) ? Number(uid) : undefined;
}

/** Address and port as the table writes them: words of 32 bits in the machine's order, then the port. */
export function entry(address: string, port: number): string {
  const octets = isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : ipv6Octets(address);
  if (endianness() === 'LE') octets.swap32();
  return `${octets.toString('hex')}:${port.toString(16).padStart(4, '0')}`.toUpperCase();
}

/** Only loopback connects here: `::1`. Any other address is in no table of ours. */
function ipv6Octets(address: string): Buffer {
  const octets = Buffer.alloc(16);
  if (address === '::1') octets[15] = 1;
  return octets;
}
