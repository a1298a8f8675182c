import type { AuthorisationContext } from '../../src/authorisation/context.ts';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import type { KeyKind } from '../../src/authority/key.ts';
import type { Organisation, Person, Subscriber } from '../../src/authority/subscriber.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import type { Database } from '../../src/database/database.ts';
import { usualFetch } from '../../src/fetch/fetcher.ts';
import { loginVerifier, powerVerifier } from '../../src/login/verify.ts';
import { databaseRegister } from '../../src/register/lookup.ts';
import { type Policy, policySchema } from '../../src/relying-party/registration.ts';
import { createSources, usualSources } from '../../src/revocation/sources.ts';
import type { Problem } from '../../src/service/problem.ts';
import { noPins } from '../../src/trust-list/pin.ts';
import { trustViewOf } from '../../src/trust-list/view.ts';
import { makePower, type PowerOrder, type SignedPower } from '../authority/power-of-attorney.ts';
import {
  browser,
  type LoginBody,
  origin,
  type Portal,
  type Reply,
  startTestService,
  type TestService,
} from '../service/portal.ts';

const day = 86_400_000;

/** The organisation of these tests, its head, and an employee with a natural person's certificate. */
export const { organisation, person: head } = sampleSubscriber('legal-entity');
export const { person: employee } = sampleSubscriber('natural-person');
export const { person: colleague } = sampleSubscriber('employee');
export const { organisation: otherOrganisation } = sampleSubscriber('seal');

/** The code of the power to sign in, in these tests. */
export const signInPower = 'PORTAL_SIGN_IN';

/** What `POST /v1/logins` answers here. */
export type Answer = LoginBody &
  Problem & { readonly authority?: { readonly basis: string; readonly power?: string } };

/** A service with register, powers and carriers on real certificates of a test authority. */
export interface Setting extends TestService {
  readonly authority: Authority;
  readonly database: Database;
  now(): number;
  /** Registers a relying party; by default certificates need not be qualified. */
  client(id: string, policy?: Partial<Policy>): Promise<Portal>;
  issue(subscriber: Subscriber, keyKind?: KeyKind): Promise<IssuedCertificate>;
  /** A power of the organisation for the employee, good from yesterday for a month, signed by the head. */
  power(signer: IssuedCertificate, changes?: Partial<PowerOrder>): Promise<SignedPower>;
  signIn(portal: Portal, signer: IssuedCertificate, input?: SignInInput): Promise<Reply<Answer>>;
  /** Whether the assertion is in force. */
  isActive(portal: Portal, assertion: string): Promise<boolean>;
  /** Asks `/v1/organisations/{ogrn}`: GET without a body. */
  ask<Body = Problem>(path: string, assertion: string, body?: unknown, ogrn?: string): Promise<Reply<Body>>;
}

export interface SignInInput {
  readonly power?: Pick<SignedPower, 'document' | 'signature'>;
  /** INN that is chosen on the portal's page. */
  readonly chosen?: string;
  readonly audience?: string;
  /** From where the person comes, as the portal tells it. */
  readonly address?: string;
}

export interface SettingOptions {
  readonly algorithm?: KeyKind;
  readonly authorisation?: (database: Database, now: () => number) => Partial<AuthorisationContext>;
  readonly environment?: Record<string, string>;
  /** How far the clock is ahead from the start, in ms. */
  readonly ahead?: number;
  readonly authority?: Authority;
}

