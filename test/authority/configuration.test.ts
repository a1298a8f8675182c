import { describe, expect, it } from 'vitest';
import { createAuthority } from '../../src/authority/authority.ts';
import { readConfiguration, sampleSubscriber } from '../../src/authority/configuration.ts';
import { identifierFlaw } from '../../src/subject/identifier.ts';

describe('configuration of the test authority', () => {
  it('invented numbers have right check digits', () => {
    const { organisation, person } = sampleSubscriber('legal-entity');
    const { organisation: other, person: employee } = sampleSubscriber('employee');
    const { person: entrepreneur, ogrnip } = sampleSubscriber('entrepreneur');
    const { person: natural } = sampleSubscriber('natural-person');
    const flaws = [
      ...[organisation, other].flatMap(({ inn, ogrn }) => [
        identifierFlaw('innLegalEntity', inn),
        identifierFlaw('ogrn', ogrn),
      ]),
      ...[person, employee, entrepreneur, natural].flatMap(({ inn, snils }) => [
        identifierFlaw('inn', inn),
        identifierFlaw('snils', snils),
      ]),
      identifierFlaw('ogrnip', ogrnip),
    ];
    expect(new Set(flaws)).toEqual(new Set([undefined]));
  });

  it('authorities’ own numbers have right check digits', () => {
    const { root, accredited } = readConfiguration();
    for (const { subject } of [root, accredited]) {
      const numberOf = (type: string) => subject.find((attribute) => attribute.type === type)?.value ?? '';
      expect(identifierFlaw('innLegalEntity', numberOf('INNLE'))).toBeUndefined();
      expect(identifierFlaw('ogrn', numberOf('OGRN'))).toBeUndefined();
    }
  });

  it('an attribute that is not known is refused by name', () => {
    const { root, ...rest } = JSON.parse(JSON.stringify(readConfiguration())) as { root: object };
    const text = JSON.stringify({ ...rest, root: { ...root, subject: { XX: 'what' } } });
    expect(() => readConfiguration(text)).toThrow(/attributes are|subject/);
  });
});

describe('listener', () => {
  it('answers 404 for what it does not have and refuses questions of a megabyte', async () => {
    const authority = await createAuthority({ serve: {} });
    try {
      for (const path of [
        '/',
        '/ca/none.cer',
        '/crl/root',
        '/crl/none.crl',
        '/ocsp/none/AAAA',
        '/ca/..%2froot.key',
      ]) {
        expect((await fetch(authority.url + path)).status).toBe(404);
      }
      const body = new Uint8Array(1_000_000);
      const answer = await fetch(`${authority.url}/tsp`, { method: 'POST', body });
      expect(answer.ok).toBe(false);
    } finally {
      await authority.close();
    }
  });

  it('lets tests play faults before every answer', async () => {
    const authority = await createAuthority({
      serve: {
        before: (request, response, next) => {
          if (request.path.startsWith('/ocsp/')) response.status(500).type('html').send('<html>');
          else next();
        },
      },
    });
    try {
      expect((await fetch(authority.accredited.ocspUrl, { method: 'POST' })).status).toBe(500);
      expect((await fetch(authority.accredited.crlUrl)).status).toBe(200);
    } finally {
      await authority.close();
    }
  });

  it('says in certificates where it listens, and a port that is taken is an error', async () => {
    const authority = await createAuthority({ serve: {} });
    try {
      const port = Number(new URL(authority.url).port);
      expect(authority.accredited.crlUrl).toBe(`http://127.0.0.1:${port}/crl/accredited.crl`);
      await expect(createAuthority({ serve: { port } })).rejects.toThrow('EADDRINUSE');
    } finally {
      await authority.close();
    }
  });
});
