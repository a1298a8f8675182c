import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import type { ProxySettings } from './proxy.ts';

export { request } from 'undici';

/**
 * What carries every request that leaves the machine: by the operator's proxies and no others, so that a variable of
 * the environment counts only where the configuration has taken it over. Names are then resolved by the proxy. https
 * goes through a tunnel, which keeps its contents to the two ends; http is asked of the proxy, which sees all of it.
 */
export function dispatcherBy(proxy: ProxySettings | undefined, options: Agent.Options): Dispatcher {
  if (proxy?.http === undefined && proxy?.https === undefined) return new Agent(options);
  return new EnvHttpProxyAgent({
    ...options,
    httpProxy: proxy.http ?? '',
    httpsProxy: proxy.https ?? proxy.http ?? '',
    noProxy: proxy.exceptFor ?? '',
    proxyTunnel: false,
  });
}
