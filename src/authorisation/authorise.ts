import { useCarrier } from '../carrier/carrier.ts';
import { expectConnected } from '../carrier/connection.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { thumbprintOf } from '../certificate/thumbprint.ts';
import type { Statement } from '../database/database.ts';
import { isFailure, SealgateError } from '../error.ts';
import type { Difference } from '../failure/value.ts';
import { defined } from '../optional.ts';
import type { AuthorityBasis } from '../organisation/basis.ts';
import { identityOf, type OrganisationIdentity, personOf, type Signer } from '../organisation/identity.ts';
import type { ValidPath } from '../path/validation.ts';
import { judgePower } from '../power-of-attorney/judge.ts';
import { keepPower, usePower } from '../power-of-attorney/keep.ts';
import { usualQuota } from '../power-of-attorney/quota.ts';
import { noteRepresentation } from '../power-of-attorney/representation.ts';
import {
  expectRepresentative,
  type PresentedPower,
  type SignerProof,
  type VerifiedPower,
} from '../power-of-attorney/verify.ts';
import { blockedSince, stillActive } from '../register/block.ts';
import { matchOrganisation } from '../register/match.ts';
import type { RegisteredOrganisation } from '../register/organisation.ts';
import type { Checks } from '../report/check.ts';
import { endAllSessions } from '../session/end.ts';
import { shownName } from '../subject/shown-name.ts';
import { subjectOf } from '../subject/subject.ts';
import { watchSigner } from '../watch/powers.ts';
import type { AuthorisationContext } from './context.ts';
import { acceptPower, confirmPower, expectIssuer, type PowerRequest, readyPower } from './power.ts';

/** Who signed, as the certificate has it: an organisation with its signer, or a natural person. */
export type Claimant =
  | { readonly kind: 'organisation'; readonly identity: OrganisationIdentity; readonly signer: Signer }
  | { readonly kind: 'person'; readonly signer: Signer };

/** The question: may the signer act for an organisation, with this relying party, now. */
export interface AuthorisationRequest {
  readonly claimant: Claimant;
  readonly certificate: Certificate;
  /** A power of attorney that came with the signature; one that lies ready is found without. */
  readonly power: PresentedPower | undefined;
  /** INN of the organisation that the signed text names, where the portal's page chose one. */
  readonly chosen: string | undefined;
  /** Identifier of the relying party. */
  readonly relyingParty: string;
  /** How whoever signed a power of attorney is proven; its policy and its moment are those of the whole question. */
  readonly proof: SignerProof;
  /** The signature connects a carrier, so that it need not be connected. */
  readonly isConnecting: boolean;
  readonly checks: Checks;
}

/** For whom the signer asks to be let in, as its certificate or a verified power of attorney names it. */
export interface Representation {
  readonly organisation: RepresentedOrganisation;
  /** The power of attorney by which it was found, or which was brought along. */
  readonly power: VerifiedPower | undefined;
}

/** The organisation in whose name somebody signs in, and by what right. */
export interface Authorisation {
  readonly organisation: { readonly inn: string; readonly ogrn: string; readonly name: string };
  readonly basis: AuthorityBasis;
  readonly power: VerifiedPower | undefined;
  /**
   * What has to be written with the session. These statements also refuse the sign-in if what it rests on has been
   * taken away since it was looked at.
   */
  readonly conditions: readonly Statement[];
}

/**
 * Reads who signed, from a path that is valid. Throws as `identityOf` and `personOf` do, a person without an
 * organisation excepted.
 */
export function claimantOf(path: ValidPath, checks: Checks, allowsSystems: boolean): Claimant {
  const [certificate] = path.certificates;
  if (subjectOf(certificate).kind === 'person') return { kind: 'person', signer: personOf(certificate) };
  const identity = identityOf(path, checks, allowsSystems);
  return { kind: 'organisation', identity, signer: identity.signer };
}

/**
 * Finds for whom the signer acts: the organisation of the certificate, or the principal of a power of attorney, which
 * is verified here. Nothing but this service's own state is asked.
 *
 * Throws `organisation_missing`, `organisation_choice_needed`, `power_of_attorney_…`, and what its signer's certificate
 * is refused with where that says nothing of the power.
 */
