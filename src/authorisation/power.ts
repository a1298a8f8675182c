import { setImmediate } from 'node:timers/promises';
import { auditEntry } from '../audit/record.ts';
import { isExhausted } from '../budget/budget.ts';
import { isFailure, SealgateError } from '../error.ts';
import type { AuthorityTerm } from '../failure/authority-terms.ts';
import type { Difference } from '../failure/value.ts';
import { defined } from '../optional.ts';
import type { Signer } from '../organisation/identity.ts';
import type { HandedOn, PowerOfAttorney } from '../power-of-attorney/document.ts';
import { judgeTerms } from '../power-of-attorney/judge.ts';
import { documentDigest, keepPower } from '../power-of-attorney/keep.ts';
import { auditedName, firstNumber, givenName, powerName } from '../power-of-attorney/name.ts';
import { usualQuota } from '../power-of-attorney/quota.ts';
import { readPower } from '../power-of-attorney/read.ts';
import {
  firstPowers,
  hasFirstPower,
  isOfferedPower,
  latestPower,
  type Organisation,
  readyPowers,
  representedOrganisations,
} from '../power-of-attorney/ready.ts';
import { findDocument, findPower, type KeptPower } from '../power-of-attorney/store.ts';
import {
  expectRepresentative,
  openPower,
  type PresentedPower,
  type SignerProof,
  type VerifiedPower,
  verifyPower,
} from '../power-of-attorney/verify.ts';
import { withdrawPower } from '../power-of-attorney/withdraw.ts';
import { matchOrganisation } from '../register/match.ts';
import type { RegisteredOrganisation } from '../register/organisation.ts';
import { revokePower, watchSigner } from '../watch/powers.ts';
import { revocationDetails } from '../watch/standing.ts';
import type { AuthorisationContext } from './context.ts';

/** By what a power of attorney is looked for and verified. */
export interface PowerRequest {
  readonly proof: SignerProof;
  /** Identifier of the relying party that asks; empty where none does. */
  readonly relyingParty: string;
  /** For whom the signer acts, where the certificate or the signed text says it; undefined leaves it to the powers. */
  readonly organisation: Organisation | undefined;
}

/**
 * A power of attorney that was handed over, verified; one that is known here as `relyOn` does. Whoever brings one has
 * chosen its principal by that, if the document names it; where it does not, see `parentOf`. Throws as `openPower` and
 * `verifyPower` do, `organisation_choice_needed`, `power_of_attorney_withdrawn`, and `power_of_attorney_invalid` where
 * its giver has given another document that number.
 */
export async function acceptPower(
  context: AuthorisationContext,
  presented: PresentedPower,
  request: PowerRequest,
): Promise<VerifiedPower> {
  const { proof } = request;
  const power = readPower(presented.document);
  const { number, giver } = power;
  const parent = giver.kind === 'principal' ? undefined : await parentOf(context, giver, request);
  const principal = giver.kind === 'principal' ? `ogrn:${giver.principal.ogrn}` : parent?.principal;
  if (principal === undefined) throw invalid(number, 'power-first-missing');
  const kept = await findPower(context.database, powerName(power, principal));
  if (kept === undefined) {
    const opened = await openPower(presented, proof.question.budget, power);
    return verifyPower(opened, parent && (await relyOn(context, parent, proof)), proof);
  }
  if (kept.document !== documentDigest(presented.document)) throw invalid(number, 'power-number-taken');
  return relyOn(context, kept, proof, power);
}

/**
 * The power that another was handed on from. Its number alone does not name it, since anybody may give it to a power of
 * their own for the same person: so it is that of the principal whom the document names; or, where it names none, of the
 * organisation for which the signer acts by certificate or signed text; or else of the one organisation for which
 * whoever handed the power on has acted before. Undefined where there is none. Throws `organisation_choice_needed`
 * where several are left, or only such as nobody has acted for yet.
 */
async function parentOf(
  { database }: AuthorisationContext,
  handedOn: HandedOn,
  { organisation, relyingParty }: PowerRequest,
): Promise<KeptPower | undefined> {
  const settled = handedOn.firstPrincipal ?? organisation;
  const found = await firstPowers(database, handedOn, settled ?? { actedForWith: relyingParty });
  const [only, another] = found;
  if (another !== undefined) {
    const organisations = found.map(({ principalInn }) => principalInn);
    throw new SealgateError('organisation_choice_needed', { organisations });
  }
  if (only === undefined && settled === undefined && (await hasFirstPower(database, handedOn))) {
    throw new SealgateError('organisation_choice_needed');
  }
  return only;
}

