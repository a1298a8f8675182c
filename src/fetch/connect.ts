import { lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { AddressPolicy } from './address.ts';
import { FetchFailure } from './failure.ts';

/**
 * A connector for undici that asks the resolver once, refuses a name if any of its addresses is forbidden, and
 * connects to the very addresses it has looked at, so that a second answer of the resolver (DNS rebinding) has no
 * effect. The address of the peer is checked once more when the connection stands.
 */
export function guardedConnector(
  addresses: AddressPolicy,
  connectTimeout: number,
  resolveName: typeof resolve = resolve,
): buildConnector.connector {
  const lookup: LookupFunction = (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        callback(new FetchFailure('host-unknown', { host: hostname }, { cause: error }), []);
        return;
      }
      const forbidden = found.find(({ address }) => !addresses.allows(address));
      if (forbidden !== undefined || found.length === 0) {
        callback(new FetchFailure('address-forbidden', { host: hostname, address: forbidden?.address }), []);
      } else if (options.all === true) {
        callback(null, found);
      } else {
        callback(null, found[0]!.address, found[0]!.family);
      }
    });
  };
  const connect = buildConnector({ lookup, timeout: connectTimeout, port: 0 });
  return (options, callback) => {
    // A literal address is never looked up.
    const literal = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0 && !addresses.allows(literal)) {
      callback(new FetchFailure('address-forbidden', { host: literal, address: literal }), null);
      return;
    }
    connect(options, (...outcome) => {
      const [error, socket] = outcome;
      if (error === null && !addresses.allows(socket.remoteAddress ?? '')) {
        socket.destroy();
        callback(
          new FetchFailure('address-forbidden', { host: literal, address: socket.remoteAddress }),
          null,
        );
      } else {
        callback(...outcome);
      }
    });
  };
}
