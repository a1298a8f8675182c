/**
 * What opening a database may do. `serve`: make the tables and bring them up to date, as the service does, which alone
 * takes a new secret into use. `create`: the same, but leave the seal of the journal to the secret that it has.
 * `open`: not make them. `read`: change nothing at all, so that a copy on a medium that cannot be written is read too.
 */
export type Access = 'serve' | 'create' | 'open' | 'read';
