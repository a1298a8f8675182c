import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import type { Certificate } from '../../src/certificate/certificate.ts';
import { usualFetch } from '../../src/fetch/fetcher.ts';
import { checkRevocation } from '../../src/revocation/check.ts';
import { type RevocationPolicy, strictPolicy } from '../../src/revocation/policy.ts';
import type { Problem, ProblemName } from '../../src/revocation/problem.ts';
import { createSources, usualSources } from '../../src/revocation/sources.ts';
import { type Caught, caught } from '../failure-code.ts';
import { type Behaviour, Host, nonceOf } from './host.ts';
import {
  type AnswerOrder,
  day,
  type House,
  hour,
  makeAnswer,
  makeCertificate,
  makeHouse,
  makeList,
  makeRefusal,
  makeSigner,
  type Signer,
} from './maker.ts';

const at = Date.now();
const ocspSigning = '1.3.6.1.5.5.7.3.9';
const term = { notBefore: at - 10 * day, notAfter: at + 10 * day };
const serial = 77;

let host: Host;
let house: House;
let other: House;
let delegate: Signer;
let delegateCertificate: Certificate;

beforeAll(async () => {
  host = await Host.start();
  house = makeHouse(at, host.url('/root.crl'));
  other = makeHouse(at, host.url('/root.crl'), 'Other');
  delegate = makeSigner('Responder');
  delegateCertificate = makeCertificate({
    subject: delegate,
    issuer: house.authority,
    serial: 500,
    purposes: [ocspSigning],
    extensions: [noCheckExtension()],
    ...term,
  });
});

afterAll(() => host.stop());

beforeEach(() => {
  host.behaviours.clear();
  host.asked.length = 0;
  const list = makeList({ issuer: house.root, thisUpdate: at - hour, nextUpdate: at + day, number: 1 });
  host.serve('/root.crl', () => list);
});

function noCheckExtension(): Uint8Array {
  return Buffer.from('300f06092b0601050507300105040205 00'.replace(' ', ''), 'hex');
}

function subscriber(places: { listUrls?: string[]; responderUrls?: string[] }): Certificate {
  return makeCertificate({
    subject: makeSigner('Person'),
    issuer: house.authority,
    serial,
    ...term,
    ...places,
  });
}

/** Long enough for a machine that is busy, short enough to wait for in a test. */
const patienceFor = (problem: ProblemName) => ({ patience: problem === 'timed-out' ? 700 : 5000 });

async function check(certificate: Certificate, policy: Partial<RevocationPolicy> = {}) {
  const sources = createSources({
    ...usualSources,
    fetch: { ...usualFetch, allowedNetworks: ['127.0.0.1'], retries: 0 },
  });
  try {
    return await checkRevocation({
      path: house.path(certificate),
      sources,
      policy: { ...strictPolicy, patience: 5000, ...policy },
      budget: new Budget(),
      at,
      algorithms: currentAlgorithms,
    });
  } finally {
    await sources.fetcher.close();
  }
}

async function refusal(certificate: Certificate, policy?: Partial<RevocationPolicy>): Promise<Caught> {
  const error: unknown = await check(certificate, policy).catch((reason: unknown) => reason);
  return caught(error instanceof Error ? error : new Error('it passed'));
}

function problemsIn(error: Caught): readonly ProblemName[] {
  return (error.details.problems as readonly Problem[]).map(({ problem }) => problem);
}

const usual: Omit<AnswerOrder, 'responder' | 'issuer'> = {
  serial,
  thisUpdate: at - hour,
  nextUpdate: at + day,
};

/** A responder that gives the answer which `order` describes, made for the request. */
function answering(order: () => Partial<AnswerOrder>): Behaviour {
  return (_, response, body) => {
    response.end(
      makeAnswer({
        responder: house.authority,
        issuer: house.authority,
        ...usual,
        nonce: nonceOf(body),
        ...order(),
      }),
    );
  };
}

