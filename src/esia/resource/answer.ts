import { SealgateError } from '../../error.ts';
import { databaseRegister } from '../../register/lookup.ts';
import { type EsiaContext, publicBase } from '../context.ts';
import type { Grant } from '../storage/grant.ts';
import { embedded, type Resource } from './collection.ts';
import { organisationCollection, organisationResource } from './organisation.ts';
import { personCollection, personResource } from './person.ts';

/**
 * What the address `path` of data (`prns/1000/ctts`, below `/rs`) answers for a grant; slashes that are doubled or stand
 * at the end mean nothing. Throws `esia_data_forbidden` where the scopes, or the owner, are others, and
 * `resource_unknown`.
 */
export async function answerResource(
  context: EsiaContext,
  grant: Grant,
  path: string,
  embed: string | undefined,
): Promise<Resource> {
  const [kind = '', oid = '', ...rest] = path.split('/').filter(Boolean);
  const wanted = embedded(embed);
  const address = `${publicBase(context)}/rs/${kind}/${oid}`;
  const found =
    kind === 'prns'
      ? aboutPerson(context, grant, oid, rest, wanted, address)
      : kind === 'orgs'
        ? await aboutOrganisation(context, grant, oid, rest, wanted, address)
        : undefined;
  if (found === undefined) throw new SealgateError('resource_unknown', { path: path.slice(0, 200) });
  if (found === false) throw new SealgateError('esia_data_forbidden', { path: path.slice(0, 200) });
  return found;
}

function aboutPerson(
  context: EsiaContext,
  grant: Grant,
  oid: string,
  rest: readonly string[],
  embed: ReadonlySet<string>,
  address: string,
): Resource | undefined | false {
  const { person } = grant.facts;
  if (person === undefined || String(person.oid) !== oid) return false;
  const [name, id, ...more] = rest;
  if (name === undefined) return personResource(grant, person, embed, address);
  if (more.length > 0) return undefined;
  const organisations = `${publicBase(context)}/rs/orgs`;
  return personCollection(grant, person, [name, id], embed, { person: address, organisations });
}

async function aboutOrganisation(
  { database }: EsiaContext,
  grant: Grant,
  oid: string,
  rest: readonly string[],
  embed: ReadonlySet<string>,
  address: string,
): Promise<Resource | undefined | false> {
  const { organisation } = grant.facts;
  if (organisation === undefined || String(organisation.oid) !== oid) return false;
  if (rest.length > 3) return undefined;
  if (rest.length > 0) return organisationCollection(grant, organisation, rest, embed, address);
  const { ogrn = '', inn = '' } = organisation;
  const registered = await databaseRegister(database).find({ ogrn, inn });
  return organisationResource(grant, organisation, registered) ?? false;
}
