import { SealgateError } from '../error.ts';
import type { Difference } from '../failure/value.ts';
import { isNameOf } from './name.ts';
import type { RegisteredOrganisation } from './organisation.ts';

/** What a certificate, or a power of attorney, says of an organisation. */
export interface ClaimedOrganisation {
  readonly ogrn: string;
  readonly inn: string;
  /** Certificates do not have it, powers of attorney do. */
  readonly kpp?: string;
  /** Left out of the comparison where absent. */
  readonly name?: string;
}

/**
 * Compares an organisation with its entry in the register. Throws `organisation_mismatch`, which names every field
 * that differs with both values, and `organisation_blocked` for one that is closed or blocked.
 */
export function matchOrganisation(claimed: ClaimedOrganisation, registered: RegisteredOrganisation): void {
  const differences = differencesOf(claimed, registered);
  if (differences.length > 0) throw new SealgateError('organisation_mismatch', { differences });
  if (registered.state !== 'active') {
    throw new SealgateError('organisation_blocked', { state: registered.state });
  }
}

function differencesOf(
  { ogrn, inn, kpp, name }: ClaimedOrganisation,
  registered: RegisteredOrganisation,
): readonly Difference[] {
  const differences: Difference[] = [];
  if (inn !== registered.inn) differences.push({ field: 'inn', certificate: inn, register: registered.inn });
  if (ogrn !== registered.ogrn) {
    differences.push({ field: 'ogrn', certificate: ogrn, register: registered.ogrn });
  }
  if (kpp !== undefined && registered.kpp.length > 0 && !registered.kpp.includes(kpp)) {
    differences.push({ field: 'kpp', certificate: kpp, register: registered.kpp.join(', ') });
  }
  const names = [registered.name, registered.shortName].filter((text) => text !== '');
  if (name !== undefined && !isNameOf(name, names)) {
    differences.push({ field: 'name', certificate: name, register: names.join(', ') });
  }
  return differences;
}
