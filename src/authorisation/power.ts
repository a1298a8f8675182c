import { compareOctets } from '../asn1/writer.ts';
import { auditEntry } from '../audit/record.ts';
import { SealgateError } from '../error.ts';
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
  type PresentedPower,
  type ProveSigner,
  type VerifiedPower,
  verifyPower,
} from '../power-of-attorney/verify.ts';
import { matchOrganisation } from '../register/match.ts';
import type { RegisteredOrganisation } from '../register/organisation.ts';
import type { AuthorisationContext } from './context.ts';

/** How powers are verified for one relying party. */
export interface PowerProof {
  /** Proves the certificate of whoever signed a power. */
  readonly prove: ProveSigner;
  /** Whether `prove` asks for qualified certificates. */
  readonly requiresQualified: boolean;
}

/**
 * A power of attorney that was handed over, verified: anew, or by what was found when it first came, so that a power
 * outlives the certificate that signed it. Throws as `verifyPower` does, `power_of_attorney_withdrawn`, and
 * `power_of_attorney_invalid` where another document is known by its number.
 */
export async function acceptPower(
  context: AuthorisationContext,
  presented: PresentedPower,
  proof: PowerProof,
): Promise<VerifiedPower> {
  const { number, giver } = readPower(presented.document);
  const kept =
    giver.kind === 'principal'
      ? await findPower(context.database, `ogrn:${giver.principal.ogrn}`, number)
      : await onlyByNumber(context, number);
  if (kept === undefined) return verifyAnew(context, presented, proof);
  if (compareOctets(kept.verified.presented.document, presented.document) !== 0) {
    throw new SealgateError('power_of_attorney_invalid', { number, problem: 'power-number-taken' });
  }
  return relyOn(context, kept, proof);
}

/**
 * A power that was verified before. What one relying party was content with need not do for another: where qualified
 * certificates are asked for and its signer's was not looked at for that, it is verified anew.
 */
async function relyOn(
  context: AuthorisationContext,
  kept: KeptPower,
  proof: PowerProof,
): Promise<VerifiedPower> {
  expectInForce(kept);
  const { verified } = kept;
  if (verified.isQualified || !proof.requiresQualified) return verified;
  return verifyAnew(context, verified.presented, proof);
}

function verifyAnew(
  context: AuthorisationContext,
  presented: PresentedPower,
  proof: PowerProof,
): Promise<VerifiedPower> {
  const firstOf = async (number: string) => {
    const found = await onlyByNumber(context, number);
    return found && relyOn(context, found, proof);
  };
  return verifyPower(presented, proof.prove, firstOf, proof.requiresQualified);
}

/**
 * Takes a power into the account of its principal: verified, of an organisation as the register has it, given by its
 * head as far as the register knows, not withdrawn; of the organisation `expected` (`ogrn:…`), if given. Throws as `acceptPower` and `confirmPower` do, and
 * `organisation_mismatch` or `organisation_blocked`.
 */
export async function addPower(
  context: AuthorisationContext,
  presented: PresentedPower,
  proof: PowerProof,
  at: number,
  expected?: string,
): Promise<VerifiedPower> {
  const verified = await acceptPower(context, presented, proof);
  const { ogrn, inn, kpp, name } = verified.principal;
  const subject = `ogrn:${ogrn}`;
  const { number } = verified.power;
  if (expected !== undefined && expected !== subject) {
    const difference = { field: 'principal', certificate: expected.slice('ogrn:'.length), register: ogrn };
    throw new SealgateError('power_of_attorney_mismatch', { number, differences: [difference] });
  }
  const registered = await context.register.find({ ogrn, inn });
  if (registered !== undefined) {
    matchOrganisation({ ogrn, inn, name, ...(kpp === undefined ? {} : { kpp }) }, registered);
  }
  expectIssuer(verified, registered);
  await confirmPower(context, verified, at);
  await context.database.write({
    statements: [keepPower(verified, at)],
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
 * Throws `organisation_choice_needed` where several organisations did.
 */
export async function readyPower(
  context: AuthorisationContext,
  signer: Signer,
  inn: string | undefined,
  policy: PowerPolicy,
  proof: PowerProof,
  at: number,
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
      judgePower(kept.verified, policy, at);
      usable.push(kept);
    } catch (error) {
      if (!(error instanceof SealgateError)) throw error;
      refusal ??= error;
    }
  }
  const organisations = [...new Set(usable.map(({ verified }) => verified.principal.inn))];
  if (organisations.length > 1) throw new SealgateError('organisation_choice_needed', { organisations });
  const [chosen] = usable;
  if (chosen !== undefined) return relyOn(context, chosen, proof);
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
    await withdrawPower(database, `ogrn:${principal.ogrn}`, number, 'register', at, status.at ?? at);
    throw new SealgateError('power_of_attorney_withdrawn', {
      number,
      ...(status.at === undefined ? {} : { withdrawnAt: new Date(status.at) }),
    });
  }
  return 'confirmed';
}

/** Whoever gave the power has to head the organisation, as far as the register knows its heads. */
export function expectIssuer(
  { power, issuer, first }: VerifiedPower,
  registered: RegisteredOrganisation | undefined,
): void {
  if (issuer === undefined || first !== undefined || registered === undefined) return;
  const { heads } = registered;
  if (heads.length === 0 || heads.some(({ inn }) => inn === issuer.inn)) return;
  throw new SealgateError('power_of_attorney_invalid', {
    number: power.number,
    problem: 'power-issuer-not-head',
  });
}
