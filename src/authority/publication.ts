import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { isFailure } from '../error.ts';
import type { Issuer } from './issuer.ts';
import { makeOcspError } from './ocsp.ts';

/** Larger questions are refused unread; real ones stay below 1 KiB. */
const largestQuestion = '64kb';

/** What an authority answers for over HTTP. */
export interface PublishedAuthority {
  /** By short name. */
  readonly issuers: ReadonlyMap<string, Issuer>;
  /** Answers a time-stamp question (RFC 3161), DER. */
  stamp(request: Uint8Array): Promise<Uint8Array>;
}

/**
 * `GET /ca/NAME.cer`, `GET /crl/NAME.crl`, `POST /ocsp/NAME` and `GET /ocsp/NAME/QUESTION` (RFC 6960, appendix A),
 * `POST /tsp` (RFC 3161, section 3.4); NAME is an issuer's short name.
 */
export function authorityApp(authority: PublishedAuthority, before?: RequestHandler): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  if (before !== undefined) app.use(before);

  app.get('/ca/:file', (request, response, next) => {
    const issuer = authority.issuers.get(slugOf(request.params.file, '.cer'));
    if (issuer === undefined) next();
    else response.type('application/pkix-cert').send(Buffer.from(issuer.certificate));
  });
  app.get('/crl/:file', async (request, response, next) => {
    const issuer = authority.issuers.get(slugOf(request.params.file, '.crl'));
    if (issuer === undefined) next();
    else response.type('application/pkix-crl').send(Buffer.from(await issuer.currentCrl()));
  });

  const body = express.raw({ type: () => true, limit: largestQuestion });
  app.post('/ocsp/:slug', body, async (request, response, next) => {
    const issuer = authority.issuers.get(request.params.slug);
    if (issuer === undefined) next();
    else sendOcsp(response, await issuer.answerOcsp(octetsOf(request.body)));
  });
  app.get('/ocsp/:slug/*question', async (request, response, next) => {
    const issuer = authority.issuers.get(request.params.slug);
    if (issuer === undefined) return next();
    const question = request.params.question.join('/');
    sendOcsp(response, await issuer.answerOcsp(Buffer.from(question, 'base64')));
  });
  app.post('/tsp', body, async (request, response) => {
    const answer = await authority.stamp(octetsOf(request.body));
    response.type('application/timestamp-reply').send(Buffer.from(answer));
  });

  app.use((_request, response) => {
    response.status(404).type('text/plain').send('not found\n');
  });
  const onError: ErrorRequestHandler = (error: unknown, request, response, _next) => {
    if (request.path.startsWith('/ocsp/')) return sendOcsp(response, makeOcspError('internalError'));
    response
      .status((isFailure(error) ? error.failure.status : undefined) ?? 500)
      .type('text/plain')
      .send('the authority could not answer\n');
  };
  app.use(onError);
  return app;
}

function sendOcsp(response: express.Response, answer: Uint8Array): void {
  response.type('application/ocsp-response').set('Cache-Control', 'no-store').send(Buffer.from(answer));
}

function slugOf(file: string, ending: string): string {
  return file.endsWith(ending) ? file.slice(0, -ending.length) : '';
}

function octetsOf(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}
