import type { AssertionClaims } from '../assertion/claims.ts';
import type { Database } from '../database/database.ts';
import { defined } from '../optional.ts';
import { isHead } from '../organisation/basis.ts';
import { ownerNumber } from './storage/owner.ts';
import { maySubstitute } from './substitution.ts';

/** What a sign-in tells of the person; numbers as registers write them, digits alone. */
export interface PersonFacts {
  readonly oid: number;
  readonly lastName: string;
  readonly firstName: string;
  readonly middleName?: string;
  readonly snils?: string;
  readonly inn?: string;
}

/** What a sign-in tells of the organisation, and of the person's place in it. */
export interface OrganisationFacts {
  readonly oid: number;
  readonly name: string;
  readonly inn?: string;
  readonly ogrn?: string;
  readonly position?: string;
  /** The person is its head by the register, or is the entrepreneur. */
  readonly isChief: boolean;
  /** The person may hand on what they may do for it. */
  readonly maySubstitute: boolean;
}

/** What a sign-in tells, as far as it may be handed over. */
export interface SignInFacts {
  readonly person: PersonFacts;
  /** Absent where a natural person signed in for none. */
  readonly organisation?: OrganisationFacts;
  /** When the signature was verified, in seconds since the epoch. */
  readonly authTime: number;
}

/** The facts of a sign-in, under the numbers of this installation. Rejects with `storage_unavailable`. */
export async function factsOf(database: Database, claims: AssertionClaims): Promise<SignInFacts> {
  const { signer, authority, auth_time: authTime } = claims;
  const { snils, inn } = signer;
  const oid = await ownerNumber(database, 'person', personSubject(claims));
  const person = { oid, ...namesOf(signer.name), ...defined({ snils, inn }) };
  if (authority?.basis === 'person') return { person, authTime };
  return { person, organisation: await organisationFacts(database, claims), authTime };
}

async function organisationFacts(database: Database, claims: AssertionClaims): Promise<OrganisationFacts> {
  const { organisation, signer, authority, sub } = claims;
  const { name, inn, ogrn } = organisation;
  const { position } = signer;
  return {
    oid: await ownerNumber(database, 'organisation', sub),
    name,
    ...defined({ inn, ogrn, position }),
    isChief: authority !== undefined && isHead(authority.basis),
    maySubstitute: await maySubstitute(database, claims),
  };
}

/** A person keeps their SNILS for life; a certificate that names neither that nor an INN stands for itself. */
function personSubject({ signer: { snils, inn }, 'x5t#S256': thumbprint }: AssertionClaims): string {
  if (snils !== undefined) return `snils:${snils}`;
  return inn === undefined ? `certificate:${thumbprint}` : `inn:${inn}`;
}

/** Certificates name people by surname, given name and patronymic, in this order. */
function namesOf(name: string): Pick<PersonFacts, 'lastName' | 'firstName' | 'middleName'> {
  const [lastName = '', firstName = '', ...rest] = name.split(' ').filter(Boolean);
  const middleName = rest.join(' ');
  return { lastName, firstName, ...(middleName === '' ? {} : { middleName }) };
}
