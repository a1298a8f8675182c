import { isIP } from 'node:net';
import type { Request } from 'express';
import { SealgateError } from '../error.ts';
import { isInNetworks, networkOf } from '../fetch/address.ts';
import type { Client } from '../relying-party/registry.ts';

/**
 * Whose request it is, for limits: the address of the connection, or, where that is a proxy which the operator trusts,
 * the one that it names (`X-Forwarded-For`; express goes by its setting `trust proxy`). Of IPv6 it is the network of 64
 * bits, since whoever has one address there has all of them. What a trusted proxy names that is no address counts as
 * the proxy's own.
 */
export function callerOf(request: Request): string {
  const { ip = '', socket } = request;
  const address = isIP(ip) === 0 ? (socket.remoteAddress ?? '') : ip;
  return isIP(address) === 0 ? 'unknown' : networkOf(address);
}

/**
 * A relying party with networks of its own calls from those alone, whoever knows its secret. Throws `client_forbidden`.
 */
export function expectNetwork({ networks }: Pick<Client, 'networks'>, { ip: address = '' }: Request): void {
  if (networks.length === 0 || isInNetworks(address, networks)) return;
  throw new SealgateError('client_forbidden', { field: 'calling-address', value: address });
}
