import type { FetchClient } from '../fetch/fetcher.ts';
import type { SignInService } from '../sign-in/challenge.ts';
import type { CertificateHeader } from './client-certificate.ts';

/** What pages are made with: addresses of the stylesheet and the icon, and the headers that go with each page. */
export interface PageAssets {
  readonly style: { readonly path: string };
  readonly icon: { readonly path: string };
  readonly headers: Readonly<Record<string, string>>;
}

/** What OpenID Connect works with. */
export interface OidcDependencies
  extends Pick<SignInService, 'database' | 'clients' | 'challengeKeys' | 'assertionKeys' | 'issuer'> {
  readonly pages: PageAssets;
  /** How long after its last use a browser's sign-in is used for further portals, in milliseconds. */
  readonly idleTime: number;
  /** Fetches the key sets that relying parties publish. */
  readonly fetcher: FetchClient;
  /** Where certificates of TLS clients come from; nobody can prove himself by one if absent. */
  readonly certificates?: CertificateHeader;
  /** Now, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Is told of what a person is not told of. */
  readonly failed: (error: unknown) => void;
}

/** The issuer of OpenID Connect: below the service's own address. */
export function oidcIssuer({ issuer }: Pick<SignInService, 'issuer'>): string {
  return `${issuer.replace(/\/$/, '')}/oidc`;
}
