import type { ChallengeOrganisation } from '../challenge/text.ts';
import type { Language } from '../failure/failure.ts';
import { reachesClass } from '../qualified/tool-class.ts';
import type { Client } from '../relying-party/registry.ts';

/** Who asks, as the page and the text show it. */
export interface Requester {
  /** Origin of the portal's pages, one of those registered. */
  readonly origin: string;
  /** The portal's name; the registered one if absent. */
  readonly name?: string;
}

/** What one sign-in asks beyond the relying party's policy. It never asks for less. */
export interface SignInRequirements {
  /** Lowest class of the signing tool. */
  readonly minimumClass?: Client['policy']['minimumClass'];
  /** An organisation has to sign in, though natural persons are let in otherwise. */
  readonly organisation?: true;
}

/** A sign-in that a front wants to have made by the page. */
export interface SignInRequest {
  readonly client: Client;
  /** Where the browser goes afterwards, with `code` and `iss` added; a `state` of the front's own stands in it already. */
  readonly returnTo: string;
  readonly language: Language;
  readonly requester: Requester;
  /** Shown in the text, where it is known who wants to sign in. */
  readonly organisation?: ChallengeOrganisation;
  /** Whom the assertion is for; the relying party's usual audience if absent. */
  readonly audience?: string;
  readonly requirements?: SignInRequirements;
}

/** What is kept of a request, beside its relying party. */
export type KeptRequest = Omit<SignInRequest, 'client'>;

/** The relying party under the policy of this one sign-in: the stricter of both. */
export function clientFor(client: Client, { requirements }: KeptRequest): Client {
  const { policy } = client;
  const wanted = requirements?.minimumClass;
  const isHigher = wanted !== undefined && !reachesClass(policy.minimumClass, wanted);
  const needsOrganisation = requirements?.organisation === true && policy.allowPersons;
  if (!isHigher && !needsOrganisation) return client;
  return {
    ...client,
    policy: {
      ...policy,
      ...(isHigher ? { minimumClass: wanted } : {}),
      ...(needsOrganisation ? { allowPersons: false } : {}),
    },
  };
}
