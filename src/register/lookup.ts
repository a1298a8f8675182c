import type { Database, Row, Statement } from '../database/database.ts';
import type { OrganisationState, RegisteredOrganisation } from './organisation.ts';

/** What an organisation is looked up by. */
export interface OrganisationKey {
  readonly ogrn: string;
  readonly inn: string;
}

/** Where organisations are looked up: the operator's own register in the database, or somebody else's over HTTP. */
export interface OrganisationRegister {
  /**
   * The entry under this OGRN, or failing that one under this INN, so that a wrong OGRN can be named; undefined
   * where there is neither. Rejects with `register_unavailable` or `storage_unavailable`.
   */
  find(key: OrganisationKey): Promise<RegisteredOrganisation | undefined>;
}

const columns = 'SELECT ogrn, inn, kpp, name, short_name, state, heads FROM registered_organisation';

/** The register that `sealgate organisation import` fills. Both look-ups go by an index. */
export function databaseRegister(database: Database): OrganisationRegister {
  return {
    async find({ ogrn, inn }) {
      const byOgrn: Statement = { sql: `${columns} WHERE ogrn = ?`, parameters: [ogrn] };
      const byInn: Statement = { sql: `${columns} WHERE inn = ? ORDER BY ogrn LIMIT 1`, parameters: [inn] };
      const [row] = await database.read(byOgrn);
      const [found] = row ? [row] : await database.read(byInn);
      return found && toOrganisation(found);
    },
  };
}

function toOrganisation(row: Row): RegisteredOrganisation {
  const list = (value: unknown) => String(value).split(' ').filter(Boolean);
  return {
    ogrn: String(row.ogrn),
    inn: String(row.inn),
    kpp: list(row.kpp),
    name: String(row.name),
    shortName: String(row.short_name),
    state: row.state as OrganisationState,
    heads: list(row.heads).map((inn) => ({ inn })),
  };
}
