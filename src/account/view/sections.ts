import type { SignIn } from '../../audit/sign-in.ts';
import type { Carrier } from '../../carrier/carrier.ts';
import { type FailureCode, failureCodes } from '../../failure/catalogue.ts';
import { explain } from '../../failure/explain.ts';
import { type Child, type Element, element } from '../../markup/element.ts';
import { shownDay, shownDistance, shownInn, shownOgrn, shownSerialNumber } from '../../markup/format.ts';
import { status } from '../../markup/icon.ts';
import { decides, type Insider } from '../insider.ts';
import type { ReachingSession } from '../sessions.ts';
import { accountWords } from './choose.ts';
import {
  type AccountFacts,
  actionForm,
  factList,
  graveAction,
  linkTo,
  shownThumbprint,
  when,
} from './frame.ts';

/** Names for what only identifiers are kept of. */
export interface ShownNames {
  /** Names of relying parties by their identifiers. */
  readonly clients: ReadonlyMap<string, string>;
  /** Connected carriers by their certificates. */
  readonly carriers: ReadonlyMap<string, Carrier>;
}

/** Who is signed in, and the way out. */
export function overview(facts: AccountFacts, insider: Insider): Child[] {
  const { language } = facts;
  const words = accountWords(language);
  const { claims, session } = insider;
  const { inn, ogrn } = claims.organisation;
  const basis = claims.authority?.basis ?? 'certificate';
  return [
    factList([
      [words.inn, inn && shownInn(inn)],
      [words.ogrn, ogrn && shownOgrn(ogrn)],
      [words.person, claims.signer.name],
      [words.basis, words.bases[basis]],
      [words.openUntil, when(session.expiresAt, language)],
    ]),
    !decides(insider) && element('p', {}, words.onlyHead),
    element(
      'div',
      { class: 'actions' },
      actionForm(facts, '/sign-out', { label: words.signOut, id: 'sign-out' }),
    ),
  ];
}

/** The organisation's open sessions. */
export function sessions(
  facts: AccountFacts,
  insider: Insider,
  found: readonly ReachingSession[],
  names: ShownNames,
): Child[] {
  const words = accountWords(facts.language);
  const mayEnd = decides(insider);
  const isAlone = found.every(({ id }) => id === insider.session.id);
  return [
    isAlone && element('p', {}, words.noOtherSessions),
    element(
      'ul',
      { class: 'items' },
      ...found.map((session) => sessionItem(facts, insider, session, names, mayEnd)),
    ),
    mayEnd &&
      !isAlone &&
      graveAction(
        words.endOthers,
        words.endOthersMeans,
        actionForm(facts, '/sessions/end-others', { label: words.endOthers, id: 'end-others' }),
        'end-others-part',
      ),
  ];
}

function sessionItem(
  facts: AccountFacts,
  insider: Insider,
  session: ReachingSession,
  names: ShownNames,
  mayEnd: boolean,
): Element {
  const { language } = facts;
  const words = accountWords(language);
  const { id, clients, startedAt, usedAt, expiresAt, certificate, power } = session;
  const isOwn = id === insider.session.id;
  const used = isOwn ? facts.now : usedAt;
  const [first = '', ...others] = clients.map((client) => names.clients.get(client) ?? client);
  return item(
    first,
    isOwn ? status('good', words.thisSession) : undefined,
    factList([
      [words.portals, others.length > 0 && [first, ...others].join(', ')],
      [words.since, when(startedAt, language)],
      [words.lastUse, used === undefined ? words.never : when(used, language)],
      [words.endsBy, when(expiresAt, language)],
      [words.certificate, certificateName(certificate, names)],
      [words.power, power && element('span', { class: 'code' }, power.number)],
    ]),
    (mayEnd || isOwn) && actionForm(facts, '/sessions/end', { label: words.endSession }, { session: id }),
  );
}

