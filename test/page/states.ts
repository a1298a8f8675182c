import { challengeText } from '../../src/challenge/text.ts';
import type { FailureCode } from '../../src/failure/catalogue.ts';
import { explain } from '../../src/failure/explain.ts';
import type { Language } from '../../src/failure/failure.ts';
import type { ShownFailure } from '../../src/markup/refusal.ts';
import type { FrameOptions } from '../../src/sign-in/view/frame.ts';
import type { PageFacts, ShownCertificate, ShownSigner, View } from '../../src/sign-in/view/model.ts';
import { linkOf } from '../../src/sign-in/view/state.ts';

/** A state of the page, as people may see it. */
export interface PageState {
  readonly view: View;
  readonly facts?: Partial<PageFacts>;
  readonly options?: FrameOptions;
  /** A failure above the panel, as the server shows one without a script. */
  readonly refused?: ShownFailure;
}

/** Now, in these states: 21 November 2026. */
export const now = Date.UTC(2026, 10, 21, 9, 3, 15);
const day = 86_400_000;

/** Facts of the page in a language. */
export function factsIn(language: Language): PageFacts {
  const portal = { en: 'Trading Floor', ru: 'Торговая площадка' }[language];
  const origin = 'https://portal.example';
  const text = challengeText({
    ...{ language, portal, origin, issuedAt: now, page: 'https://sign.example' },
    nonce: Uint8Array.from({ length: 32 }, (_, index) => (index * 37 + 11) & 255),
  });
  return {
    ...{ language, text, isOther: false, expiresAt: now + 12 * 60_000 },
    requester: { name: portal, origin },
    action: `/sign-in/${'a'.repeat(43)}`,
  };
}

/** Every named state in a language. */
export function statesIn(language: Language): Readonly<Record<string, PageState>> {
  const failure = (code: FailureCode, details: Readonly<Record<string, unknown>> = {}, traceId?: string) => ({
    ...explain(code, details, language),
    code,
    ...(traceId === undefined ? {} : { traceId }),
  });
  const failed = (
    code: FailureCode,
    details: Readonly<Record<string, unknown>> = {},
    traceId?: string,
  ): PageState => ({
    view: { kind: 'failed', failure: failure(code, details, traceId), canRetry: true, canCopy: true },
    options: { canCancel: true },
  });
  const missing = (code: FailureCode): PageState => ({
    view: { ...live, plugin: { state: 'missing', code, failure: failure(code, { result: '0x80090019' }) } },
    options: { canCancel: true },
  });
  const title = (code: FailureCode) => ({ code, title: explain(code, {}, language).title });
  const list = (view: Partial<List>): PageState => ({
    view: { ...emptyList, ...view },
    options: { canCancel: true },
  });
  const waiting = (reason: Extract<View, { kind: 'waiting' }>['for']): PageState => ({
    view: { kind: 'waiting', for: reason, since: now, canCancel: reason !== 'service' },
    options: { canCancel: true },
  });
  const other = { isOther: true, action: `/sign-in/other/${'b'.repeat(43)}` };
  const link = linkOf(`https://sign.example/sign-in/other/${'b'.repeat(43)}`);
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const bad = [
    certificate(20, { notAfter: now - 12 * day, verdict: title('certificate_expired') }),
    certificate(21, { notBefore: now + 3 * day, verdict: title('certificate_not_yet_valid') }),
    certificate(22, { verdict: title('certificate_usage_forbidden') }),
    certificate(23, { verdict: title('algorithm_forbidden') }),
    certificate(24, { verdict: title('key_not_found') }),
  ];
  return {
    'choice-without-script': {
      view: { kind: 'choice', isLive: false, challenge: 'challenge' },
      options: { canCancel: true },
    },
    'choice-searching': { view: { ...live, plugin: { state: 'searching' } }, options: { canCancel: true } },
    'choice-found': {
      view: { ...live, plugin: { state: 'found', version: '2.0.15000' }, isAgentThere: true },
      options: { canCancel: true },
    },
    'choice-agent-first': {
      view: { ...live, plugin: { state: 'found' }, lastWay: 'agent' },
      facts: { organisation: { name: 'ООО «Ромашка»', inn: '7707083893' } },
      options: { canCancel: true },
    },
    'choice-extension-missing': missing('plugin_extension_missing'),
    'choice-native-missing': missing('plugin_native_missing'),
    'choice-provider-missing': missing('plugin_provider_missing'),
    'waiting-agent': waiting('agent'),
    'waiting-certificates': waiting('certificates'),
    'waiting-permission': waiting('origin-permission'),
    'waiting-confirmation': waiting('confirmation'),
    'waiting-token': waiting('token'),
    'waiting-pin': waiting('pin'),
    'waiting-plugin': waiting('plugin'),
    'waiting-service': waiting('service'),
    'list-empty': list({ isComplete: true }),
    'list-empty-agent': list({
      isComplete: true,
      way: 'agent',
      troubles: [{ name: 'rutoken', title: title('pkcs11_module_incompatible').title }],
    }),
    'list-reading': list({
      items: [certificate(1), certificate(2, { verdict: 'judging' })],
      total: 40,
      isComplete: false,
    }),
    'list-one': list({ items: [certificate(1)], chosen: certificate(1).thumbprint }),
    'list-several': list({
      items: [certificate(1, { isLastUsed: true }), certificate(2), certificate(3), ...bad],
      unread: [{ id: '0', title: title('certificate_unreadable').title }],
      chosen: certificate(1).thumbprint,
    }),
    'list-forty': list({
      items: [
        ...Array.from({ length: 35 }, (_, index) => certificate(index, { isLastUsed: index === 0 })),
        ...bad,
      ],
      chosen: certificate(0).thumbprint,
    }),
    'list-search': list({
      items: Array.from({ length: 35 }, (_, index) => certificate(index)),
      search: '№ 12',
    }),
    'list-none-found': list({
      items: Array.from({ length: 35 }, (_, index) => certificate(index)),
      search: 'xyz',
    }),
    'list-none-usable': list({ items: bad }),
    'failed-cancelled': failed('signing_cancelled'),
    'failed-timed-out': failed('signing_timed_out', { waited: 120 }),
    'failed-agent-unreachable': failed('agent_unreachable', { address: '127.0.0.1:47615, 47625, 47635' }),
    'failed-window-blocked': failed('agent_window_blocked'),
    'failed-origin-refused': failed('agent_origin_refused', { origin: 'https://sign.example' }),
    'failed-plugin-unanswered': failed('plugin_unanswered', { waited: 15 }),
    'failed-access-refused': failed('plugin_access_refused'),
    'failed-licence-over': failed('plugin_licence_over', { result: '0x8007065B' }),
    'failed-pin-locked': failed('pin_locked'),
    'failed-token-removed': failed('token_removed'),
    'failed-offline': failed('service_unreachable', { address: 'sign.example' }),
    'failed-page': failed('page_failed'),
    'refused-revoked': failed(
      'certificate_revoked',
      { revokedAt: new Date(now - 40 * day), reason: 'keyCompromise' },
      trace,
    ),
    'refused-mismatch': failed(
      'organisation_mismatch',
      { differences: [{ field: 'inn', certificate: '7707083893', register: '7707083894' }] },
      trace,
    ),
    'refused-without-script': {
      view: { kind: 'choice', isLive: false, challenge: 'challenge' },
      refused: failure('signature_content_mismatch', {}, trace),
      options: { canCancel: true },
    },
    'other-offered': {
      view: { kind: 'offered', code: '482-917', link, expiresAt: now + 5 * 60_000, isOpened: false },
      options: { canCancel: true, withoutText: true },
    },
    'other-opened': {
      view: { kind: 'offered', code: '482-917', link, expiresAt: now + 5 * 60_000, isOpened: true },
      options: { canCancel: true, withoutText: true },
    },
    'other-confirm': {
      view: { kind: 'confirm', signer, code: '482-917', now },
      options: { withoutText: true },
    },
    'other-invite': {
      view: { kind: 'invite', code: '482-917' },
      facts: other,
      options: { withoutText: true },
    },
    'other-choice': { view: { ...live, plugin: { state: 'found' } }, facts: other },
    'other-handed-in': { view: { kind: 'handed-in' }, facts: other, options: { withoutText: true } },
    done: {
      view: { kind: 'done', signer, address: 'https://portal.example/back', now },
      options: { withoutText: true },
    },
    'done-by-script': { view: { kind: 'done', address: 'https://portal.example/back', now } },
  };
}

