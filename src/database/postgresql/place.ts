import { SealgateError } from '../../error.ts';

/** Where a PostgreSQL is: what `DATABASE_URL` says. */
export interface PostgresqlPlace {
  /** `postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…`; holds a password, so it is never shown. */
  readonly url: string;
  /** The same without user, password and options, to be shown. */
  readonly shown: string;
}

/**
 * Reads the address of a PostgreSQL. `field` names the setting. Throws `configuration_invalid`, which never says the
 * address itself, since it may hold a password.
 */
export function parsePlace(url: string, field: string): PostgresqlPlace {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isOurs = parsed?.protocol === 'postgresql:' || parsed?.protocol === 'postgres:';
  const name = isOurs ? parsed.pathname.slice(1) : '';
  if (parsed === undefined || !isOurs || name === '' || name.includes('/')) {
    const problem =
      'must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with marks such as @, / and # in the password percent-encoded';
    throw new SealgateError('configuration_invalid', { field, problem });
  }
  // A socket's folder stands among the options, as libpq has it.
  const host = parsed.searchParams.get('host') ?? (parsed.host || 'localhost');
  return { url, shown: `${host}/${name}` };
}
