import type { AssertionKeys } from '../assertion/keys.ts';
import type { Client } from '../relying-party/registry.ts';
import type { Keyring } from '../secret/keyring.ts';
import type { Attempt, RecordKeeping } from './record.ts';
import type { VerifyLogin } from './verified-login.ts';

/** What a login works with. */
export interface LoginDependencies extends RecordKeeping {
  readonly challengeKeys: Keyring;
  readonly assertionKeys: AssertionKeys;
  readonly issuer: string;
  readonly verifyLogin: VerifyLogin;
}

/** One request to sign in. */
export interface LoginRequest extends Attempt {
  /** Whoever asks has proven to be it, or the sign-in page acts for it and gives nothing out before it has. */
  readonly client: Client;
  readonly challenge: string;
  /** CMS SignedData as base64. */
  readonly signature: string;
  readonly browser: string;
  /** Whom the assertion is for; the relying party's usual audience if absent. */
  readonly audience?: string;
  /** Where the challenge was not shown by the portal's own page: see `ChallengeBinding`. */
  readonly page?: string;
  readonly handOver?: string;
}
