import { setTimeout } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import { signInWith, startWhole } from '../service/whole.ts';
import { isLong, mainEngines, onlyLong } from './scene.ts';

const hour = 3_600_000;

/** Within so many ms of its recovery a host is asked again. */
const recovery = 120_000;

/** What the hosts of lists and answers do; absent where they answer as they should. */
let fault: RequestHandler | undefined;
let authority: Authority;
let other: Authority;
let good: IssuedCertificate;
let revoked: IssuedCertificate;
beforeAll(async () => {
  const before: RequestHandler = (request, response, next) =>
    fault === undefined ? next() : fault(request, response, next);
  authority = await createAuthority({ algorithm: 'ecdsa-p256', serve: { before } });
  other = await createAuthority({ algorithm: 'ecdsa-p256', serve: {} });
  const subscriber = sampleSubscriber('legal-entity');
  const issue = () => authority.issue({ subscriber, notBefore: Date.now() - hour });
  [good, revoked] = [await issue(), await issue()];
  authority.revoke(revoked.certificate);
});
afterAll(async () => {
  await authority.close();
  await other.close();
});

/** Another authority's words, under this one's address. */
const lie: RequestHandler = (request, response) => {
  void (async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const { method, headers } = request;
    const type = headers['content-type'];
    const theirs = await fetch(`${other.url}${request.url}`, {
      method,
      ...(type === undefined ? {} : { headers: { 'content-type': type } }),
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    });
    response.status(theirs.status).end(Buffer.from(await theirs.arrayBuffer()));
  })();
};

const faults: readonly (readonly [string, RequestHandler])[] = [
  ['dead', (request) => void request.socket.destroy()],
  ['lying', lie],
  ['confused', (_, response) => void response.end('<html>Welcome to the hotel’s network</html>')],
];

/** What it takes long to be done with: whoever does not answer is left alone for a while. */
const silent = new Set(['dead']);

describe.each(mainEngines)('a service on %s whose hosts of lists and answers are', (engine, makeStore) => {
  const all = faults.map(([name, act]) => ({ name, act, isSkipped: !isLong && silent.has(name) }));
  for (const { name, act, isSkipped } of all)
    it.skipIf(isSkipped)(
      `${name} lets nobody in by that, and everybody in again who may${isSkipped ? onlyLong : ''}`,
      async () => {
        const { environment } = await makeStore();
        const service = await startWhole({ authority, environment: { ...environment } });
        const portal = await service.portal({ policy: policySchema.parse({ requireQualified: false }) });
        const tried = { good: 0, revoked: 0, letInWrongly: 0, refused: 0 };
        const signIn = async (who: 'good' | 'revoked', expected: RegExp, patience = 0) => {
          const answer = () => signInWith(portal, who === 'good' ? good : revoked);
          let { status, body } = await answer();
          // A host that did not answer is left alone for a while.
          for (let waited = 0; body.code === 'revocation_unavailable' && waited < patience; waited += 500) {
            await setTimeout(500);
            ({ status, body } = await answer());
          }
          tried[who] += 1;
          if (status === 200) tried.letInWrongly += expected.test('passed') ? 0 : 1;
          else tried.refused += 1;
          expect(status === 200 ? 'passed' : body.code).toMatch(expected);
        };

        fault = act;
        await signIn('good', /^revocation_(undetermined|unavailable)$/);
        await signIn('revoked', /^(revocation_(undetermined|unavailable)|certificate_revoked)$/);
        fault = undefined;
        await signIn('revoked', /^certificate_revoked$/, recovery);
        await signIn('good', /^passed$/, recovery);
        // What is held by now goes on, for as long as it says, and for the revoked one as well.
        fault = act;
        await signIn('good', /^passed$/);
        await signIn('revoked', /^certificate_revoked$/);
        fault = undefined;

        const passed: unknown[] = [];
        for await (const { record } of readAudit(service.service.database)) {
          const { event } = JSON.parse(record) as { event: string };
          if (event === 'login.passed') passed.push(event);
        }
        expect(passed).toHaveLength(2);
        console.log(`hosts ${name}, over ${engine}: ${JSON.stringify(tried)}`);
        expect(tried.letInWrongly).toBe(0);
        await service.dispose();
      },
    );
});
