import { SealgateError } from '../error.ts';
import type { EsiaSystem } from '../relying-party/esia-system.ts';

/** A scope as a system asks for it. */
export interface RequestedScope {
  readonly name: string;
  /** Number of the organisation that an organisation's scope names; whoever signs in decides where it is absent. */
  readonly organisation?: number;
}

/** A scope that was granted, for one owner of data. */
export interface GrantedScope {
  readonly name: string;
  /** Number of the person or of the organisation. */
  readonly owner: number;
}

/** Most scopes of one request. */
const mostScopes = 100;

/** The form that guides show: with the name of the true host whatever the host is, or with none. */
const ownedForm = /^(?:https?:\/\/[a-z0-9.-]+\/)?([a-z_]{1,64})(?:\?(oid|org_oid)=(\d{1,15}))?$/;

/** Whether a scope is about an organisation's own data. */
export function isOrganisationScope(name: string): boolean {
  return name.startsWith('org_');
}

/** Whether the scopes need an organisation to sign in. */
export function needsOrganisation(scopes: readonly RequestedScope[]): boolean {
  return scopes.some(({ name }) => name === 'usr_org' || isOrganisationScope(name));
}

/**
 * The scopes of a request, each once, that the system may ask for: those of `scope` and of `scope_org`, separated by
 * blanks. Throws `esia_scope_missing`, and `esia_scope_forbidden` for one that is not registered or cannot be read.
 */
export function readScopes(
  { scopes: registered }: EsiaSystem,
  ...texts: readonly string[]
): readonly RequestedScope[] {
  const words = [...new Set(texts.flatMap((text) => text.split(' ').filter(Boolean)))];
  if (words.length === 0) throw new SealgateError('esia_scope_missing');
  return words.slice(0, mostScopes + 1).map((word, index) => {
    const scope = index < mostScopes ? readScope(word) : undefined;
    if (scope !== undefined && registered.includes(scope.name)) return scope;
    throw new SealgateError('esia_scope_forbidden', { value: word.slice(0, 200) });
  });
}

function readScope(word: string): RequestedScope | undefined {
  const [, name, parameter, number] = ownedForm.exec(word) ?? [];
  if (name === undefined) return undefined;
  if (parameter === undefined) return { name };
  // A person's number says what the token will say anyway; whoever signs in is the owner.
  if (parameter === 'oid') return isOrganisationScope(name) ? undefined : { name };
  return isOrganisationScope(name) ? { name, organisation: Number(number) } : undefined;
}

/**
 * What a person who allows these scopes lets the system have: the scopes, and with the organisation also those that the
 * system may ask for by itself as long as they are signed in.
 */
export function allowedBy(
  { scopes: registered }: EsiaSystem,
  asked: readonly RequestedScope[],
): readonly string[] {
  const names = asked.map(({ name }) => name);
  const byItself = names.includes('usr_org') ? registered.filter(isOrganisationScope) : [];
  return [...new Set([...names, ...byItself])];
}

/** Whether everything asked for was granted. */
export function areGranted(asked: readonly RequestedScope[], granted: readonly GrantedScope[]): boolean {
  return asked.every(({ name, organisation }) =>
    granted.some(
      (scope) => scope.name === name && (organisation === undefined || organisation === scope.owner),
    ),
  );
}

/** Granted scopes as the claim of an access token has them, each with its owner. */
export function scopeClaim(granted: readonly GrantedScope[]): string {
  return granted
    .map(({ name, owner }) => {
      if (name === 'openid') return name;
      return isOrganisationScope(name)
        ? `http://esia.gosuslugi.ru/${name}?org_oid=${owner}`
        : `${name}?oid=${owner}`;
    })
    .join(' ');
}
