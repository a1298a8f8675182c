import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import type { ProfileOverrides } from '../../src/authority/profile.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import type { Portal, TestService } from '../service/portal.ts';
import { day, Rivals, validate } from './authorities.ts';

let rivals: Rivals;
let service: TestService;
let portal: Portal;

/** Does not ask for qualified certificates: those of a branch of the honest authority are none. */
const policy = policySchema.parse({ requireQualified: false });

beforeEach(async () => {
  rivals = await Rivals.create();
  // A healthy host has addresses that are no use to whoever asks for a list, an answer or a certificate there.
  rivals.honestAnswering = (path) => {
    if (path.startsWith('/huge')) return new Uint8Array(200 * 1024);
    return path.startsWith('/page') ? Buffer.from('<html>Welcome</html>') : undefined;
  };
  const environment = { SEALGATE_ISSUER_HOSTS: new URL(rivals.honest.url).host };
  service = await rivals.start({}, undefined, environment);
  portal = await service.portal({ policy });
});

afterEach(async () => {
  await service.dispose();
  await rivals.close();
});

const atHonestHost = (path: string) => [`${rivals.honest.url}${path}`];

/** A certificate of the hostile authority that names addresses at the honest one's host. */
function naming(profile: ProfileOverrides): Promise<IssuedCertificate> {
  return rivals.hostile.issue({
    subscriber: sampleSubscriber('legal-entity'),
    notBefore: rivals.now() - 30 * day,
    profile,
  });
}

const outcome = async (at: Portal, signer: IssuedCertificate) => {
  const { status, body } = await rivals.signIn(at, signer);
  return [status, body.code];
};

describe('addresses of a healthy host that are of no use', () => {
  it.each([
    [
      'answers that are too large',
      (nth: number) => ({ ocspUrls: atHonestHost(`/huge/${nth}`), crlUrls: false as const }),
    ],
    [
      'answers that are none',
      (nth: number) => ({ ocspUrls: atHonestHost(`/page/${nth}`), crlUrls: false as const }),
    ],
    [
      'lists that are none',
      (nth: number) => ({ crlUrls: atHonestHost(`/page/${nth}`), ocspUrls: false as const }),
    ],
    [
      'ports that are closed',
      () => ({ crlUrls: ['http://127.0.0.1:9/a.crl'], ocspUrls: ['https://127.0.0.1:9/'] }),
    ],
  ])(
    'named by a hostile authority’s certificates (%s) keep nobody from the host itself',
    async (_, profile) => {
      for (let nth = 0; nth < 5; nth++) {
        expect(await validate(portal, await naming(profile(nth)))).toBe('INDETERMINATE');
      }
      const honest = await rivals.issue(rivals.honest.accredited);
      expect(await outcome(portal, honest)).toEqual([200, undefined]);
    },
  );
});

describe('a stranger whose certificate names addresses of a host of issuers', () => {
  let unknown: Authority | undefined;

  /** Of an authority that nobody trusts; its certificates name `path` as their issuer's. */
  async function stranger(path: string): Promise<IssuedCertificate> {
    unknown ??= await createAuthority({ at: rivals.now() - 400 * day });
    const subscriber = sampleSubscriber('legal-entity');
    const profile = { authorityUrls: atHonestHost(path) };
    return { ...(await unknown.issue({ subscriber, notBefore: rivals.now() - day, profile })), chain: [] };
  }

  /** Somebody whose message brings no certificate but his own, of an authority that has to be fetched. */
  async function alone(slug: string): Promise<IssuedCertificate> {
    const { honest } = rivals;
    const known = honest.issuers.get(slug);
    const branch = known ?? (await honest.createSubordinate({ slug, notBefore: rivals.now() - 100 * day }));
    return { ...(await rivals.issue(branch)), chain: [] };
  }

  it.each(['/huge', '/page', '/none'])(
    'that are of no use (%s) keeps nobody from the issuers there',
    async (path) => {
      for (let nth = 0; nth < 5; nth++) {
        expect(await outcome(portal, await stranger(`${path}/${nth}`))).toEqual([401, 'chain_incomplete']);
      }
      expect(await outcome(portal, await alone('branch'))).toEqual([200, undefined]);
    },
  );

  it('in very great number has few of them asked, and neither keeps those away whose issuer is known nor other portals', async () => {
    const other = await service.portal({ id: 'other', policy });
    const [known, fetched] = [await alone('known'), await alone('fetched')];
    expect(await outcome(portal, known)).toEqual([200, undefined]);
    const asked: string[] = [];
    const answering = rivals.honestAnswering;
    rivals.honestAnswering = (path) => {
      if (path.startsWith('/flood')) asked.push(path);
      return answering(path);
    };
    for (let nth = 0; nth < 60; nth++) {
      expect(await outcome(portal, await stranger(`/flood/${nth}`))).toEqual([401, 'chain_incomplete']);
    }
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.length).toBeLessThan(40);
    expect(await outcome(portal, known)).toEqual([200, undefined]);
    expect(await outcome(other, fetched)).toEqual([200, undefined]);
  });
});
