import { decodeJwt } from 'jose';
import { checkAssertion, longestAssertion } from '../assertion/check.ts';
import { SealgateError } from '../error.ts';
import { useSession } from '../session/use.ts';
import type { Call, OrganisationCall } from './route.ts';

/** Where an organisation's view of itself begins. */
export const organisationPath = '/v1/organisations/:ogrn';

/**
 * The audience of assertions that are made for this service itself. One that is meant for the relying party through
 * which the organisation signed in will do as well; one that went on to another system will not, since that system
 * could otherwise act here in the organisation's name.
 */
export const ownAudience = 'urn:sealgate:organisations';

/**
 * Opens a call of an organisation about itself: `Authorization: Bearer` with an assertion in force, of the
 * organisation that the address names, through a relying party that may open this view.
 *
 * Whoever asks spends an allowance of their own, that of the organisation and certificate which the assertion proves:
 * never the relying party's, by whose it could keep everybody else out, nor that of colleagues with other certificates.
 * It is spent as soon as the assertion is found in force, whatever comes of the request, since asking for other
 * organisations is guessing. What shows no assertion in force has proven nobody, and costs nobody's.
 *
 * Throws `assertion_invalid`, `assertion_expired`, `assertion_revoked`, `session_ended`, `rate_limited`,
 * `client_forbidden`, `organisation_view_forbidden`.
 */
export async function organisationCall(call: Call): Promise<Omit<OrganisationCall<undefined>, 'body'>> {
  const { service, request, at } = call;
  const token = bearerToken(request.headers.authorization);
  const keys = await service.assertionKeys.published(at);
  const { database, issuer } = service;
  const audiences = [ownAudience, clientNamedIn(token)];
  const assertion = await checkAssertion(token, { database, keys, issuer, audiences }, at);
  const { sub, client_id: id, 'x5t#S256': certificate } = assertion.claims;
  service.organisationLimit(`${sub} ${certificate}`, at);
  const client = await service.clients.find(id, at);
  if (client?.policy.organisationView !== true) {
    throw new SealgateError('client_forbidden', { field: 'organisationView', value: id });
  }
  const { ogrn } = request.params;
  if (typeof ogrn !== 'string' || sub !== `ogrn:${ogrn}`) {
    throw new SealgateError('organisation_view_forbidden', { organisation: String(ogrn) });
  }
  await useSession(database, assertion.session, at);
  const { claims, session } = assertion;
  return { ...call, insider: { subject: sub, claims, session, client } };
}

function bearerToken(header: string | undefined): string {
  const token = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header ?? '')?.[1];
  if (token === undefined) throw new SealgateError('assertion_invalid', { problem: 'assertion-absent' });
  if (token.length > longestAssertion) {
    throw new SealgateError('assertion_invalid', { problem: 'assertion-too-long' });
  }
  return token;
}

/** Read before the signature is checked, and used for nothing but what that check then vouches for. */
function clientNamedIn(token: string): string {
  try {
    const { client_id: id } = decodeJwt(token);
    if (typeof id === 'string') return id;
  } catch {
    // Whatever is wrong with it, the check of the assertion names it.
  }
  return ownAudience;
}
