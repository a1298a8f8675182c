import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { oidcRegistrationSchema } from '../../src/relying-party/oidc-registration.ts';
import { registrationSchema } from '../../src/relying-party/registration.ts';
import { Visitor } from '../oidc/visitor.ts';
import { startTestService } from '../service/portal.ts';
import { type Contender, compare, type Figure, repeatAsync } from './measure.ts';

const redirectUri = 'https://portal.example/back';
const verifier = 'v'.repeat(43);
const challenge = createHash('sha256').update(verifier).digest('base64url');
const query = String(
  new URLSearchParams({
    ...{
      client_id: 'portal',
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'openid organisation',
    },
    ...{ code_challenge: challenge, code_challenge_method: 'S256', state: 'state' },
  }),
);

/** So many people sign in at the same time. */
const atOnce = 16;

/** Where people sign in, and who the portal is. */
interface Place {
  /** Base of the endpoints. */
  readonly base: string;
  readonly secret: string;
  /** Goes through a new browser's authorization request; gives the address at which it comes back. */
  authorize(): Promise<URL>;
  close(): Promise<void>;
}

/**
 * A whole sign-in by OpenID Connect, from the authorization request to userinfo, sixteen at once over HTTP, with a
 * durable store and a signature of the person (Ed25519) that is checked; against the same library with its store in
 * memory, where the interaction is finished without asking anybody.
 */
export async function oidcBenchmarks(): Promise<readonly Figure[]> {
  const [ours, theirs] = [await ourPlace(), await theirPlace()];
  try {
    return [
      await compare(
        'OpenID Connect, whole sign-in, a second',
        'oidc-provider in memory, nothing signed',
        signIns(ours),
        signIns(theirs),
        0.5,
      ),
      await compare(
        'OpenID Connect, introspection, a second',
        'oidc-provider in memory',
        await introspections(ours),
        await introspections(theirs),
      ),
      await compare(
        'OpenID Connect, key set, a second',
        'oidc-provider in memory',
        keySets(ours),
        keySets(theirs),
      ),
    ];
  } finally {
    await ours.close();
    await theirs.close();
  }
}

function signIns(place: Place): Contender {
  return async (milliseconds) => {
    const start = performance.now();
    let count = 0;
    const person = async () => {
      while (performance.now() - start < milliseconds) {
        await signIn(place);
        count += 1;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, person));
    return (count / (performance.now() - start)) * 1000;
  };
}

/** A relying party asks whether a token is good, one after the other. */
async function introspections(place: Place): Promise<Contender> {
  const token = await tokenOf(place);
  return repeatAsync(async () => {
    const reply = await fetch(`${place.base}/token/introspection`, {
      method: 'POST',
      headers: { authorization: basic(place) },
      body: new URLSearchParams({ token }),
    });
    const { active } = (await reply.json()) as { active?: boolean };
    if (active !== true) throw new Error('the token is none');
  });
}

function keySets({ base }: Place): Contender {
  return repeatAsync(async () => {
    const { keys } = (await (await fetch(`${base}/jwks`)).json()) as { keys: unknown[] };
    if (keys.length === 0) throw new Error('there are no keys');
  });
}

function basic({ secret }: Place): string {
  return `Basic ${Buffer.from(`portal:${secret}`).toString('base64')}`;
}

async function signIn(place: Place): Promise<void> {
  const info = await fetch(`${place.base}/me`, {
    headers: { authorization: `Bearer ${await tokenOf(place)}` },
  });
  const { sub } = (await info.json()) as { sub?: string };
  if (sub === undefined) throw new Error('nobody was signed in');
}

async function tokenOf(place: Place): Promise<string> {
  const code = (await place.authorize()).searchParams.get('code') ?? '';
  const reply = await fetch(`${place.base}/token`, {
    method: 'POST',
    headers: { authorization: basic(place) },
    body: new URLSearchParams({
      ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier },
    }),
  });
  const { access_token: token } = (await reply.json()) as { access_token: string };
  return token;
}

async function ourPlace(): Promise<Place> {
  const service = await startTestService(
    {},
    {
      SEALGATE_ISSUER: 'https://sign.example',
      SEALGATE_OPEN_REQUESTS_PER_SECOND: '1000000',
      SEALGATE_REQUESTS_PER_SECOND: '1000000',
      SEALGATE_LOG_LEVEL: 'silent',
    },
  );
  const { secret } = await service.service.clients.add(
    registrationSchema.parse({
      id: 'portal',
      name: { en: 'Portal', ru: 'Портал' },
      origins: ['https://portal.example'],
      oidc: oidcRegistrationSchema.parse({ redirectUris: [redirectUri], consent: 'waived' }),
    }),
    Date.now(),
  );
  return {
    base: `${service.url}/oidc`,
    secret,
    authorize: async () => (await new Visitor(service).open(`https://sign.example/oidc/auth?${query}`)).url,
    close: () => service.dispose(),
  };
}

async function theirPlace(): Promise<Place> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const secret = 's'.repeat(43);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(base, {
    clients: [
      {
        ...{ client_id: 'portal', client_secret: secret, redirect_uris: [redirectUri] },
        ...{ response_types: ['code'], grant_types: ['authorization_code'] },
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [privateKey.export({ format: 'jwk' })] },
    claims: { openid: ['sub'], organisation: ['organisation'] },
    scopes: ['openid', 'organisation'],
    features: { devInteractions: { enabled: false }, introspection: { enabled: true } },
    findAccount: async (_context, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, organisation: { name: 'ПАО «Ромашка»' } }),
    }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        accountId: oidc.session?.accountId ?? '',
        clientId: oidc.client?.clientId ?? '',
      });
      grant.addOIDCScope('openid organisation');
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on('request', async (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void answer(request, response);
    await provider.interactionFinished(request, response, { login: { accountId: 'ogrn:1027700132195' } });
  });
  const visited = { url: base, service: { issuer: base } } as unknown as ConstructorParameters<
    typeof Visitor
  >[0];
  return {
    base,
    secret,
    authorize: async () => (await new Visitor(visited).open(`${base}/auth?${query}`)).url,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
