import { type Config, proxyOf } from '../config.ts';
import { Fetcher, usualFetch } from '../fetch/fetcher.ts';
import type { CertificateHeader } from '../oidc/client-certificate.ts';

/** What fetches the key sets that relying parties publish, by this configuration. */
export function keySetFetcher(config: Config): Fetcher {
  const { keySetNetworks: allowedNetworks } = config;
  return new Fetcher({ ...usualFetch, allowedNetworks, redirects: 0, retries: 0, proxy: proxyOf(config) });
}

/** Where certificates of TLS clients come from, by this configuration; undefined where none are taken. */
export function certificateHeaderOf({
  clientCertificateHeader: name,
  clientCertificateProxies: proxies,
}: Config): CertificateHeader | undefined {
  return name === undefined ? undefined : { name, proxies };
}
