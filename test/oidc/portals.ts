import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import expressOpenIdConnect from 'express-openid-connect';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { requireSignIn, type SealgateRequest, sealgate } from '../../src/portal/index.ts';
import { passportPortal } from './passport-portal.ts';
import { shown } from './shown.ts';

/** What a portal is given to sign people in with. */
export interface PortalSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Its own origin. */
  readonly origin: string;
}

/** A portal as its makers' guide has it: `/` shows who is signed in, `/sign-in` begins, `/sign-out` ends. */
export interface PortalKind {
  readonly name: string;
  /** Path of the registered redirect address, and of the one for logouts. */
  readonly back: string;
  readonly logout?: string;
  app(settings: PortalSettings): RequestListener;
}

/** The package that this project publishes. */
const own: PortalKind = {
  name: 'sealgate/portal',
  back: '/sign-in/back',
  logout: '/sign-in/logout',
  app(settings) {
    const app = express();
    app.use(sealgate(settings));
    app.get('/', (request: SealgateRequest, response) => {
      response.type('html').send(shown(request.sealgate?.organisation?.name));
    });
    app.get('/inside', requireSignIn(), (request: SealgateRequest, response) => {
      response.type('html').send(shown(request.sealgate?.signer?.name));
    });
    return app;
  },
};

const auth0: PortalKind = {
  name: 'express-openid-connect',
  back: '/callback',
  logout: '/backchannel-logout',
  app({ issuer, clientId, clientSecret, origin }) {
    const app = express();
    const ended = new Map<string, unknown>();
    app.use(
      expressOpenIdConnect.auth({
        issuerBaseURL: issuer,
        baseURL: origin,
        clientID: clientId,
        clientSecret,
        secret: 'x'.repeat(32),
        authRequired: false,
        idpLogout: true,
        idTokenSigningAlg: 'ES256',
        authorizationParams: { response_type: 'code', scope: 'openid organisation signer' },
        routes: { login: '/sign-in', logout: '/sign-out', callback: '/callback' },
        backchannelLogout: {
          store: {
            get: (id: string, done: (error: unknown, found?: unknown) => void) => done(null, ended.get(id)),
            set: (id: string, value: unknown, done: (error?: unknown) => void) => {
              ended.set(id, value);
              done();
            },
            destroy: (id: string, done: (error?: unknown) => void) => {
              ended.delete(id);
              done();
            },
          },
        } as never,
      }),
    );
    app.get('/', async (request, response) => {
      const oidc = (
        request as unknown as { oidc: { isAuthenticated(): boolean; fetchUserInfo(): Promise<unknown> } }
      ).oidc;
      const info = oidc.isAuthenticated()
        ? ((await oidc.fetchUserInfo()) as { organisation?: { name?: string } })
        : undefined;
      response.type('html').send(shown(info?.organisation?.name));
    });
    return app;
  },
};

/** openid-client, with the answer in the address, or posted. */
const certified = (mode: 'query' | 'form_post'): PortalKind => ({
  name: mode === 'query' ? 'openid-client' : 'openid-client/form_post',
  back: '/back',
  app({ issuer, clientId, clientSecret, origin }) {
    const app = express();
    const configured = openid.discovery(new URL(issuer), clientId, clientSecret, undefined, {
      execute: [openid.allowInsecureRequests],
    });
    let pending: openid.AuthorizationCodeGrantChecks = {};
    let who: string | undefined;
    app.get('/sign-in', async (_request, response) => {
      const pkceCodeVerifier = openid.randomPKCECodeVerifier();
      pending = {
        pkceCodeVerifier,
        expectedState: openid.randomState(),
        expectedNonce: openid.randomNonce(),
      };
      const url = openid.buildAuthorizationUrl(await configured, {
        redirect_uri: `${origin}/back`,
        scope: 'openid organisation',
        response_mode: mode,
        code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        state: String(pending.expectedState),
        nonce: String(pending.expectedNonce),
      });
      response.redirect(url.href);
    });
    app.use('/back', express.text({ type: 'application/x-www-form-urlencoded' }));
    app.all('/back', async (request, response) => {
      const config = await configured;
      const address = new URL(request.originalUrl, origin);
      const posted = () => new Request(address, { method: 'POST', body: new URLSearchParams(request.body) });
      const answer = mode === 'query' ? address : posted();
      const tokens = await openid.authorizationCodeGrant(config, answer, pending);
      const info = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '');
      who = (info.organisation as { name?: string }).name;
      response.redirect('/');
    });
    app.get('/', (_request, response) => void response.type('html').send(shown(who)));
    return app;
  },
});

const bare: PortalKind = {
  name: 'oauth4webapi',
  back: '/back',
  app({ issuer, clientId, clientSecret, origin }) {
    const app = express();
    const insecure = { [oauth.allowInsecureRequests]: true };
    const client: oauth.Client = { client_id: clientId };
    const method = oauth.ClientSecretBasic(clientSecret);
    const server = async () =>
      oauth.processDiscoveryResponse(
        new URL(issuer),
        await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oidc', ...insecure }),
      );
    let pending = { verifier: '', state: '', nonce: '' };
    let who: string | undefined;
    app.get('/sign-in', async (_request, response) => {
      pending = {
        verifier: oauth.generateRandomCodeVerifier(),
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
      };
      const parameters = new URLSearchParams({
        ...{ client_id: clientId, redirect_uri: `${origin}/back`, response_type: 'code' },
        ...{ scope: 'openid organisation', state: pending.state, nonce: pending.nonce },
        code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
      });
      const found = await server();
      const pushed = await oauth.processPushedAuthorizationResponse(
        found,
        client,
        await oauth.pushedAuthorizationRequest(found, client, method, parameters, insecure),
      );
      const url = new URL(String(found.authorization_endpoint));
      url.search = String(new URLSearchParams({ client_id: clientId, request_uri: pushed.request_uri }));
      response.redirect(url.href);
    });
    app.get('/back', async (request, response) => {
      const found = await server();
      const given = oauth.validateAuthResponse(
        found,
        client,
        new URL(request.originalUrl, origin),
        pending.state,
      );
      const reply = await oauth.authorizationCodeGrantRequest(
        ...([found, client, method, given, `${origin}/back`, pending.verifier, insecure] as const),
      );
      const tokens = await oauth.processAuthorizationCodeResponse(found, client, reply, {
        expectedNonce: pending.nonce,
        requireIdToken: true,
      });
      const { sub } = oauth.getValidatedIdTokenClaims(tokens) ?? { sub: '' };
      const info = await oauth.processUserInfoResponse(
        found,
        client,
        sub,
        await oauth.userInfoRequest(found, client, tokens.access_token, insecure),
      );
      who = (info.organisation as { name?: string }).name;
      response.redirect('/');
    });
    app.get('/', (_request, response) => void response.type('html').send(shown(who)));
    return app;
  },
};

/** Every client that is tried, each as a portal of its own. */
export const portalKinds: readonly PortalKind[] = [
  own,
  auth0,
  certified('query'),
  certified('form_post'),
  passportPortal,
  bare,
];

/** A portal that answers on a free port. */
export interface RunningPortal {
  readonly origin: string;
  /** Begins to answer; before that it has only its address. */
  run(app: RequestListener): void;
  close(): void;
}

/** Takes a free port for a portal. */
export async function openPortal(): Promise<RunningPortal> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    run: (app) => void server.on('request', app),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