export async function representationOf(
  request: AuthorisationRequest,
  context: AuthorisationContext,
): Promise<Representation> {
  const { claimant } = request;
  const claimed = claimant.kind === 'organisation' ? organisationOf(claimant.identity) : undefined;
  const attached =
    request.power && (await acceptPower(context, request.power, powerRequest(request, claimed)));
  if (attached !== undefined) {
    expectRepresentative(attached, claimant.signer);
    expectPrincipal(attached, claimed, request.chosen);
  }
  const power = attached ?? (claimed ? undefined : await requireReady(request, context));
  return { organisation: claimed ?? principalOf(power), power };
}

/**
 * Decides whether the signer may act for that organisation: its entry in the register; whether the signer heads it or
 * has the power; whether the certificate is connected. What this service knows comes first, other registers last.
 *
 * Throws `organisation_unknown`, `organisation_mismatch`, `organisation_blocked`, `authority_unproven`,
 * `power_of_attorney_…`, `certificate_not_bound`, `register_unavailable`.
 */
export async function authorise(
  request: AuthorisationRequest,
  { organisation, power: brought }: Representation,
  context: AuthorisationContext,
): Promise<Authorisation> {
  const { checks } = request;
  const { policy, at } = request.proof.question;
  const subject = `ogrn:${organisation.ogrn}`;
  const registered = await consultRegister(request, context, organisation);
  const basis = await basisOf(request, context, organisation, registered, brought);
  const { power } = basis;
  if (power !== undefined) {
    judgePower(power, policy, at);
    expectIssuer(power, registered, policy.requireRegistered);
    const state = await confirmPower(context, power, at);
    const { number } = power.power;
    if (state === 'confirmed') checks.passed('organisation', 'organisation.power', { number });
    else checks.passed('organisation', 'organisation.power', { number, status: state });
  }
  const thumbprint = thumbprintOf(request.certificate);
  const needsCarrier = policy.requireConnectedCarrier && !request.isConnecting;
  if (needsCarrier) {
    const question = { relyingParty: request.relyingParty, policy, basis: basis.basis };
    await expectConnected(context.database, subject, request.certificate, question);
  }
  return {
    organisation: {
      inn: organisation.inn,
      ogrn: organisation.ogrn,
      name: shownName(organisation.name).text,
    },
    ...basis,
    conditions: [
      stillActive(subject, organisation.ogrn),
      ...(power === undefined ? [] : powerStatements(request, context, power, subject)),
      useCarrier(subject, thumbprint, needsCarrier, at),
    ],
  };
}

/**
 * What is written of a power that a session rests on: the power itself and its use; that the signer has acted for the
 * organisation, everywhere where the certificate or the signed text named it, and otherwise with this relying party
 * only; and the paths of whoever signed it, to learn of its end.
 */
function powerStatements(
  { claimant, chosen, relyingParty, proof }: AuthorisationRequest,
  { powerQuota = usualQuota }: AuthorisationContext,
  power: VerifiedPower,
  subject: string,
): readonly Statement[] {
  const { policy, at } = proof.question;
  const links = power.first === undefined ? [power] : [power, power.first];
  const isNamed = claimant.kind === 'organisation' || chosen !== undefined;
  const client = isNamed ? '' : relyingParty;
  return [
    ...links.flatMap((link) => keepPower(link, powerQuota, at)),
    ...usePower(power, at),
    ...noteRepresentation({ person: claimant.signer, principal: subject, client }, at),
    ...links.flatMap((link) => watchSigner(link, subject, policy.requireQualified, at)),
  ];
}

/** By what powers are looked for; the certificate's organisation comes before the one that was chosen. */
function powerRequest(
  { proof, chosen, relyingParty }: AuthorisationRequest,
  claimed: RepresentedOrganisation | undefined,
): PowerRequest {
  const chosenOne = chosen === undefined ? undefined : { inn: chosen, ogrn: undefined };
  return {
    proof,
    relyingParty,
    organisation: claimed === undefined ? chosenOne : { principal: `ogrn:${claimed.ogrn}` },
  };
}

/** An organisation as a certificate or a power of attorney names it. */
export interface RepresentedOrganisation {
  readonly ogrn: string;
  readonly inn: string;
  readonly kpp?: string;
  readonly name: string;
  readonly kind: 'legal-entity' | 'entrepreneur';
}

