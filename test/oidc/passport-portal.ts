import express from 'express';
import session from 'express-session';
import * as openid from 'openid-client';
import { Strategy } from 'openid-client/passport';
import { Passport } from 'passport';
import type { PortalKind } from './portals.ts';
import { shown } from './shown.ts';

/** Who is signed in, as this portal keeps it. */
interface User {
  readonly name?: string;
}

/** openid-client's strategy for passport, as its guide has it. */
export const passportPortal: PortalKind = {
  name: 'openid-client/passport',
  back: '/back',
  app({ issuer, clientId, clientSecret, origin }) {
    const app = express();
    const passport = new Passport();
    passport.serializeUser<Express.User>((user, done) => done(null, user));
    passport.deserializeUser<Express.User>((user, done) => done(null, user));
    app.use(session({ secret: 'x'.repeat(32), resave: false, saveUninitialized: false }));
    app.use(passport.initialize(), passport.session());
    const configured = openid
      .discovery(new URL(issuer), clientId, clientSecret, undefined, {
        execute: [openid.allowInsecureRequests],
      })
      .then((config) => {
        const options = { config, scope: 'openid organisation', callbackURL: `${origin}/back` };
        const strategy = new Strategy(options, async (tokens, verified) => {
          const info = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '');
          verified(null, info.organisation as User);
        });
        passport.use('sealgate', strategy);
      });
    app.get('/sign-in', async (request, response, next) => {
      await configured;
      passport.authenticate('sealgate')(request, response, next);
    });
    app.get('/back', passport.authenticate('sealgate', { successRedirect: '/' }));
    app.get('/', (request, response) => {
      response.type('html').send(shown((request.user as User | undefined)?.name));
    });
    return app;
  },
};
