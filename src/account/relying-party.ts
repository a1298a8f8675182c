import { SealgateError } from '../error.ts';
import { type Registration, registrationSchema } from '../relying-party/registration.ts';
import type { Client } from '../relying-party/registry.ts';
import { pageAddress, pageOrigin, type SignInService } from '../sign-in/challenge.ts';

/** Identifier of the relying party that the account page itself is. */
export const accountClientId = 'sealgate-account';

/** Path of the account page below the service's own. */
export const accountPath = '/account';

/** The account page as a relying party of the sign-in, as it is registered when somebody first wants to sign in there. */
function accountRegistration(service: Pick<SignInService, 'issuer'>): Registration {
  return registrationSchema.parse({
    id: accountClientId,
    name: { en: 'Account of the organisation', ru: 'Кабинет организации' },
    origins: [pageOrigin(service)],
    policy: { organisationView: true, sessionMinutes: 60, sessionIdleMinutes: 15 },
  });
}

/**
 * The relying party that the account page is: registered with its own policy unless the operator has done that before,
 * and with the service's own origin, whatever it was then. The operator closes the page by disabling it, or its
 * `organisationView`; then this throws `client_forbidden`.
 */
export async function accountClient(service: SignInService, at: number): Promise<Client> {
  let client = await service.clients.find(accountClientId, at);
  if (client === undefined) {
    await service.clients.provide(accountRegistration(service), at);
    client = await service.clients.find(accountClientId, at);
  }
  if (client?.policy.organisationView !== true)
    throw new SealgateError('client_forbidden', { field: 'organisationView', value: accountClientId });
  return { ...client, origins: [pageOrigin(service)] };
}

/** Absolute address below the account page. */
export function accountAddress(service: Pick<SignInService, 'issuer'>, path = ''): string {
  return pageAddress(service, `${accountPath}${path}`);
}