function organisationOf({ ogrn, inn, name, kind }: OrganisationIdentity): RepresentedOrganisation {
  return { ogrn, inn, name: name.text, kind };
}

function principalOf(power: VerifiedPower | undefined): RepresentedOrganisation {
  if (power === undefined) throw new Error('a person without a power of attorney was let through');
  const { ogrn, inn, kpp, name, kind } = power.principal;
  return { ogrn, inn, name, kind, ...defined({ kpp }) };
}

function expectPrincipal(
  { power, principal }: VerifiedPower,
  claimed: RepresentedOrganisation | undefined,
  chosen: string | undefined,
): void {
  const isClaimed = claimed === undefined || claimed.ogrn === principal.ogrn;
  const isChosen = chosen === undefined || chosen === principal.inn;
  if (isClaimed && isChosen) return;
  const difference: Difference = isClaimed
    ? { field: 'inn', certificate: chosen ?? '', register: principal.inn }
    : { field: 'organisation', certificate: claimed.ogrn, register: principal.ogrn };
  throw new SealgateError('power_of_attorney_mismatch', { number: power.number, differences: [difference] });
}

async function requireReady(
  request: AuthorisationRequest,
  context: AuthorisationContext,
): Promise<VerifiedPower> {
  const { signer } = request.claimant;
  const found = await readyPower(context, { ...powerRequest(request, undefined), signer });
  if (found !== undefined) return found;
  throw new SealgateError('organisation_missing', { missing: ['ogrn', 'innLegalEntity'] });
}

/** The organisation's entry, compared; undefined where it has none and none is asked for. */
async function consultRegister(
  { proof, checks }: AuthorisationRequest,
  { database, register }: AuthorisationContext,
  { ogrn, inn, kpp, name }: RepresentedOrganisation,
): Promise<RegisteredOrganisation | undefined> {
  const { policy, at } = proof.question;
  const subject = `ogrn:${ogrn}`;
  if ((await blockedSince(database, subject)) !== undefined) {
    throw new SealgateError('organisation_blocked', { state: 'blocked' });
  }
  const registered = await register.find({ ogrn, inn });
  if (registered === undefined) {
    if (policy.requireRegistered) throw new SealgateError('organisation_unknown', { inn, ogrn });
    checks.add({
      stage: 'organisation',
      name: 'organisation.register',
      outcome: 'skipped',
      details: { reason: 'not registered' },
    });
    return undefined;
  }
  try {
    const claimed = { ogrn, inn, ...defined({ kpp }) };
    matchOrganisation(policy.compareNames ? { ...claimed, name } : claimed, registered);
  } catch (error) {
    // A register that is asked over HTTP tells of a block only when it is asked.
    if (isFailure(error, 'organisation_blocked')) {
      await endAllSessions(database, subject, 'organisation-blocked', { state: registered.state }, at);
    }
    throw error;
  }
  checks.passed('organisation', 'organisation.register', { ogrn });
  return registered;
}

/** A head needs no power; whoever is none needs one, attached or lying ready. */
async function basisOf(
  request: AuthorisationRequest,
  context: AuthorisationContext,
  organisation: RepresentedOrganisation,
  registered: RegisteredOrganisation | undefined,
  brought: VerifiedPower | undefined,
): Promise<Pick<Authorisation, 'basis' | 'power'>> {
  const { claimant, checks } = request;
  const { policy } = request.proof.question;
  if (claimant.kind === 'person') return { basis: 'power-of-attorney', power: brought };
  if (claimant.identity.kind === 'entrepreneur') return { basis: 'self', power: undefined };
  // It is nobody's head and nobody's representative.
  if (claimant.signer.kind === 'system') return { basis: 'system', power: undefined };
  const heads = registered?.heads ?? [];
  if (heads.some(({ inn }) => inn === claimant.signer.inn)) return { basis: 'head', power: undefined };
  if (brought === undefined && heads.length === 0 && !policy.requireRegistered) {
    checks.warning('organisation', 'organisation.authority', { basis: 'certificate' });
    return { basis: 'certificate', power: undefined };
  }
  const { signer } = claimant;
  const power = brought ?? (await readyPower(context, { ...powerRequest(request, organisation), signer }));
  if (power === undefined) throw new SealgateError('authority_unproven', { organisation: organisation.name });
  return { basis: 'power-of-attorney', power };
}
