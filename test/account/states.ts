import type { Insider } from '../../src/account/insider.ts';
import { accountWords } from '../../src/account/view/choose.ts';
import { entrance } from '../../src/account/view/entrance.ts';
import {
  type AccountFacts,
  navigation,
  type SectionPage,
  sectionFrame,
} from '../../src/account/view/frame.ts';
import { consents, notices, powers } from '../../src/account/view/given.ts';
import { carriers, overview, type ShownNames, sessions, signIns } from '../../src/account/view/sections.ts';
import type { SectionName } from '../../src/account/view/words.ts';
import type { SignIn } from '../../src/audit/sign-in.ts';
import type { Carrier } from '../../src/carrier/carrier.ts';
import { explain } from '../../src/failure/explain.ts';
import type { Language } from '../../src/failure/failure.ts';
import type { Element } from '../../src/markup/element.ts';
import { refusal } from '../../src/markup/refusal.ts';
import type { KeptPower } from '../../src/power-of-attorney/store.ts';
import type { Client } from '../../src/relying-party/registry.ts';
import { frame } from '../../src/sign-in/view/frame.ts';
import type { PageFacts } from '../../src/sign-in/view/model.ts';
import { panel } from '../../src/sign-in/view/panel.ts';
import { wordsFor, wordsIn } from '../../src/sign-in/words/choose.ts';

const now = Date.UTC(2026, 10, 28, 14, 5);
const [minute, day] = [60_000, 86_400_000];
const subject = 'ogrn:1027700132195';
const own = 'q'.repeat(43);
const other = 'Z'.repeat(43);

const session = {
  id: '01933f0a-0000-7000-8000-000000000001',
  ...{ client: 'sealgate-account', subject, certificate: own },
  ...{ startedAt: now - 5 * minute, expiresAt: now + 10 * minute },
};

function insiderAs(basis: 'head' | 'power-of-attorney'): Insider {
  const claims = {
    ...{ iss: '', sub: subject, aud: '', iat: 0, exp: 0, jti: '', sid: session.id, auth_time: 0, acr: '' },
    ...{ amr: [], client_id: 'sealgate-account', 'x5t#S256': own, authority: { basis } },
    organisation: { inn: '7707083893', ogrn: '1027700132195', name: 'ПАО «Ромашка и Компания»' },
    signer: { name: 'Иванова Анна Петровна' },
  };
  return { subject, claims, session, client: {} as Client };
}

const carrier: Carrier = {
  ...{ subject, certificate: own, name: 'Рутокен директора', holder: 'Иванова Анна Петровна', email: '' },
  ...{ serialNumber: '01d9f3b2a7c44e5f8a6b', issuer: 'АО «Удостоверяющий центр», Москва' },
  ...{ expiresAt: now + 95 * day, connectedAt: now - 200 * day, lastUsedAt: now - minute, isConfirmed: true },
};
const unconfirmed: Carrier = {
  ...{ ...carrier, certificate: other, name: 'Телефон', holder: 'Петров Сергей' },
  ...{ lastUsedAt: undefined, isConfirmed: false },
};

const power: KeptPower = {
  ...{ principal: subject, giver: subject, number: '6f1d3c9a-5b7e-4c1a-9d2f-0a1b2c3d4e5f' },
  ...{ principalInn: '7707083893', principalName: 'ПАО «Ромашка»' },
  representative: { inn: undefined, snils: '11223344595', name: 'Петров Сергей Иванович' },
  ...{ notBefore: now - 30 * day, notAfter: now + 300 * day, verifiedAt: now - 30 * day },
  ...{ withdrawnAt: undefined, lastUsedAt: now - day, isQualified: true, document: '', isReadable: true },
};

const signIn: SignIn = {
  ...{ sequence: 12, at: now - 5 * minute, client: 'portal', origin: 'https://portal.example' },
  ...{ certificate: own, session: session.id, traceId: '4bf92f3577b34da6a3ce929d0e0e4736' },
};

