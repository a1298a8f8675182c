import { beforeAll, describe, expect, it } from 'vitest';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { AccreditationIndex } from '../../src/trust-list/accreditation.ts';
import type { ListedAuthority, StatusChange } from '../../src/trust-list/list.ts';
import type { LocalAuthority } from '../../src/trust-list/local.ts';
import { createMinistry, day, start } from './authority.ts';

let key: ReturnType<typeof parseCertificate>;
let otherKey: ReturnType<typeof parseCertificate>;

beforeAll(async () => {
  const { authority } = await createMinistry();
  key = parseCertificate(authority.accredited.certificate);
  otherKey = parseCertificate(authority.root.certificate);
});

function listed(...statuses: readonly StatusChange[]): ListedAuthority {
  return {
    name: 'УЦ',
    inn: '9900000024',
    ogrn: '1259900000029',
    registryNumber: '1',
    statuses,
    keys: [{ toolClass: undefined, crlAddresses: [], certificates: [key, key] }],
    successor: undefined,
  };
}

function change(status: StatusChange['status'], since: number): StatusChange {
  return { status, word: status, since };
}

describe('AccreditationIndex', () => {
  it('tells the standing of a key at any time', () => {
    const index = new AccreditationIndex(
      [
        listed(
          change('accredited', start),
          change('suspended', start + day),
          change('accredited', start + 2 * day),
          change('annulled', start + 3 * day),
        ),
      ],
      [],
    );
    const states = [-1, 0, day - 1, day, 2 * day, 3 * day, 1000 * day].map(
      (offset) => index.find(key.publicKey, start + offset).state,
    );
    expect(states).toEqual(['not-yet', 'accredited', 'accredited', 'ended', 'accredited', 'ended', 'ended']);
    expect(index.find(key.publicKey, start + day)).toMatchObject({ status: 'suspended', since: start + day });
    expect(index.find(key.publicKey, start)).toMatchObject({
      authority: { ogrn: '1259900000029', source: 'list' },
    });
  });

  it('does not know a key that no list names', () => {
    const index = new AccreditationIndex([listed(change('accredited', start))], []);
    expect(index.find(otherKey.publicKey, start)).toEqual({ state: 'unknown' });
  });

  it('takes a standing that it does not know for an end', () => {
    const index = new AccreditationIndex(
      [listed(change('accredited', start), change('unknown', start + day))],
      [],
    );
    expect(index.find(key.publicKey, start + day).state).toBe('ended');
  });

  it('knows a key by its octets, so that another certificate of it is known too', async () => {
    const index = new AccreditationIndex([listed(change('accredited', start))], []);
    const again = parseCertificate(Uint8Array.from(key.der));
    expect(index.find(again.publicKey, start).state).toBe('accredited');
  });

  it('prefers the authority that is accredited where two have the key', () => {
    const ended = listed(change('accredited', start), change('ended', start + day));
    const successor = { ...listed(change('accredited', start + day)), ogrn: '1027700132195' };
    for (const order of [
      [ended, successor],
      [successor, ended],
    ]) {
      expect(new AccreditationIndex(order, []).find(key.publicKey, start + 2 * day)).toMatchObject({
        state: 'accredited',
        authority: { ogrn: '1027700132195' },
      });
    }
  });

  it('counts an operator’s own authority in its term and for its purposes', () => {
    const own: LocalAuthority = {
      certificate: key,
      purposes: new Set(['sign-in']),
      validFrom: start,
      validUntil: start + day,
    };
    const index = new AccreditationIndex([], [own]);
    const states = [-1, 0, day, day + 1].map(
      (offset) => index.find(key.publicKey, start + offset, 'sign-in').state,
    );
    expect(states).toEqual(['not-yet', 'accredited', 'accredited', 'ended']);
    expect(index.find(key.publicKey, start, 'documents').state).toBe('unknown');
    expect(index.find(key.publicKey, start)).toMatchObject({ authority: { source: 'operator' } });
  });
});