/** Attempts to sign in for the organisation, with what came of each. */
export function signIns(
  facts: AccountFacts,
  found: readonly SignIn[],
  names: ShownNames,
  before: number | undefined,
): Child[] {
  const { language } = facts;
  const words = accountWords(language);
  if (found.length === 0) return [element('p', {}, words.noSignIns)];
  return [
    element(
      'ul',
      { class: 'items' },
      ...found.map(({ at, client, origin, certificate, code, traceId }) =>
        item(
          names.clients.get(client) ?? client,
          code === undefined ? status('good', words.passed) : status('bad', words.refused),
          factList([
            [words.time, when(at, language)],
            [words.place, element('span', { class: 'code' }, origin)],
            [words.certificate, certificate !== '' && certificateName(certificate, names)],
            [words.cause, isFailureCode(code) && explain(code, {}, language).title],
            [words.code, code !== undefined && element('span', { class: 'code' }, code)],
            [words.trace, code !== undefined && element('span', { class: 'code' }, traceId)],
          ]),
        ),
      ),
    ),
    before !== undefined &&
      element(
        'p',
        {},
        element('a', { href: linkTo(facts, `/sign-ins?before=${before}`), id: 'earlier' }, words.earlier),
      ),
  ];
}

function isFailureCode(code: string | undefined): code is FailureCode {
  return failureCodes.some((known) => known === code);
}

/** Connected carriers. */
export function carriers(facts: AccountFacts, insider: Insider, found: readonly Carrier[]): Child[] {
  const words = accountWords(facts.language);
  return [
    found.length === 0 && element('p', {}, words.noCarriers),
    found.length > 0 &&
      element('ul', { class: 'items' }, ...found.map((carrier) => carrierItem(facts, insider, carrier))),
    element(
      'div',
      { class: 'stack close' },
      element(
        'div',
        { class: 'actions' },
        element(
          'a',
          { class: 'button', href: linkTo(facts, '/carriers/connect'), id: 'connect' },
          words.connectCarrier,
        ),
      ),
      element('p', { class: 'small soft' }, words.connectMeans),
    ),
  ];
}

function carrierItem(facts: AccountFacts, insider: Insider, carrier: Carrier): Element {
  const { language, now } = facts;
  const words = accountWords(language);
  const { certificate, name, holder, issuer, serialNumber, expiresAt, connectedAt, lastUsedAt, isConfirmed } =
    carrier;
  const isHead = decides(insider);
  const mayChange = isHead || insider.claims['x5t#S256'] === certificate;
  const named = `name-${certificate}`;
  return item(
    name,
    isConfirmed ? status('good', words.confirmed) : status('warn', words.unconfirmed),
    [
      !isConfirmed && element('p', { class: 'small' }, words.unconfirmedMeans),
      factList([
        [words.holder, holder],
        [words.term, words.termUntil(shownDay(expiresAt, language), shownDistance(expiresAt, now, language))],
        [words.authority, issuer],
        [words.serialNumber, element('span', { class: 'code' }, shownSerialNumber(serialNumber))],
        [words.connected, when(connectedAt, language)],
        [words.lastUse, lastUsedAt === undefined ? words.never : when(lastUsedAt, language)],
      ]),
    ],
    isHead &&
      !isConfirmed &&
      actionForm(facts, '/carriers/confirm', { label: words.confirmCarrier }, { certificate }),
    mayChange &&
      element(
        'details',
        { class: 'grave' },
        element('summary', {}, words.renameCarrier),
        element(
          'form',
          {
            method: 'post',
            action: linkTo(facts, '/carriers/name'),
            class: 'stack close',
          },
          element('input', { type: 'hidden', name: 'certificate', value: certificate }),
          element(
            'div',
            { class: 'field' },
            element('label', { for: named }, words.nameLabel),
            element('input', { id: named, name: 'name', value: name, maxlength: 100, required: true }),
          ),
          element('div', { class: 'actions' }, element('button', { class: 'button' }, words.nameCarrier)),
        ),
      ),
    mayChange &&
      graveAction(
        words.disconnect,
        words.disconnectMeans,
        actionForm(facts, '/carriers/disconnect', { label: words.disconnect }, { certificate }),
      ),
  );
}

/** One thing of a list: its name, how it stands, what is known of it, and what can be done with it. */
export function item(
  title: string,
  state: Element | undefined,
  about: Child,
  ...actions: readonly Child[]
): Element {
  const given = actions.filter((action) => action !== undefined && action !== false);
  return element(
    'li',
    { class: 'item stack close' },
    element('div', { class: 'heading' }, element('h2', {}, title), state),
    about,
    given.length > 0 && element('div', { class: 'stack close' }, ...given),
  );
}

/** The name of a connected carrier, or the certificate itself. */
export function certificateName(certificate: string, { carriers }: ShownNames): Child {
  const carrier = carriers.get(certificate);
  return carrier === undefined ? shownThumbprint(certificate) : `${carrier.name}, ${carrier.holder}`;
}
