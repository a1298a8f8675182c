import { agentFailures } from './agent.ts';
import { certificateFailures } from './certificate.ts';
import { challengeFailures } from './challenge.ts';
import { commandFailures } from './command.ts';
import { documentFailures } from './document.ts';
import { driverFailures } from './driver.ts';
import { esiaFailures } from './esia.ts';
import type { Failure, Wording } from './failure.ts';
import { oidcFailures } from './oidc.ts';
import { organisationFailures } from './organisation.ts';
import { pageFailures } from './page.ts';
import { serviceFailures } from './service.ts';
import { signInFailures } from './sign-in.ts';
import { signatureFailures } from './signature.ts';
import { standFailures } from './stand.ts';
import { tokenFailures } from './token.ts';
import { trustFailures } from './trust.ts';
import { workplaceFailures } from './workplace.ts';

/** Every failure by its stable code. Codes are never renamed: portals and support lines build on them. */
export const failures = {
  ...signatureFailures,
  ...documentFailures,
  ...certificateFailures,
  ...organisationFailures,
  ...challengeFailures,
  ...serviceFailures,
  ...tokenFailures,
  ...trustFailures,
  ...driverFailures,
  ...agentFailures,
  ...workplaceFailures,
  ...signInFailures,
  ...esiaFailures,
  ...pageFailures,
  ...oidcFailures,
  ...commandFailures,
  ...standFailures,
} as const satisfies Record<string, Failure>;

/** A stable failure code. */
export type FailureCode = keyof typeof failures;

/** Every code, in the order of the tables. */
export const failureCodes = Object.keys(failures) as readonly FailureCode[];

type Gaps<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Gaps<Rest>
  : never;

type Table = typeof failures;
type Texts<Code extends FailureCode> = Table[Code]['en' | 'ru'][keyof Wording];
type Declared<Code extends FailureCode> = Table[Code] extends { readonly details: infer Kinds }
  ? keyof Kinds
  : never;

type Misworded = {
  [Code in FailureCode]: Exclude<Gaps<Texts<Code>>, Declared<Code>> extends infer Name extends string
    ? `${Code} has no detail {${Name}}`
    : never;
}[FailureCode];

type None<Found extends never> = Found;

/** A wording names only details that its failure has: one that does not is told here by the compiler. */
export type WordingsHold = None<Misworded>;