/** Faults of whatever is fetched: what happens on the wire. */
const wireFaults: readonly [string, Behaviour, ProblemName][] = [
  ['is silent', () => undefined, 'timed-out'],
  [
    'drips an octet at a time',
    async (_, response) => {
      response.writeHead(200, { 'content-length': 10_000 });
      while (!response.destroyed) {
        response.write('0');
        await delay(50);
      }
    },
    'timed-out',
  ],
  ['resets the connection', (request) => request.socket.resetAndDestroy(), 'connection-failed'],
  ['answers 500', (_, response) => response.writeHead(500).end('error'), 'http-status'],
  [
    'answers HTML with status 200',
    (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome</html>'),
    'malformed',
  ],
  ['answers an empty body', (_, response) => response.end(), 'malformed'],
  [
    'announces 200 MB',
    (_, response) => {
      response.writeHead(200, { 'content-length': 200_000_000 });
      response.write(Buffer.alloc(65_536));
    },
    'too-large',
  ],
  [
    'sends 200 MB without saying so',
    async (_, response) => {
      const piece = Buffer.alloc(1_000_000);
      for (let sent = 0; sent < 200 && !response.destroyed; sent++) {
        if (!response.write(piece))
          await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
      }
      response.end();
    },
    'too-large',
  ],
  [
    'redirects to the metadata service of a cloud',
    (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
    'address-forbidden',
  ],
  [
    'redirects to another address of this machine',
    (_, response) => response.writeHead(302, { location: 'http://127.0.0.2/' }).end(),
    'address-forbidden',
  ],
  [
    'redirects to a host that the chain does not name',
    (_, response) => response.writeHead(302, { location: 'http://elsewhere.example/' }).end(),
    'redirected',
  ],
  [
    'redirects in a circle',
    (request, response) => response.writeHead(302, { location: request.url ?? '' }).end(),
    'redirected',
  ],
];

describe('a responder that', () => {
  it.each(wireFaults)('%s leaves the status open', async (_, behaviour, problem) => {
    host.on('/ocsp', behaviour);
    const certificate = subscriber({ responderUrls: [host.url('/ocsp')] });
    const error = await refusal(certificate, patienceFor(problem));
    expect(error.code).toBe('revocation_unavailable');
    expect(problemsIn(error)).toContain(problem);
    expect(error.details.hosts).toEqual(['127.0.0.1']);
    expect(error.details.retryAfter).toBeGreaterThan(0);
  });

  it.each<[string, () => Partial<AnswerOrder>, ProblemName]>([
    ['repeats another nonce', () => ({ nonce: Buffer.alloc(32, 1) }), 'nonce-wrong'],
    ['answers for another serial number', () => ({ serial: serial + 1 }), 'other-certificate'],
    ['answers for another authority', () => ({ issuer: other.authority }), 'other-certificate'],
    ['does not know the certificate', () => ({ status: 'unknown' as const }), 'status-unknown'],
    [
      'answers from the future',
      () => ({ thisUpdate: at + hour, producedAt: at, nextUpdate: at + day }),
      'not-yet-valid',
    ],
    ['says it answered in the future', () => ({ producedAt: at + hour }), 'not-yet-valid'],
    [
      'signs with the key of another authority',
      () => ({ responder: other.authority, certificates: [other.authorityCertificate] }),
      'responder-unauthorised',
    ],
  ])('%s leaves the status open', async (_, order, problem) => {
    host.on('/ocsp', answering(order));
    const error = await refusal(subscriber({ responderUrls: [host.url('/ocsp')] }));
    expect(error.code).toBe('revocation_unavailable');
    expect(problemsIn(error)).toContain(problem);
  });

  it.each<[string, number, ProblemName]>([
    ['malformedRequest', 1, 'malformed-request'],
    ['internalError', 2, 'internal-error'],
    ['tryLater', 3, 'try-later'],
    ['sigRequired', 5, 'signature-required'],
    ['unauthorized', 6, 'unauthorized'],
    ['a status that does not exist', 4, 'malformed'],
  ])('says %s leaves the status open', async (_, status, problem) => {
    host.serve('/ocsp', () => makeRefusal(status));
    const error = await refusal(subscriber({ responderUrls: [host.url('/ocsp')] }));
    expect(error.code).toBe('revocation_unavailable');
    expect(problemsIn(error)).toContain(problem);
  });

  it('answers with what is cut off leaves the status open', async () => {
    host.on('/ocsp', (_, response, body) => {
      const whole = makeAnswer({
        responder: house.authority,
        issuer: house.authority,
        ...usual,
        nonce: nonceOf(body),
      });
      response.end(whole.subarray(0, whole.length - 10));
    });
    const error = await refusal(subscriber({ responderUrls: [host.url('/ocsp')] }));
    expect([error.code, ...problemsIn(error)]).toEqual(['revocation_unavailable', 'no-source', 'malformed']);
  });

  it('breaks off before the announced end leaves the status open', async () => {
    host.on('/ocsp', (_, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write(Buffer.alloc(100), () => response.destroy());
    });
    const error = await refusal(subscriber({ responderUrls: [host.url('/ocsp')] }));
    expect([error.code, ...problemsIn(error)]).toEqual(['revocation_unavailable', 'no-source', 'cut-off']);
  });

  it('answers with an old answer is told as stale', async () => {
    host.on(
      '/ocsp',
      answering(() => ({ thisUpdate: at - 3 * day, nextUpdate: at - day })),
    );
    const error = await refusal(subscriber({ responderUrls: [host.url('/ocsp')] }));
    expect(error.code).toBe('revocation_stale');
    expect(error.details.nextUpdate).toEqual(new Date(Math.floor((at - day) / 1000) * 1000));
  });

  it('leaves the nonce out is refused where the policy asks for it, and accepted where the answer is new', async () => {
    let producedAt = at - hour / 2;
    host.on(
      '/ocsp',
      answering(() => ({ nonce: undefined, producedAt })),
    );
    const certificate = subscriber({ responderUrls: [host.url('/ocsp')] });
    const error = await refusal(certificate, { requiresNonce: true });
    expect(problemsIn(error)).toContain('nonce-missing');
    expect((await check(certificate)).evidence[0].source).toBe('ocsp');
    producedAt = at - 2 * hour;
    expect(problemsIn(await refusal(certificate))).toContain('nonce-missing');
    expect((await check(certificate, { longestWithoutNonce: 3 * hour })).evidence[0].source).toBe('ocsp');
  });
});

describe('an answer signed by', () => {
  const signedBy = (signer: () => Signer, certificates: () => Certificate[], byName = false) =>
    host.on(
      '/ocsp',
      answering(() => ({ responder: signer(), certificates: certificates(), byName })),
    );

  it('a subscriber of the same authority leaves the status open', async () => {
    const person = makeSigner('Subscriber');
    const certificate = makeCertificate({ subject: person, issuer: house.authority, serial: 9, ...term });
    signedBy(
      () => person,
      () => [certificate],
    );
    const error = await refusal(subscriber({ responderUrls: [host.url('/ocsp')] }));
    expect(error.code).toBe('revocation_unavailable');
    expect(problemsIn(error)).toContain('responder-unauthorised');
  });

  it('a holder of anyExtendedKeyUsage leaves the status open', async () => {
    const person = makeSigner('Subscriber');
    const purposes = ['2.5.29.37.0'];
    const certificate = makeCertificate({
      subject: person,
      issuer: house.authority,
      serial: 9,
      purposes,
      ...term,
    });
    signedBy(
      () => person,
      () => [certificate],
    );
    expect(problemsIn(await refusal(subscriber({ responderUrls: [host.url('/ocsp')] })))).toContain(
      'responder-unauthorised',
    );
  });

  it('a responder whose certificate has expired leaves the status open', async () => {
    const expired = makeCertificate({
      subject: delegate,
      issuer: house.authority,
      serial: 501,
      purposes: [ocspSigning],
      extensions: [noCheckExtension()],
      notBefore: at - 10 * day,
      notAfter: at - day,
    });
    signedBy(
      () => delegate,
      () => [expired],
    );
    const error = await refusal(subscriber({ responderUrls: [host.url('/ocsp')] }));
    expect(error.code).toBe('revocation_unavailable');
    expect(problemsIn(error)).toContain('responder-unauthorised');
  });

  it('a responder of another authority leaves the status open', async () => {
    const foreign = makeCertificate({
      subject: delegate,
      issuer: other.authority,
      serial: 500,
      purposes: [ocspSigning],
      extensions: [noCheckExtension()],
      ...term,
    });
    signedBy(
      () => delegate,
      () => [foreign],
    );
    const error = await refusal(subscriber({ responderUrls: [host.url('/ocsp')] }));
    expect(error.code).toBe('revocation_unavailable');
    expect(problemsIn(error)).toContain('responder-unauthorised');
  });

  it('a responder whose certificate only claims to be of the authority leaves the status open', async () => {
    const impostor = { ...house.authority, key: other.authority.key };
    const forged = makeCertificate({
      subject: delegate,
      issuer: impostor,
      serial: 500,
      purposes: [ocspSigning],
      extensions: [noCheckExtension()],
      ...term,
    });
    signedBy(
      () => delegate,
      () => [forged],
    );
    expect(problemsIn(await refusal(subscriber({ responderUrls: [host.url('/ocsp')] })))).toContain(
      'responder-unauthorised',
    );
  });

  it.each([false, true])('the appointed responder passes (by name: %s)', async (byName) => {
    signedBy(
      () => delegate,
      () => [delegateCertificate],
      byName,
    );
    const { evidence } = await check(subscriber({ responderUrls: [host.url('/ocsp')] }));
    expect(evidence.map(({ source }) => source)).toEqual(['ocsp', 'crl']);
  });

  it('a responder without no-check passes only while a list shows it to be current', async () => {
    const entries: { serial: number; revokedAt: number }[] = [];
    host.serve('/responder.crl', () =>
      makeList({ issuer: house.authority, thisUpdate: at - hour, nextUpdate: at + day, entries }),
    );
    const checked = makeCertificate({
      subject: delegate,
      issuer: house.authority,
      serial: 502,
      purposes: [ocspSigning],
      listUrls: [host.url('/responder.crl')],
      ...term,
    });
    signedBy(
      () => delegate,
      () => [checked],
    );
    const person = subscriber({ responderUrls: [host.url('/ocsp')] });
    const order = ['ocsp', 'crl'] as const;
    expect((await check(person, { order })).evidence[0].source).toBe('ocsp');
    entries.push({ serial: 502, revokedAt: at - day });
    const error = await refusal(person, { order: ['ocsp'] });
    expect(problemsIn(error)).toContain('responder-unauthorised');
  });
});

describe('a publisher of lists that', () => {
  it.each(wireFaults.filter(([name]) => !name.includes('200 MB')))(
    '%s leaves the status open',
    async (_, behaviour, problem) => {
      host.on('/a.crl', behaviour);
      const error = await refusal(subscriber({ listUrls: [host.url('/a.crl')] }), patienceFor(problem));
      expect(error.code).toBe('revocation_unavailable');
      expect(problemsIn(error)).toContain(problem);
    },
  );

  it('publishes a list of another authority leaves the status open', async () => {
    host.serve('/a.crl', () =>
      makeList({ issuer: other.authority, thisUpdate: at - hour, nextUpdate: at + day }),
    );
    expect(problemsIn(await refusal(subscriber({ listUrls: [host.url('/a.crl')] })))).toContain(
      'other-issuer',
    );
  });

  it('publishes a list signed with another key leaves the status open', async () => {
    host.serve('/a.crl', () =>
      makeList({
        issuer: { ...house.authority, key: other.authority.key },
        thisUpdate: at - hour,
        nextUpdate: at + day,
      }),
    );
    expect(problemsIn(await refusal(subscriber({ listUrls: [host.url('/a.crl')] })))).toContain(
      'signature-wrong',
    );
  });

  it('publishes an old list is told as stale', async () => {
    host.serve('/a.crl', () =>
      makeList({ issuer: house.authority, thisUpdate: at - 3 * day, nextUpdate: at - hour }),
    );
    const error = await refusal(subscriber({ listUrls: [host.url('/a.crl')] }));
    expect(error.code).toBe('revocation_stale');
    expect(error.failure.status).toBe(503);
  });

  it('is reached by LDAP only is told as unsupported, by name', async () => {
    const url = 'ldap://directory.example/cn=list?certificateRevocationList';
    const error = await refusal(subscriber({ listUrls: [url] }));
    expect(error.code).toBe('revocation_unavailable');
    expect(error.details.problems).toContainEqual({
      problem: 'unsupported-scheme',
      source: url,
      details: { scheme: 'ldap' },
    });
  });

  it('names an LDAP address first is fetched by HTTP', async () => {
    const list = makeList({ issuer: house.authority, thisUpdate: at - hour, nextUpdate: at + day });
    host.serve('/a.crl', () => list);
    const certificate = subscriber({ listUrls: ['ldap://directory.example/', host.url('/a.crl')] });
    expect((await check(certificate)).evidence[0]).toMatchObject({
      source: 'crl',
      origin: host.url('/a.crl'),
    });
  });
});

describe('a certificate', () => {
  it('that names no source at all leaves the status open', async () => {
    const error = await refusal(subscriber({}));
    expect([error.code, ...problemsIn(error)]).toEqual(['revocation_unavailable', 'no-source', 'no-source']);
  });

  it('that is revoked by OCSP is refused with time and reason', async () => {
    host.on(
      '/ocsp',
      answering(() => ({ status: { revokedAt: at - day, reason: 6 } })),
    );
    const error = await refusal(subscriber({ responderUrls: [host.url('/ocsp')] }));
    expect(error.code).toBe('certificate_revoked');
    expect(error.details).toMatchObject({
      reason: 'certificateHold',
      revokedAt: new Date(Math.floor((at - day) / 1000) * 1000),
    });
  });

  it('whose authority is revoked is refused', async () => {
    host.serve('/root.crl', () =>
      makeList({
        issuer: house.root,
        thisUpdate: at - hour,
        nextUpdate: at + day,
        entries: [{ serial: 2, revokedAt: at - day, reason: 2 }],
      }),
    );
    host.on(
      '/ocsp',
      answering(() => ({})),
    );
    const error = await refusal(subscriber({ responderUrls: [host.url('/ocsp')] }));
    expect(error.code).toBe('certificate_revoked');
    expect(error.details.certificate).toContain('Test Authority');
  });
});
