import { defined } from '../../optional.ts';
import type { OrganisationFacts, PersonFacts } from '../facts.ts';
import type { Grant } from '../storage/grant.ts';
import { type CollectionElement, collection, type Resource, tagged } from './collection.ts';

/** A collection of a person: its name in an address, in an embedded person, and the scopes any one of which opens it. */
interface PersonCollection {
  readonly name: string;
  readonly embeddedName: string;
  readonly isOpenedBy: (scope: string) => boolean;
  readonly elements: (grant: Grant) => readonly CollectionElement[];
}

const nothing = (): readonly CollectionElement[] => [];
const anyOf =
  (...scopes: readonly string[]) =>
  (scope: string) =>
    scopes.includes(scope);

/**
 * The collections of a person. A sign-in by signature tells of no contacts, addresses, documents, vehicles and children,
 * so that those are empty.
 */
const collections: readonly PersonCollection[] = [
  {
    name: 'ctts',
    embeddedName: 'contacts',
    isOpenedBy: anyOf('contacts', 'email', 'mobile', 'usr_inf'),
    elements: nothing,
  },
  {
    name: 'addrs',
    embeddedName: 'addresses',
    isOpenedBy: anyOf('addresses', 'contacts', 'usr_inf'),
    elements: nothing,
  },
  {
    name: 'docs',
    embeddedName: 'documents',
    isOpenedBy: (scope) => scope === 'id_doc' || scope === 'usr_inf' || scope.endsWith('_doc'),
    elements: nothing,
  },
  { name: 'vhls', embeddedName: 'vehicles', isOpenedBy: anyOf('vehicles'), elements: nothing },
  { name: 'kids', embeddedName: 'kids', isOpenedBy: (scope) => scope.startsWith('kid_'), elements: nothing },
  { name: 'orgs', embeddedName: 'organizations', isOpenedBy: anyOf('usr_org'), elements: organisations },
  { name: 'roles', embeddedName: 'roles', isOpenedBy: anyOf('usr_org'), elements: roles },
];

/** Whether a scope of the grant lets `opens` be seen. */
export function isOpened({ facts }: Grant, owner: number, opens: (scope: string) => boolean): boolean {
  return facts.scopes.some(({ name, owner: own }) => own === owner && opens(name));
}

/** The person as far as the scopes go, with the collections that `embed` names (`contacts.elements`). */
export function personResource(
  grant: Grant,
  person: PersonFacts,
  embed: ReadonlySet<string>,
  address: string,
): Resource {
  const has = (...scopes: readonly string[]) => isOpened(grant, person.oid, anyOf(...scopes));
  const { lastName, firstName, middleName, snils, inn } = person;
  const wanted = collections.filter(
    ({ embeddedName, isOpenedBy }) =>
      embed.has(`${embeddedName}.elements`) && isOpened(grant, person.oid, isOpenedBy),
  );
  return tagged('EntityRoot', {
    ...(has('fullname', 'usr_inf', 'usr_brf') ? { firstName, lastName, ...defined({ middleName }) } : {}),
    ...(has('snils', 'usr_inf') && snils !== undefined ? { snils: shownSnils(snils) } : {}),
    ...(has('inn', 'usr_inf') ? defined({ inn }) : {}),
    trusted: true,
    verifying: false,
    status: 'REGISTERED',
    updatedOn: grant.facts.authTime,
    ...Object.fromEntries(
      wanted.map(({ name, embeddedName, elements }) => [
        embeddedName,
        collection(`${address}/${name}`, elements(grant), true),
      ]),
    ),
  });
}

/** A collection of the person, or one element of it; undefined where there is no such thing, false where it is closed. */
export function personCollection(
  grant: Grant,
  person: PersonFacts,
  [name, id]: readonly [string, string | undefined],
  embed: ReadonlySet<string>,
  bases: { readonly person: string; readonly organisations: string },
): Resource | undefined | false {
  const found = collections.find((each) => each.name === name);
  if (found === undefined) return undefined;
  if (!isOpened(grant, person.oid, found.isOpenedBy)) return false;
  const elements = found.elements(grant);
  if (id !== undefined) {
    const element = elements.find((each) => String(each.id) === id);
    return element && tagged('Identifiable', element.value);
  }
  // Links of organisations lead to the organisations themselves; roles come inline always.
  const address = name === 'orgs' ? bases.organisations : `${bases.person}/${name}`;
  return collection(address, elements, name === 'roles' || embed.has('elements'));
}

function organisations({ facts: { organisation } }: Grant): readonly CollectionElement[] {
  if (organisation === undefined) return [];
  const { oid, name, ogrn } = organisation;
  const value = {
    id: oid,
    ...{ oid, fullName: name, shortName: name, type: typeOf(organisation) },
    ...defined({ ogrn }),
  };
  return [{ id: oid, value }];
}

/** The person's place in the organisation that they signed in for: what certificate, register and powers say. */
function roles({ facts: { organisation, person } }: Grant): readonly CollectionElement[] {
  if (organisation === undefined || person === undefined) return [];
  const { oid, name, ogrn, isChief, maySubstitute, position } = organisation;
  const value = {
    ...{ oid, prnOid: person.oid, fullName: name, shortName: name },
    ...defined({ ogrn, position }),
    type: typeOf(organisation),
    ...{ chief: isChief, admin: false, active: true, hasRightOfSubstitution: maySubstitute },
    ...{ hasApprovalTabAccess: false, isLiquidated: false },
  };
  return [{ id: oid, value }];
}

/** An entrepreneur's OGRNIP has 15 digits, an organisation's OGRN 13. */
export function typeOf({ ogrn }: OrganisationFacts): 'LEGAL' | 'BUSINESS' {
  return ogrn?.length === 15 ? 'BUSINESS' : 'LEGAL';
}

/** `112-233-445 95`. */
function shownSnils(digits: string): string {
  return `${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6, 9)} ${digits.slice(9)}`;
}
