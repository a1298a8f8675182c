import type { Database } from '../database/database.ts';
import type { PowerQuota } from '../power-of-attorney/quota.ts';
import type { PowerStatusRegister } from '../power-of-attorney/status.ts';
import type { OrganisationRegister } from '../register/lookup.ts';

/** What authorisation works with. */
export interface AuthorisationContext {
  readonly database: Database;
  readonly register: OrganisationRegister;
  /** The register of powers of attorney; only what was withdrawn here is known where there is none. */
  readonly powerStatus?: PowerStatusRegister;
  /** How many powers are kept; the usual number where it is absent. */
  readonly powerQuota?: PowerQuota;
}