/**
 * A power that was kept, verified again as `verifyPower` says: what one relying party was content with need not do
 * for another, and its signer's certificate may have been revoked since. Such a revocation takes the power with it for
 * good, lest it comes back when the certificate's term is over. `power` is what its document says, where it has been
 * read already.
 */
async function relyOn(
  context: AuthorisationContext,
  kept: KeptPower,
  proof: SignerProof,
  power?: PowerOfAttorney,
): Promise<VerifiedPower> {
  expectInForce(kept);
  const { database } = context;
  const { number } = kept;
  const presented = await findDocument(database, kept);
  // It has been withdrawn since it was found.
  if (presented === undefined) throw new SealgateError('power_of_attorney_withdrawn', { number });
  const opened = await openPower(presented, proof.question.budget, power);
  const first = await firstOf(context, kept, proof);
  try {
    return await verifyPower(opened, first, proof, kept);
  } catch (error) {
    const revocation = revocationOf(error, number);
    if (revocation) await revokePower(database, kept, revocation, proof.question.at);
    throw error;
  }
}

async function firstOf(
  context: AuthorisationContext,
  kept: KeptPower,
  proof: SignerProof,
): Promise<VerifiedPower | undefined> {
  const number = firstNumber(kept);
  if (number === undefined) return undefined;
  const first = await findPower(context.database, givenName(kept.principal, number));
  if (first === undefined) throw invalid(kept.number, 'power-first-missing');
  return relyOn(context, first, proof);
}

/** The details of a revocation that refused the power with that number; undefined for any other refusal. */
function revocationOf(error: unknown, number: string): Readonly<Record<string, unknown>> | undefined {
  if (!isFailure(error, 'power_of_attorney_invalid') || error.details.number !== number) return undefined;
  return isFailure(error.cause, 'certificate_revoked') ? revocationDetails(error.cause) : undefined;
}

/**
 * Takes a power into the account of its principal: verified, of an organisation as the register has it, given by its
 * head as `expectIssuer` says, not withdrawn; of the organisation `expected` (`ogrn:…`), if given. Throws as
 * `acceptPower` and `confirmPower` do, and `organisation_mismatch` or `organisation_blocked`.
 */
export async function addPower(
  context: AuthorisationContext,
  presented: PresentedPower,
  proof: SignerProof,
  expected?: string,
): Promise<VerifiedPower> {
  const { at, policy } = proof.question;
  const organisation = expected === undefined ? undefined : { principal: expected };
  const verified = await acceptPower(context, presented, { proof, organisation, relyingParty: '' });
  const { ogrn, inn, kpp, name } = verified.principal;
  const subject = `ogrn:${ogrn}`;
  const { number } = verified.power;
  if (expected !== undefined && expected !== subject) {
    const difference: Difference = {
      field: 'principal',
      certificate: expected.slice('ogrn:'.length),
      register: ogrn,
    };
    throw new SealgateError('power_of_attorney_mismatch', { number, differences: [difference] });
  }
  const registered = await context.register.find({ ogrn, inn });
  if (registered !== undefined) {
    matchOrganisation({ ogrn, inn, name, ...defined({ kpp }) }, registered);
  }
  expectIssuer(verified, registered, policy.requireRegistered);
  await confirmPower(context, verified, at);
  const details = auditedName(verified.name);
  await context.database.write({
    statements: [
      ...keepPower(verified, context.powerQuota ?? usualQuota, at),
      ...watchSigner(verified, subject, policy.requireQualified, at),
    ],
    journal: verified.isKept ? [] : [auditEntry({ event: 'power.added', at, subject, details })],
  });
  return verified;
}

/** Throws `power_of_attorney_withdrawn`. A power that another was handed on from takes that one with it. */
function expectInForce({ number, withdrawnAt }: KeptPower): void {
  if (withdrawnAt === undefined) return;
  throw new SealgateError('power_of_attorney_withdrawn', { number, withdrawnAt: new Date(withdrawnAt) });
}

/** Whose powers are looked for, beside what is asked of any power. */
export interface ReadyRequest extends PowerRequest {
  readonly signer: Signer;
}

