/** By which proxies the network is reached; directly where none is named. */
export interface ProxySettings {
  /** URL of the proxy for http. */
  readonly http?: string;
  /** URL of the one for https; that for http where it is absent. */
  readonly https?: string;
  /** Hosts that are reached without, separated by commas, as in the variable NO_PROXY. */
  readonly exceptFor?: string;
}

/**
 * The proxy by which `url` is asked for, as `dispatcherBy` chooses it; undefined where it is asked directly. Entries of
 * `exceptFor` hold for their subdomains too, and for one port where they name it; `*` alone holds for every host.
 */
export function proxyFor(
  proxy: ProxySettings | undefined,
  { protocol, host, port }: URL,
): string | undefined {
  const { http, https = http, exceptFor = '' } = proxy ?? {};
  const by = protocol === 'https:' ? https : http;
  // With the brackets of an IPv6 address, as the exceptions have it.
  const name = host.replace(/:\d*$/, '').toLowerCase();
  const asked = port === '' ? defaultPorts[protocol] : port;
  const isExcepted = exceptFor.split(/[,\s]/).some((entry) => {
    const [, known = entry, only] = /^(.+):(\d+)$/.exec(entry) ?? [];
    const domain = known.replace(/^\*?\./, '').toLowerCase();
    if (domain === '' || (only !== undefined && only !== asked)) return false;
    return name === domain || name.endsWith(`.${domain}`);
  });
  return exceptFor === '*' || isExcepted ? undefined : by;
}

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };
