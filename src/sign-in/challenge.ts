import { challengeLifetime, type IssuedChallenge, issueChallenge } from '../challenge/challenge.ts';
import type { LoginDependencies } from '../login/request.ts';
import type { Client, ClientRegistry } from '../relying-party/registry.ts';
import type { KeptRequest } from './request.ts';

/** What sign-ins by the page work with. */
export interface SignInService extends LoginDependencies {
  readonly clients: ClientRegistry;
}

/** Origin of the service's own pages: what people see in the address bar. */
export function pageOrigin({ issuer }: Pick<SignInService, 'issuer'>): string {
  return new URL(issuer).origin;
}

/** Path below which the service's pages stand: that of its issuer, without a slash at its end; usually empty. */
export function pageBase({ issuer }: Pick<SignInService, 'issuer'>): string {
  return new URL(issuer).pathname.replace(/\/$/, '');
}

/** Absolute address of one of the service's pages. */
export function pageAddress(service: Pick<SignInService, 'issuer'>, path: string): string {
  return `${pageOrigin(service)}${pageBase(service)}${path}`;
}

/** What a challenge of a page's sign-in is bound to, beside its relying party. */
export interface PageBinding {
  readonly origin: string;
  readonly browser: string;
  readonly page: string;
  readonly handOver?: string;
}

/** The binding of the challenge that the first browser signs: by the sign-in itself, which knows its browser. */
export function ownBinding(
  service: Pick<SignInService, 'issuer'>,
  idHash: Uint8Array,
  request: KeptRequest,
): PageBinding {
  const browser = `sign-in ${Buffer.from(idHash).toString('base64url')}`;
  return { origin: request.requester.origin, browser, page: pageOrigin(service) };
}

/** The binding of the challenge that another screen signs. */
export function otherBinding(
  service: Pick<SignInService, 'issuer'>,
  other: { readonly hash: Uint8Array; readonly code: string },
  request: KeptRequest,
): PageBinding {
  const browser = `other screen ${Buffer.from(other.hash).toString('base64url')}`;
  return { origin: request.requester.origin, browser, page: pageOrigin(service), handOver: other.code };
}

/** Issues the challenge of a page, in the language of the request. */
export function pageChallenge(
  { challengeKeys }: Pick<SignInService, 'challengeKeys'>,
  client: Client,
  request: KeptRequest,
  binding: PageBinding,
  at: number,
): IssuedChallenge {
  const { language, organisation, requester } = request;
  return issueChallenge(
    challengeKeys,
    {
      ...binding,
      relyingParty: client.id,
      portal: requester.name ?? client.name[language],
      language,
      lifetime: challengeLifetime,
      ...(organisation ? { organisation } : {}),
    },
    at,
  );
}
