import { defined } from '../../optional.ts';
import type { RegisteredOrganisation } from '../../register/organisation.ts';
import type { OrganisationFacts } from '../facts.ts';
import type { Grant } from '../storage/grant.ts';
import { collection, type Resource, tagged } from './collection.ts';
import { isOpened, typeOf } from './person.ts';

/** The fields of an organisation, each with the scopes any one of which opens it. */
const fieldScopes = {
  ogrn: ['org_ogrn'],
  inn: ['org_inn'],
  kpp: ['org_kpp'],
  fullName: ['org_fullname'],
  shortName: ['org_shortname'],
  type: ['org_type'],
} as const;

/** Scopes that open every field. */
const allFields = ['org_inf', 'org_ful'];

/** The organisation as far as the scopes go; undefined where they open nothing of it. */
export function organisationResource(
  grant: Grant,
  organisation: OrganisationFacts,
  registered: RegisteredOrganisation | undefined,
): Resource | undefined {
  const { oid, name, ogrn, inn } = organisation;
  if (!isOpened(grant, oid, (scope) => scope.startsWith('org_'))) return undefined;
  const known: Readonly<Record<keyof typeof fieldScopes, string | undefined>> = {
    ...{ ogrn, inn, fullName: name, type: typeOf(organisation) },
    shortName: registered?.shortName || name,
    kpp: registered?.kpp[0],
  };
  const opened = Object.entries(fieldScopes).filter(([, scopes]) =>
    isOpened(
      grant,
      oid,
      (scope) => allFields.includes(scope) || (scopes as readonly string[]).includes(scope),
    ),
  );
  const fields = opened.map(([field]) => [field, known[field as keyof typeof fieldScopes]]);
  return tagged('EntityRoot', { oid, ...defined(Object.fromEntries(fields)), isLiquidated: false });
}

const collectionScopes: Readonly<Record<string, string>> = {
  ctts: 'org_ctts',
  addrs: 'org_addrs',
  emps: 'org_emps',
  grps: 'org_grps',
};

/**
 * A collection of the organisation: of its people only whoever signed in is known here. Undefined where there is no such
 * thing, false where it is closed.
 */
export function organisationCollection(
  grant: Grant,
  organisation: OrganisationFacts,
  [name = '', id, below]: readonly string[],
  embed: ReadonlySet<string>,
  address: string,
): Resource | undefined | false {
  const scope = below === 'grps' ? 'org_grps' : collectionScopes[name];
  if (scope === undefined) return undefined;
  if (!isOpened(grant, organisation.oid, (each) => each === scope)) return false;
  const employees = name === 'emps' ? employeesOf(grant, organisation) : [];
  if (id === undefined) return collection(`${address}/${name}`, employees, embed.has('elements'));
  const employee = employees.find((each) => String(each.id) === id);
  if (employee === undefined) return undefined;
  return below === undefined
    ? tagged('Identifiable', employee.value)
    : collection(`${address}/${name}/${id}/grps`, [], embed.has('elements'));
}

function employeesOf({ facts: { person } }: Grant, { position, isChief }: OrganisationFacts) {
  if (person === undefined) return [];
  const value = { prnOid: person.oid, ...defined({ position }), chief: isChief };
  return [{ id: person.oid, value }];
}
