const longestOrigin = 255;

/** Letters, digits and signs of host names and addresses: URL lets more through, such as an asterisk. */
const host = /^(\[[0-9a-f:]+\]|[a-z0-9._-]+)$/;

/**
 * Whether `text` is an origin as a browser writes it (RFC 6454, section 6.2) and a portal may have: `https://host[:port]`,
 * or http on the machine itself. Whatever a browser would write otherwise (upper case, a default port, a path, a host
 * that is not in its ASCII form) is none. No imports of Node: the pages' code asks this as well.
 */
export function isOrigin(text: string): boolean {
  if (text.length > longestOrigin || !URL.canParse(text)) return false;
  const { origin, protocol, hostname } = new URL(text);
  if (!host.test(hostname)) return false;
  const onMachine = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
  return origin === text && (protocol === 'https:' || (protocol === 'http:' && onMachine));
}
