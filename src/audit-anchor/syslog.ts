import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import type { AnchorPlace } from './place.ts';

/** Facility 13, log audit, and severity 5, notice (RFC 5424, section 6.2.1). */
const priority = 13 * 8 + 5;
const patience = 10_000;

/** A text as a message of syslog (RFC 5424, section 6). */
export function syslogMessage(text: string, at: number): string {
  const host = hostname().replace(/[^\x21-\x7e]/g, '') || '-';
  return `<${priority}>1 ${new Date(at).toISOString()} ${host} sealgate ${process.pid} audit-head - ${text}`;
}

/**
 * Sends a message, by UDP as one datagram (RFC 5426), by TCP with its length before it (RFC 6587, section 3.4.1). By
 * UDP nobody learns whether it arrived; by TCP only that the other side took the octets. Rejects with the system's
 * error.
 */
export function sendSyslog(
  place: Extract<AnchorPlace, { readonly kind: 'syslog' }>,
  message: string,
): Promise<void> {
  return place.protocol === 'udp' ? sendDatagram(place, message) : sendOctets(place, message);
}

interface Address {
  readonly host: string;
  readonly port: number;
}

function sendDatagram({ host, port }: Address, message: string): Promise<void> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  return new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.send(message, port, host, (error) => (error ? reject(error) : resolve()));
  }).finally(() => socket.close());
}

function sendOctets({ host, port }: Address, message: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: patience });
    socket.once('timeout', () => socket.destroy(timedOut()));
    socket.once('error', reject);
    socket.once('connect', () => socket.end(`${Buffer.byteLength(message)} ${message}`));
    socket.once('finish', () => resolve());
    // What the receiver says is not read.
    socket.resume();
  });
}

function timedOut(): Error {
  return Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' });
}