/**
 * The power that lies ready for a person. Anybody may give anybody a power: so without an `organisation` only those
 * count whose principals the person has acted for before, with this relying party or by signing a text that names
 * them; one that a stranger laid ready never decides for whom somebody signs in. Where several powers of an
 * organisation fit, any will do; where none does, the refusal of the one that ends last tells the most. Undefined
 * where nobody gave any.
 *
 * Throws `organisation_choice_needed` where the person has acted for several, or only for others than those who gave
 * powers, and as `relyOn` does.
 */
export async function readyPower(
  context: AuthorisationContext,
  { signer, proof, organisation, relyingParty }: ReadyRequest,
): Promise<VerifiedPower | undefined> {
  const { database } = context;
  const { at, policy } = proof.question;
  const question = { person: signer, policy, at };
  if (organisation === undefined) {
    const organisations = await representedOrganisations(database, question, relyingParty);
    if (organisations.length > 1) throw new SealgateError('organisation_choice_needed', { organisations });
  }
  const settled = organisation ?? { actedForWith: relyingParty };
  let refusal: unknown;
  for (const kept of await readyPowers(database, question, settled)) {
    // A document takes milliseconds to read, and other people's requests wait meanwhile.
    if (refusal !== undefined) await setImmediate();
    try {
      const verified = await relyOn(context, kept, proof);
      expectRepresentative(verified, signer);
      return verified;
    } catch (error) {
      if (!isFailure(error) || isExhausted(error)) throw error;
      refusal ??= error;
    }
  }
  if (refusal !== undefined) throw refusal;
  const latest = await latestPower(database, question, settled);
  if (latest !== undefined) {
    expectInForce(latest.power);
    judgeTerms(latest.terms, policy, at);
  }
  if (organisation === undefined && (await isOfferedPower(database, question))) {
    throw new SealgateError('organisation_choice_needed');
  }
  return undefined;
}

/**
 * Asks the register of powers, where there is one. A withdrawal that it tells of is written down, which ends the
 * sessions that rest on the power. Throws `power_of_attorney_withdrawn`, `power_of_attorney_unconfirmed`,
 * `register_unavailable`.
 */
export async function confirmPower(
  { database, powerStatus }: AuthorisationContext,
  { name, principal, first }: VerifiedPower,
  at: number,
): Promise<'confirmed' | 'not asked'> {
  if (powerStatus === undefined) return 'not asked';
  for (const each of [name, ...(first === undefined ? [] : [first.name])]) {
    const { number } = each;
    const status = await powerStatus.statusOf({ number, principalInn: principal.inn });
    if (status.state === 'active') continue;
    if (status.state === 'unconfirmed') {
      throw new SealgateError('power_of_attorney_unconfirmed', { number, state: status.word });
    }
    await withdrawPower(database, each, 'register', at, { at: status.at });
    throw new SealgateError('power_of_attorney_withdrawn', {
      number,
      ...(status.at === undefined ? {} : { withdrawnAt: new Date(status.at) }),
    });
  }
  return 'confirmed';
}

/**
 * Whoever gave the power has to head the organisation by the register, as an entrepreneur heads themselves; of one
 * that was handed on, whoever gave the first, since its own signer is the first one's representative. Where the
 * register knows no heads, the power's own word for it is taken only if the relying party does not ask for the
 * register's. Throws `power_of_attorney_invalid`.
 */
export function expectIssuer(
  { power, principal, issuer, first }: VerifiedPower,
  registered: RegisteredOrganisation | undefined,
  requireRegistered: boolean,
): void {
  if (first !== undefined) {
    expectIssuer(first, registered, requireRegistered);
    return;
  }
  const { inn } = issuer.person;
  const heads = registered?.heads ?? [];
  if (inn !== undefined && heads.some((head) => head.inn === inn)) return;
  if (principal.kind === 'entrepreneur' && inn === registered?.inn) return;
  if (heads.length === 0 && !requireRegistered) return;
  throw new SealgateError('power_of_attorney_invalid', {
    number: power.number,
    problem: heads.length === 0 ? 'power-heads-unknown' : 'power-issuer-not-head',
  });
}

function invalid(number: string, problem: AuthorityTerm): SealgateError {
  return new SealgateError('power_of_attorney_invalid', { number, problem });
}