export async function startSetting(options: SettingOptions = {}): Promise<Setting> {
  const { algorithm = 'ecdsa-p256' } = options;
  let moved = options.ahead ?? 0;
  const now = () => Date.now() + moved;
  const authority =
    options.authority ?? (await createAuthority({ algorithm, serve: {}, now, at: now() - 400 * day }));
  const fetching = { ...usualFetch, allowedNetworks: ['127.0.0.0/8'] };
  const sources = createSources({ ...usualSources, fetch: fetching });
  const accredited = parseCertificate(authority.accredited.certificate);
  const view = trustViewOf(undefined, noPins, {
    anchors: [parseCertificate(authority.root.certificate)],
    authorities: [
      {
        certificate: accredited,
        purposes: new Set(['sign-in'] as const),
        validFrom: accredited.notBefore,
        validUntil: accredited.notAfter,
      },
    ],
  });
  const service = await startTestService(
    {
      now,
      openVerifier: async ({ database }) => {
        const authorisation: AuthorisationContext = {
          database,
          register: databaseRegister(database),
          ...options.authorisation?.(database, now),
        };
        const context = { trust: () => view, sources, authorisation };
        return {
          verifyLogin: loginVerifier(context),
          verifyPower: powerVerifier(context),
          close: () => sources.fetcher.close(),
        };
      },
    },
    options.environment,
  );
  const dayOf = (at: number) => new Date(at + 3 * 3_600_000).toISOString().slice(0, 10);
  return {
    ...service,
    authority,
    database: service.service.database,
    now,
    pass: (milliseconds) => {
      moved += milliseconds;
    },
    client: (id, policy = {}) =>
      service.portal({
        id,
        policy: policySchema.parse({
          requireQualified: false,
          acceptedPowers: [signInPower],
          // Tests refuse one organisation more often than its people would be.
          lockOut: { refusals: 1_000, addressRefusals: 1_000, organisationRefusals: 1_000 },
          ...policy,
        }),
      }),
    issue: (subscriber, keyKind) =>
      authority.issue({ subscriber, notBefore: now() - day, ...(keyKind ? { keyKind } : {}) }),
    power: (signer, changes = {}) =>
      makePower(
        {
          from: dayOf(now() - day),
          until: dayOf(now() + 30 * day),
          principal: organisation,
          head,
          representatives: [employee],
          powers: [signInPower],
          ...changes,
        },
        signer,
        now(),
      ),
    async signIn(portal, signer, { power, chosen, audience, address } = {}) {
      const { challenge, content } = await portal.challenge(chosen ? { organisation: { inn: chosen } } : {});
      const signature = await signDetached(Buffer.from(content, 'base64'), signer, now());
      const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');
      return portal.post<Answer>('/v1/logins', {
        ...{ challenge, signature: base64(signature), origin, browser },
        ...(audience ? { audience } : {}),
        ...(address ? { address } : {}),
        ...(power
          ? { powerOfAttorney: { document: base64(power.document), signature: base64(power.signature) } }
          : {}),
      });
    },
    async isActive(portal, token) {
      return (await portal.post<{ active: boolean }>('/v1/assertions/introspect', { token })).body.active;
    },
    async ask<Body>(path: string, assertion: string, body?: unknown, ogrn = organisation.ogrn) {
      const response = await fetch(`${service.url}/v1/organisations/${ogrn}${path}`, {
        headers: { authorization: `Bearer ${assertion}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
    },
    async dispose() {
      await service.dispose();
      if (options.authority === undefined) await authority.close();
    },
  };
}

/** A subscriber of the organisation with any person in the head's place. */
export function memberOf(of: Organisation, person: Person): Subscriber {
  return { kind: 'legal-entity', organisation: of, person };
}

/** Writes one organisation into the register behind the import's back. */
export async function register(
  database: Database,
  changes: Partial<Record<'ogrn' | 'inn' | 'kpp' | 'name' | 'short_name' | 'state' | 'heads', string>> = {},
): Promise<void> {
  const row = {
    ogrn: organisation.ogrn,
    inn: organisation.inn,
    kpp: '770101001',
    name: organisation.name,
    short_name: '',
    state: 'active',
    heads: head.inn,
    ...changes,
  };
  await database.write({
    statements: [
      {
        sql: `INSERT INTO registered_organisation (ogrn, inn, kpp, name, short_name, state, heads, import)
              VALUES (?, ?, ?, ?, ?, ?, ?, 0)
              ON CONFLICT (ogrn) DO UPDATE SET state = excluded.state, heads = excluded.heads`,
        parameters: [row.ogrn, row.inn, row.kpp, row.name, row.short_name, row.state, row.heads],
      },
    ],
  });
}
