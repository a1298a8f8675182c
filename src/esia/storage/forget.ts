import type { Statement } from '../../database/database.ts';
import { forgetAuthorizations } from './authorization.ts';
import { forgetGrants } from './grant.ts';
import { forgetRequests } from './request.ts';
import { forgetSignedStrings } from './signed-string.ts';

/** Forgets, as of `at` (ms), what the front needs no more. */
export function forgetEsia(at: number): readonly Statement[] {
  return [...forgetAuthorizations(at), forgetGrants(at), forgetSignedStrings(at), forgetRequests(at)];
}