type List = Extract<View, { kind: 'certificates' }>;

const live = { kind: 'choice', isLive: true, challenge: 'challenge' } as const;

const emptyList: List = {
  kind: 'certificates',
  ...{ way: 'plugin', items: [], unread: [], isComplete: true, search: '', troubles: [], now },
};

const signer: ShownSigner = {
  organisation: 'Общество с ограниченной ответственностью «Ромашка»',
  ...{
    inn: '7707083893',
    ogrn: '1027700132195',
    person: 'Иванова Анна Петровна',
    position: 'Генеральный директор',
  },
  ...{
    authority: 'АО «Аналитический Центр»',
    serialNumber: '0161a3f200beaf3a9d4f77f3',
    notAfter: now + 95 * day,
  },
};

const people = [
  ['Иванова Анна Петровна', 'Генеральный директор'],
  [
    'Константинопольский Владислав Святославович',
    'Заместитель главного бухгалтера по внешнеэкономической деятельности',
  ],
  ['Ким Олег', 'Бухгалтер'],
] as const;

function certificate(index: number, part: Partial<ShownCertificate> = {}): ShownCertificate {
  const [person, position] = people[index % people.length] ?? people[0];
  return {
    thumbprint: `${String(index).padStart(3, '0')}${'c'.repeat(40)}`,
    organisation:
      index === 0 || index === 1
        ? 'ООО «Ромашка»'
        : `Общество с ограниченной ответственностью «Поставщик № ${index}»`,
    ...{ inn: '7707083893', person, position, authority: 'Федеральная налоговая служба' },
    notBefore: now - 270 * day,
    notAfter: now + (95 + index) * day,
    place:
      index % 2 === 0
        ? { kind: 'token', label: 'Рутокен ЭЦП 3.0', serial: '3A2F 01BC' }
        : { kind: 'store', label: 'le-7b2f' },
    ...{ verdict: 'usable', isLastUsed: false },
    ...part,
  };
}
