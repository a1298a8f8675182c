import { compareOctets } from '../asn1/writer.ts';
import { auditEntry } from '../audit/record.ts';
import { isExhausted } from '../budget/budget.ts';
import { isFailure, SealgateError } from '../error.ts';
import type { Difference } from '../failure/value.ts';
import type { Signer } from '../organisation/identity.ts';
import { judgePower, type PowerPolicy } from '../power-of-attorney/judge.ts';
import { readPower } from '../power-of-attorney/read.ts';
import {
  findByNumber,
  findPower,
  type KeptPower,
  keepPower,
  powersOf,
  withdrawPower,
} from '../power-of-attorney/store.ts';
import {
  expectRepresentative,
  type FirstOf,
  type PresentedPower,
  type SignerProof,
  type VerifiedPower,
  verifyAgain,
  verifyPower,
} from '../power-of-attorney/verify.ts';
import { matchOrganisation } from '../register/match.ts';
import type { RegisteredOrganisation } from '../register/organisation.ts';
import { revokePower, watchSigner } from '../watch/powers.ts';
import { revocationDetails } from '../watch/standing.ts';
import type { AuthorisationContext } from './context.ts';

/**
 * A power of attorney that was handed over, verified; one that is known here as `relyOn` does. Throws as `verifyPower`
 * does, `power_of_attorney_withdrawn`, and `power_of_attorney_invalid` where another document is known by its number.
 */
export async function acceptPower(
  context: AuthorisationContext,
  presented: PresentedPower,
  proof: SignerProof,
): Promise<VerifiedPower> {
  const { number, giver } = readPower(presented.document);
  const kept =
    giver.kind === 'principal'
      ? await findPower(context.database, `ogrn:${giver.principal.ogrn}`, number)
      : await onlyByNumber(context, number);
  if (kept === undefined) return verifyPower(presented, proof, firstOf(context, proof));
  if (compareOctets(kept.verified.presented.document, presented.document) !== 0) {
    throw new SealgateError('power_of_attorney_invalid', { number, problem: 'power-number-taken' });
  }
  return relyOn(context, kept, proof);
}

/**
 * A power that was kept, verified again as `verifyAgain` says: what one relying party was content with need not do
 * for another, and its signer's certificate may have been revoked since. Such a revocation takes the power with it for
 * good, lest it comes back when the certificate's term is over.
 */
async function relyOn(
  context: AuthorisationContext,
  kept: KeptPower,
  proof: SignerProof,
): Promise<VerifiedPower> {
  expectInForce(kept);
  try {
    return await verifyAgain(kept.verified, proof, firstOf(context, proof));
  } catch (error) {
    const { number } = kept.verified.power;
    const revocation = revocationOf(error, number);
    if (revocation) await revokePower(context.database, { ...kept, number }, revocation, proof.at);
    throw error;
  }
}

/** The details of a revocation that refused the power with that number; undefined for any other refusal. */
function revocationOf(error: unknown, number: string): Readonly<Record<string, unknown>> | undefined {
  if (!isFailure(error, 'power_of_attorney_invalid') || error.details.number !== number) return undefined;
  return isFailure(error.cause, 'certificate_revoked') ? revocationDetails(error.cause) : undefined;
}

function firstOf(context: AuthorisationContext, proof: SignerProof): FirstOf {
  return async (number) => {
    const found = await onlyByNumber(context, number);
    return found && relyOn(context, found, proof);
  };
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
  { requireRegistered }: HeadPolicy,
  expected?: string,
): Promise<VerifiedPower> {
  const { at } = proof;
  const verified = await acceptPower(context, presented, proof);
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
    matchOrganisation({ ogrn, inn, name, ...(kpp === undefined ? {} : { kpp }) }, registered);
  }
  expectIssuer(verified, registered, requireRegistered);
  await confirmPower(context, verified, at);
  await context.database.write({
    statements: [keepPower(verified, at), ...watchSigner(verified, subject, proof.requiresQualified, at)],
    journal: [auditEntry({ event: 'power.added', at, subject, details: { number } })],
  });
  return verified;
}

/** A number alone does not name a power: two principals could use the same. Then nothing is found. */
async function onlyByNumber(
  { database }: AuthorisationContext,
  number: string,
): Promise<KeptPower | undefined> {
  const [found, another] = await findByNumber(database, number);
  return another === undefined ? found : undefined;
}

/** Throws `power_of_attorney_withdrawn`. A power that another was handed on from takes that one with it. */
export function expectInForce({ verified, withdrawnAt }: KeptPower): void {
  if (withdrawnAt === undefined) return;
  const { number } = verified.power;
  throw new SealgateError('power_of_attorney_withdrawn', { number, withdrawnAt: new Date(withdrawnAt) });
}

/**
 * The power that lies ready for a person, of the organisation with that INN if one is named. Where several fit, any
 * will do; where none does, the refusal of the one that ends last tells the most. Undefined where nobody gave any.
 * Throws `organisation_choice_needed` where several organisations did, and as `relyOn` does.
 */
export async function readyPower(
  context: AuthorisationContext,
  signer: Signer,
  inn: string | undefined,
  policy: PowerPolicy,
  proof: SignerProof,
): Promise<VerifiedPower | undefined> {
  const given = (await powersOf(context.database, signer)).filter(
    ({ verified }) => inn === undefined || verified.principal.inn === inn,
  );
  const usable: KeptPower[] = [];
  let refusal: unknown;
  for (const kept of given) {
    try {
      expectRepresentative(kept.verified, signer);
      expectInForce(kept);
      judgePower(kept.verified, policy, proof.at);
      usable.push(kept);
    } catch (error) {
      if (!isFailure(error)) throw error;
      refusal ??= error;
    }
  }
  const organisations = [...new Set(usable.map(({ verified }) => verified.principal.inn))];
  if (organisations.length > 1) throw new SealgateError('organisation_choice_needed', { organisations });
  for (const kept of usable) {
    try {
      return await relyOn(context, kept, proof);
    } catch (error) {
      if (!isFailure(error) || isExhausted(error)) throw error;
      refusal ??= error;
    }
  }
  if (refusal !== undefined) throw refusal;
  return undefined;
}

/**
 * Asks the register of powers, where there is one. A withdrawal that it tells of is written down, which ends the
 * sessions that rest on the power. Throws `power_of_attorney_withdrawn`, `power_of_attorney_unconfirmed`,
 * `register_unavailable`.
 */
export async function confirmPower(
  { database, powerStatus }: AuthorisationContext,
  { power, principal, first }: VerifiedPower,
  at: number,
): Promise<'confirmed' | 'not asked'> {
  if (powerStatus === undefined) return 'not asked';
  const numbers = [power.number, ...(first === undefined ? [] : [first.power.number])];
  for (const number of numbers) {
    const status = await powerStatus.statusOf({ number, principalInn: principal.inn });
    if (status.state === 'active') continue;
    if (status.state === 'unconfirmed') {
      throw new SealgateError('power_of_attorney_unconfirmed', { number, state: status.told });
    }
    await withdrawPower(database, `ogrn:${principal.ogrn}`, number, 'register', at, { at: status.at });
    throw new SealgateError('power_of_attorney_withdrawn', {
      number,
      ...(status.at === undefined ? {} : { withdrawnAt: new Date(status.at) }),
    });
  }
  return 'confirmed';
}

/** What a relying party asks of whoever gives powers. */
export interface HeadPolicy {
  /** Only the register says who heads an organisation; where it does not, nobody does. */
  readonly requireRegistered: boolean;
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
  if (issuer === undefined) throw new Error('a power was relied on that was only read from its account');
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
