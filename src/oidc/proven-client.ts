import type { IncomingMessage } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';

/** Addresses at which a relying party proves itself, by its secret, its key or its certificate. */
const authenticated: ReadonlySet<string> = new Set([
  'token',
  'pushed_authorization_request',
  'introspection',
  'revocation',
]);

const provenClient = Symbol('the relying party that proved itself');

/** A request on which the library's side leaves who proved itself. */
type ProvenRequest = IncomingMessage & { [provenClient]?: string };

/** Notes on the request which relying party has proved itself, once the library has answered. */
export function noteProvenClient({ oidc, req, status }: KoaContextWithOIDC): void {
  const client = oidc.route === 'userinfo' ? ofToken(oidc, status) : ofAuthentication(oidc, status);
  if (client !== undefined) (req as ProvenRequest)[provenClient] = client;
}

/** The relying party that `noteProvenClient` has noted; undefined where nobody has proved anything. */
export function provenClientOf(request: IncomingMessage): string | undefined {
  return (request as ProvenRequest)[provenClient];
}

/** RFC 6749, section 5.2: who fails to prove himself is answered with 401. A public client proves nothing. */
function ofAuthentication({ client, route }: KoaContextWithOIDC['oidc'], status: number): string | undefined {
  if (client === undefined || client.clientAuthMethod === 'none') return undefined;
  return authenticated.has(route) && status !== 401 ? client.clientId : undefined;
}

function ofToken({ accessToken }: KoaContextWithOIDC['oidc'], status: number): string | undefined {
  return status === 200 ? accessToken?.clientId : undefined;
}