/** Every state of the account's pages, by its name. */
export function statesIn(language: Language): Readonly<Record<string, readonly Element[]>> {
  const facts: AccountFacts = { language, base: '/account', isLanguageChosen: true, now };
  const words = accountWords(language);
  const names: ShownNames = {
    clients: new Map([
      ['portal', language === 'ru' ? 'Торговая площадка' : 'Trading Floor'],
      ['centre', language === 'ru' ? 'Центр учёта' : 'Accounting Centre'],
      ['sealgate-account', words.title],
    ]),
    carriers: new Map([[own, carrier]]),
  };
  const head = insiderAs('head');
  const representative = insiderAs('power-of-attorney');
  const failure = (code: 'session_ended' | 'organisation_mismatch') => {
    const shown =
      code === 'session_ended'
        ? explain(code, { reason: 'idle-end' }, language)
        : explain(code, {}, language);
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    return refusal({ ...shown, code, traceId }, wordsIn(language).refusal);
  };
  const page = (section: SectionName, content: SectionPage['content'], more: Partial<SectionPage> = {}) =>
    sectionFrame(facts, {
      ...{ section, title: words.sections[section], about: words.about[section], content },
      ...more,
    });
  const signing: PageFacts = {
    ...{ language, requester: { name: words.title, origin: 'https://sign.example' } },
    organisation: { name: head.claims.organisation.name, inn: '7707083893' },
    text: 'ПОДКЛЮЧЕНИЕ НОСИТЕЛЯ. ЭТО НЕ ДОКУМЕНТ.\n\nПортал: Кабинет организации',
    ...{ action: '/account/carriers/connect/c', isOther: false, purpose: 'carrier', expiresAt: now + minute },
  };
  const choice = { kind: 'choice', isLive: false, challenge: 'c' } as const;
  const many = [
    { ...session, clients: ['sealgate-account'] },
    {
      ...{
        ...session,
        id: '01933f0a-0000-7000-8000-000000000002',
        certificate: other,
        clients: ['portal', 'centre'],
      },
      ...{ usedAt: now - minute, power: { giver: subject, number: power.number } },
    },
  ];
  return {
    entrance: entrance(facts),
    'entrance-ended': entrance(facts, { refusal: failure('session_ended') }),
    overview: page('overview', overview(facts, head), { title: head.claims.organisation.name }),
    'overview-representative': page('overview', overview(facts, representative)),
    sessions: page('sessions', sessions(facts, head, many, names), { done: 'session-ended' }),
    'sign-ins': page(
      'sign-ins',
      signIns(
        facts,
        [signIn, { ...signIn, certificate: other, client: 'centre', code: 'power_of_attorney_expired' }],
        names,
        12,
      ),
    ),
    'sign-ins-none': page('sign-ins', signIns(facts, [], names, undefined)),
    carriers: page('carriers', carriers(facts, head, [carrier, unconfirmed])),
    connect: frame(signing, wordsFor(signing), panel(choice, signing), {
      navigation: navigation(facts, 'carriers'),
      refusal: failure('organisation_mismatch'),
    }),
    consents: page(
      'consents',
      consents(
        facts,
        head,
        [
          {
            subject,
            certificate: own,
            client: 'portal',
            scopes: ['organisation', 'signer.snils'],
            claims: [],
            givenAt: now - day,
          },
          {
            subject,
            certificate: other,
            client: 'centre',
            scopes: ['esia:fullname', 'esia:snils'],
            claims: [],
            givenAt: now - 9 * day,
          },
        ],
        names,
      ),
    ),
    powers: page(
      'powers',
      powers(
        facts,
        head,
        [
          { power, codes: ['PORTAL_SIGN_IN', 'PORTAL_BID'] },
          { power: { ...power, withdrawnAt: now - day }, codes: ['PORTAL_SIGN_IN'] },
        ],
        { next: 'next', mayAdd: true },
      ),
    ),
    notices: page('notices', notices(facts, head, { email: 'director@romashka.example', language: 'ru' })),
    'notices-representative': page('notices', notices(facts, representative, undefined)),
  };
}
