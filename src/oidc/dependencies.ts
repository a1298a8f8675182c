import type { SignInService } from '../sign-in/challenge.ts';

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
  /** Now, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Is told of what a person is not told of. */
  readonly failed: (error: unknown) => void;
}

/** The issuer of OpenID Connect: below the service's own address. */
export function oidcIssuer({ issuer }: Pick<SignInService, 'issuer'>): string {
  return `${issuer.replace(/\/$/, '')}/oidc`;
}
