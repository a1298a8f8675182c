import { isIP } from 'node:net';
import type { Request } from 'express';
import { networkOf } from '../fetch/address.ts';

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
