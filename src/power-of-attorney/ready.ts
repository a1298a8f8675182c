import type { Database, Value } from '../database/database.ts';
import { mostAcceptedPowers } from '../relying-party/registration.ts';
import type { HandedOn } from './document.ts';
import type { PowerPolicy, PowerTerms } from './judge.ts';
import { firstNumber } from './name.ts';
import { type PersonNumbers, personKeys } from './person.ts';
import { type KeptPower, powerColumns, toPower } from './store.ts';

/** For which organisation somebody acts, as far as that is settled without a power. */
export type Organisation =
  /** The certificate's own, `ogrn:…`, or the one that an account belongs to. */
  | { readonly principal: string }
  /** Named by its INN in the text that was signed, or by its numbers in a power that was handed on. */
  | { readonly inn: string | undefined; readonly ogrn: string | undefined }
  /** Any one that the person has acted for before: with this relying party, or by signing a text that names it. */
  | { readonly actedForWith: string };

/** Whose powers are looked for, and what they have to be good for. */
export interface PowerQuestion {
  readonly person: PersonNumbers;
  readonly policy: PowerPolicy;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** More powers than these are not tried one after the other. */
const mostTried = 5;

/** Powers of a person: found by either number, and each number that the power names is the person's. */
const ofPerson = `representative IN (?, ?)
  AND (representative_inn IS NULL OR representative_inn = ?)
  AND (representative_snils IS NULL OR representative_snils = ?)`;

function personParameters(person: PersonNumbers): readonly Value[] {
  return [...personKeys(person), person.inn ?? '', person.snils ?? ''];
}

const acceptedPlaces = Array(mostAcceptedPowers).fill('?').join(', ');

/** Codes that are accepted, and empty texts, which no power gives, to fill the places up. */
function acceptedParameters({ acceptedPowers }: PowerPolicy): readonly string[] {
  return Array.from({ length: mostAcceptedPowers }, (_, index) => acceptedPowers[index] ?? '');
}

const codesOf = `SELECT code FROM power_scope
  WHERE power_scope.principal = power.principal AND power_scope.giver = power.giver
    AND power_scope.number = power.number`;

const usable = `not_before <= ? AND not_after > ? AND withdrawn_at IS NULL AND unreadable = 0
  AND (giver = principal OR ? = 1)
  AND EXISTS (${codesOf} AND restricted = 0 AND code IN (${acceptedPlaces}))`;

function usableParameters({ policy, at }: PowerQuestion): readonly Value[] {
  return [at, at, policy.allowDelegation ? 1 : 0, ...acceptedParameters(policy)];
}

const ofOrganisation = {
  principal: 'principal = ?',
  numbers: "(? = '' OR principal_inn = ?) AND (? = '' OR principal = ?)",
  actedFor: `principal IN (SELECT principal FROM representation
    WHERE representation.representative IN (?, ?) AND client IN ('', ?))`,
} as const;

type OrganisationKind = keyof typeof ofOrganisation;

function organisationOf(
  organisation: Organisation,
  person: PersonNumbers,
): { readonly kind: OrganisationKind; readonly parameters: readonly Value[] } {
  if ('principal' in organisation) return { kind: 'principal', parameters: [organisation.principal] };
  if ('actedForWith' in organisation)
    return { kind: 'actedFor', parameters: [...personKeys(person), organisation.actedForWith] };
  const { inn = '', ogrn } = organisation;
  const principal = ogrn === undefined ? '' : `ogrn:${ogrn}`;
  return { kind: 'numbers', parameters: [inn, inn, principal, principal] };
}

/** Organisations are named up to this number where one of several has to be chosen. */
const mostNamed = 10;

/**
 * INN of the organisations that a person has acted for and may act for now by a power that lies ready, in their order;
 * one more than are named at most. `relyingParty` is the one that asks.
 */
export async function representedOrganisations(
  database: Database,
  question: PowerQuestion,
  relyingParty: string,
): Promise<readonly string[]> {
  const { person } = question;
  const rows = await database.read({
    question: 'power.organisations/1',
    sql: `SELECT DISTINCT principal_inn FROM power
          WHERE ${ofPerson} AND ${ofOrganisation.actedFor} AND ${usable}
          ORDER BY principal_inn LIMIT ?`,
    parameters: [
      ...personParameters(person),
      ...organisationOf({ actedForWith: relyingParty }, person).parameters,
      ...usableParameters(question),
      mostNamed + 1,
    ],
  });
  return rows.map((row) => String(row.principal_inn));
}

/** Whether any power lies ready for a person, of whomever. */
export async function isOfferedPower(database: Database, question: PowerQuestion): Promise<boolean> {
  const rows = await database.read({
    question: 'power.offered/1',
    sql: `SELECT 1 AS offered FROM power WHERE ${ofPerson} AND ${usable} LIMIT 1`,
    parameters: [...personParameters(question.person), ...usableParameters(question)],
  });
  return rows.length > 0;
}

/** Powers of an organisation that lie ready for a person and may be used, those that end last first; five at most. */
export async function readyPowers(
  database: Database,
  question: PowerQuestion,
  organisation: Organisation,
): Promise<readonly KeptPower[]> {
  const { kind, parameters } = organisationOf(organisation, question.person);
  const rows = await database.read({
    question: `power.ready.${kind}/1`,
    sql: `SELECT ${powerColumns} FROM power WHERE ${ofPerson} AND ${ofOrganisation[kind]} AND ${usable}
          ORDER BY not_after DESC, number, giver LIMIT ?`,
    parameters: [
      ...personParameters(question.person),
      ...parameters,
      ...usableParameters(question),
      mostTried,
    ],
  });
  return rows.map(toPower);
}

/**
 * The power of an organisation for a person that ends last, whether it may be used or not: it tells the most where none
 * may. Undefined where nobody gave one that can be read.
 */
export async function latestPower(
  database: Database,
  { person, policy }: PowerQuestion,
  organisation: Organisation,
): Promise<{ readonly power: KeptPower; readonly terms: PowerTerms } | undefined> {
  const { kind, parameters } = organisationOf(organisation, person);
  const [row] = await database.read({
    question: `power.latest.${kind}/1`,
    sql: `SELECT ${powerColumns} FROM power WHERE ${ofPerson} AND ${ofOrganisation[kind]} AND unreadable = 0
          ORDER BY not_after DESC, number, giver LIMIT 1`,
    parameters: [...personParameters(person), ...parameters],
  });
  if (row === undefined) return undefined;
  const power = toPower(row);
  return { power, terms: await termsOf(database, power, policy) };
}

async function termsOf(database: Database, power: KeptPower, policy: PowerPolicy): Promise<PowerTerms> {
  const { principal, giver, number, notBefore, notAfter } = power;
  const rows = await database.read({
    question: 'power.scope/1',
    sql: `SELECT code, restricted FROM power_scope
          WHERE principal = ? AND giver = ? AND number = ? AND code IN (${acceptedPlaces})`,
    parameters: [principal, giver, number, ...acceptedParameters(policy)],
  });
  const codes = (restricted: number) =>
    new Set(rows.filter((row) => Number(row.restricted) === restricted).map(({ code }) => String(code)));
  return {
    ...{ number, notBefore, notAfter },
    isHandedOn: firstNumber(power) !== undefined,
    powers: codes(0),
    restricted: codes(1),
  };
}

/**
 * The powers with the number that a power was handed on from, which an organisation gave itself to whoever handed it
 * on: of that organisation, where it is known; eleven at most, where there should be one.
 */
export async function firstPowers(
  database: Database,
  { first, representative }: HandedOn,
  organisation: Organisation,
): Promise<readonly KeptPower[]> {
  const { kind, parameters } = organisationOf(organisation, representative);
  const rows = await database.read({
    question: `power.first.${kind}/1`,
    sql: `SELECT ${powerColumns} FROM power
          WHERE number = ? AND giver = principal AND unreadable = 0 AND ${ofPerson} AND ${ofOrganisation[kind]}
          ORDER BY principal LIMIT ?`,
    parameters: [first, ...personParameters(representative), ...parameters, mostNamed + 1],
  });
  return rows.map(toPower);
}

/** Whether an organisation gave whoever handed a power on one with its first number, be it one nobody has acted by. */
export async function hasFirstPower(
  database: Database,
  { first, representative }: HandedOn,
): Promise<boolean> {
  const rows = await database.read({
    question: 'power.first.offered/1',
    sql: `SELECT 1 AS offered FROM power WHERE number = ? AND giver = principal AND unreadable = 0 AND ${ofPerson} LIMIT 1`,
    parameters: [first, ...personParameters(representative)],
  });
  return rows.length > 0;
}
