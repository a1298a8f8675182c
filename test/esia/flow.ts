import { randomUUID } from 'node:crypto';
import { esiaSystemSchema } from '../../src/relying-party/esia-system.ts';
import { origin, startTestService, type TestService, verifyTestSignature } from '../service/portal.ts';
import { Person } from '../sign-in/person.ts';
import {
  authorizationForm,
  type Form,
  type SystemKey,
  signCms,
  signRaw,
  systemKey,
  timestamp,
  toSign,
} from './system.ts';

/** The front with a system of v1 and v2 whose people sign in. */
export interface TestFront {
  readonly service: TestService;
  readonly base: string;
  readonly rsa: SystemKey;
  readonly gost: SystemKey;
  readonly other: SystemKey;
  /** Basic credentials of the relying party. */
  readonly authorization: string;
  readonly person: Person;
}

const signer = {
  name: 'Иванова Анна Петровна',
  position: 'Директор',
  inn: '500100732259',
  snils: '11223344595',
};

export const scopes = [
  ...['openid', 'fullname', 'snils', 'inn', 'usr_org', 'email', 'contacts', 'id_doc'],
  ...['org_inn', 'org_ogrn', 'org_fullname', 'org_emps'],
];

/** Of the systems: one of RSA takes long to make. */
let keys: Promise<[rsa: SystemKey, gost: SystemKey, other: SystemKey]> | undefined;

/** Starts it below `/esia`, or at the root. */
export async function startFront(
  path = '/esia',
  system: Record<string, unknown> = {},
  origins = [origin],
): Promise<TestFront> {
  const service = await startTestService(
    {
      verifyLogin: async (input) => ({
        ...(await verifyTestSignature(input)),
        signer,
        authority: { basis: 'head' },
      }),
    },
    { SEALGATE_ESIA_PATH: path },
  );
  keys ??= Promise.all([
    systemKey('rsa-2048'),
    systemKey('gost2012-256'),
    systemKey('gost2012-256', 'Another'),
  ]);
  const [rsa, gost, other] = await keys;
  const portal = await service.portal({
    origins,
    esia: esiaSystemSchema.parse({
      mnemonic: 'SYSTEM',
      certificates: [rsa.base64, gost.base64],
      redirects: [origin],
      scopes,
      ...system,
    }),
  });
  const base = `${service.url}${path === '/' ? '' : path}`;
  return {
    ...{ service, base, rsa, gost, other },
    authorization: portal.authorization,
    person: new Person(service),
  };
}

/** The address of a signed request for authorization, by v2; `change` alters what is sent after it was signed. */
export function askRaw({ gost }: TestFront, form: Form, change: Form = {}): string {
  const signed = { ...form, client_certificate_hash: gost.hash };
  const sent = { ...signed, client_secret: signRaw(gost, toSign('v2', form)), ...change };
  return `/aas/oauth2/v2/ac?${new URLSearchParams(sent)}`;
}

/** The same by v1. */
export async function askCms({ gost }: TestFront, form: Form, change: Form = {}): Promise<string> {
  const sent = { ...form, client_secret: await signCms(gost, toSign('v1', form)), ...change };
  return `/aas/oauth2/ac?${new URLSearchParams(sent)}`;
}

/** What came of an authorization: the parameters of the portal's own address. Signs where somebody has to. */
export async function answerTo(front: TestFront, path: string): Promise<URLSearchParams> {
  const { person } = front;
  const location = await leadsTo(front, path);
  if (!isOwn(front, location)) return new URL(location).searchParams;
  const page = new URL(location).pathname;
  if (isConsent(page)) return decided(front, page);
  await person.get(page);
  const { body } = await person.sign(page);
  return consented(front, new URL(body.location ?? ''));
}

/** Where a request for authorization leads at once: to the sign-in page, to the question, or to the portal. */
export async function leadsTo({ person, base, service }: TestFront, path: string): Promise<string> {
  const prefix = base.slice(service.url.length);
  const { status, headers, text } = await person.get(`${prefix}${path}`);
  const location = headers.get('location');
  if (location === null) throw new Error(`${status} ${text}`);
  return location;
}

/** Whether an address is that of the question what may be handed over, and no sign-in page. */
export function isConsent(address: string): boolean {
  return address.includes('/aas/oauth2/authorization/');
}

/** Goes on from the sign-in page: back to the front, and through its question. */
export async function consented(front: TestFront, back: URL, decision = 'allow'): Promise<URLSearchParams> {
  const { person } = front;
  const taken = await person.get(`${back.pathname}${back.search}`);
  const next = taken.headers.get('location') ?? '';
  if (taken.status !== 303) throw new Error(`${taken.status} ${taken.text}`);
  if (!isOwn(front, next)) return new URL(next).searchParams;
  return decided(front, next, decision);
}

/** Answers the question at that path. */
async function decided({ person }: TestFront, next: string, decision = 'allow'): Promise<URLSearchParams> {
  const asked = await person.get(next);
  if (asked.status !== 200) throw new Error(`${asked.status} ${asked.text}`);
  const decided = await person.post(
    next,
    { 'content-type': 'application/x-www-form-urlencoded' },
    `decision=${decision}`,
  );
  const target = /href="([^"]+)" id="go-on"/.exec(decided.text)?.[1]?.replaceAll('&#38;', '&');
  if (target === undefined) throw new Error(`${decided.status} ${decided.text}`);
  return new URL(target).searchParams;
}

/** Whether an address is the service's own, and no portal's. */
function isOwn({ service }: TestFront, address: string): boolean {
  return address.startsWith('/') || new URL(address).origin === new URL(service.service.issuer).origin;
}

/** The code of a whole authorization by v2. */
export async function codeOf(front: TestFront, more: Form = {}): Promise<string> {
  const answer = await answerTo(front, askRaw(front, authorizationForm(more)));
  const code = answer.get('code');
  if (code === null) throw new Error(String(answer));
  return code;
}

/** A token request by v3 without its signature. */
export function tokenForm(more: Form = {}): Form {
  return {
    client_id: 'SYSTEM',
    grant_type: 'authorization_code',
    scope: 'openid',
    state: randomUUID(),
    timestamp: timestamp(Date.now()),
    redirect_uri: 'https://portal.example/back',
    token_type: 'Bearer',
    ...more,
  };
}

/** What a token address answers. */
export interface TokenReply {
  readonly status: number;
  readonly body: Record<string, unknown> & {
    readonly access_token: string;
    readonly error_description?: string;
  };
}

/** Sends a token request by v3; `change` alters what is sent after it was signed. */
export function takeRaw(front: TestFront, form: Form, change: Form = {}): Promise<TokenReply> {
  const withCode = form.grant_type === 'authorization_code';
  const client_secret = signRaw(front.gost, toSign('v2', form, withCode));
  return post(front, '/aas/oauth2/v3/te', {
    ...form,
    client_certificate_hash: front.gost.hash,
    client_secret,
    ...change,
  });
}

/** Posts a form. */
export async function post({ base }: TestFront, path: string, form: Form): Promise<TokenReply> {
  const response = await fetch(`${base}${path}`, { method: 'POST', body: new URLSearchParams(form) });
  return { status: response.status, body: (await response.json()) as TokenReply['body'] };
}

/** Asks for data. */
export async function dataAt({ base }: TestFront, path: string, token: string) {
  const response = await fetch(path.startsWith('http') ? path : `${base}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown> & { elements: unknown[] },
  };
}

/** Header and claims of a token; nothing is verified. */
export function decoded(token: string): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  const [header = '', claims = ''] = token.split('.');
  const read = (part: string) =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  return { header: read(header), claims: read(claims) };
}
