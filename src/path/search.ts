import { type BranchLimit, type Budget, exhausted, type KeyOrigin } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import type { TrustAnchor } from '../certificate/trust-anchor.ts';
import { type Details, isFailure, type SealgateError } from '../error.ts';
import { anyPolicyWillDo, type PathInput } from './input.ts';
import { type Comparison, Issuers } from './issuer.ts';
import { keyIdentifiersOf } from './key-identifier.ts';
import { inheritsParameters, Links } from './link.ts';
import { namesPeer, type PeerName } from './peer-name.ts';
import { AnchorSet } from './pool.ts';
import { breach, errorOf, type PathProblem, problem, rank } from './problem.ts';
import { type FailedStep, PathReport } from './report.ts';
import { checkAuthority, checkCriticalExtensions, checkTarget, checkTerm, readable } from './requirement.ts';
import type { ValidPath } from './validation.ts';
import { Validation, type ValidationRules } from './validation.ts';

/** Issuers that do not fit and are verified all the same, after the search, to say what is wrong with the best of them. */
const diagnosed = 8;

/** What is known of the search for the issuer of one certificate. */
interface Step {
  /** Somebody of the issuer's name made the signature, fit for it or not. */
  isSigned: boolean;
  /** A signature that does not hold where it should. */
  unsigned: PathProblem | undefined;
  /** Issuers from the pool that did not sign. */
  strangers: number;
  /** Whether others were passed over for that. */
  isCut: boolean;
}

interface NearMiss {
  readonly child: Certificate;
  readonly issuer: Certificate;
  readonly flaw: PathProblem;
}

/**
 * One search for paths from a target up to the anchors. It goes forward, depth first, an anchor before any other
 * issuer, then the likeliest first. A signature is verified as soon as a link is made, so that a forged
 * certificate opens no further branches; every path that reaches an anchor is validated as a whole from there.
 */
export class Search {
  private readonly target: Certificate;
  private readonly issuers: Issuers;
  private readonly anchors: AnchorSet;
  private readonly rules: ValidationRules;
  private readonly peers: readonly PeerName[];
  private readonly budget: Budget;
  private readonly links: Links;
  private readonly report: PathReport | undefined;
  private readonly onDeadEnd: PathInput['onDeadEnd'];
  private readonly nearMisses: NearMiss[] = [];
  private best: PathProblem | undefined;
  private cutShort: BranchLimit | undefined;

  constructor(input: PathInput) {
    const { profile, at } = input;
    const algorithms = input.algorithms ?? profile.algorithms;
    this.target = input.target;
    this.anchors = input.anchors instanceof AnchorSet ? input.anchors : new AnchorSet(input.anchors);
    this.peers = input.peers ?? [];
    this.budget = input.budget;
    this.issuers = new Issuers(input, this.anchors, this.budget);
    this.links = new Links(input, algorithms, this.anchors);
    this.report = input.report && new PathReport(input.report);
    this.onDeadEnd = input.onDeadEnd;
    this.rules = {
      at,
      profile,
      algorithms,
      purposes: input.purposes ?? profile.purposes,
      policies: input.policies ?? anyPolicyWillDo,
      budget: this.budget,
      links: this.links,
    };
  }

  /** Every valid path, likeliest first, and `undefined` between steps; ends with the failure that says most. */
  *run(): Generator<ValidPath | undefined, SealgateError> {
    try {
      this.budget.spendOnce('poolOctets', this.target, this.target.der.length);
      const flaw = this.judgeTarget();
      if (flaw !== undefined) {
        this.note('path.target', flaw);
        return errorOf(flaw);
      }
      yield* this.climb([this.target]);
      yield* this.diagnose();
    } catch (error) {
      if (isFailure(error, 'budget_exhausted')) return this.exhaust(error.details);
      throw error;
    }
    const { cutShort, best } = this;
    if (cutShort !== undefined && (best === undefined || best.rank <= rank.untrustedRoot))
      return this.exhaust(exhausted(cutShort, this.budget.limits[cutShort]).details);
    return errorOf(best ?? this.withoutIssuer([this.target]));
  }

  /** What is wrong with the target whatever its path: cheap, and known before anything is verified. */
  private judgeTarget(): PathProblem | undefined {
    const { target, rules } = this;
    const { at, profile, algorithms } = rules;
    return readable(
      target,
      () =>
        checkTerm(target, at) ??
        checkCriticalExtensions(target, profile) ??
        checkTarget(target, profile, algorithms, at) ??
        this.checkPeer(),
    );
  }

  private checkPeer(): PathProblem | undefined {
    const { target, peers } = this;
    return peers.length === 0 || peers.some((peer) => namesPeer(target, peer))
      ? undefined
      : breach(target, 'peer-name');
  }

  /** Names equal octet by octet go first: nearly all are, and comparing them otherwise costs more than the rest. */
  private *climb(chain: Certificate[]): Generator<ValidPath | undefined, void> {
    const step: Step = { isSigned: false, unsigned: undefined, strangers: 0, isCut: false };
    yield* this.climbBy('same', chain, step);
    yield* this.issuers.prepareNames();
    yield* this.climbBy('alike', chain, step);
    if (step.isSigned || step.isCut) return;
    // A signature that holds under none of the keys of that name is wrong, or made with a key that is not here.
    if (step.unsigned !== undefined) this.consider(step.unsigned);
    const last = chain.at(-1)!;
    if (!isSelfIssued(last)) this.onDeadEnd?.(last);
    this.note('path.issuer', this.withoutIssuer(chain));
  }

  /** Paths by one way of comparing names. */
  private *climbBy(
    kind: Comparison,
    chain: Certificate[],
    step: Step,
  ): Generator<ValidPath | undefined, void> {
    const last = chain.at(-1)!;
    const anchors = this.anchors[kind](last.issuer);
    for (const anchor of anchors) {
      const path = yield* this.complete(chain, anchor, step);
      if (path !== undefined) yield path;
    }
    for (const issuer of this.issuers.of(last, chain, kind, anchors)) {
      if (!this.budget.allowsDepth(chain.length)) {
        this.cutShort = 'depth';
        step.isSigned = true;
        return;
      }
      const origin = this.issuers.originOf(issuer);
      // The operator's own certificates are tried however many strangers there were.
      if (origin === 'pool' && step.strangers >= this.budget.limits.poolCandidates) {
        this.cutShort ??= 'poolCandidates';
        step.isCut = true;
        continue;
      }
      yield undefined;
      if (!this.isFit(last, issuer)) continue;
      if (!this.isSignedBy(last, issuer, origin, step)) {
        if (origin === 'pool') step.strangers++;
        continue;
      }
      step.isSigned = true;
      chain.push(issuer);
      yield* this.climb(chain);
      chain.pop();
    }
  }

  private *complete(
    chain: readonly Certificate[],
    anchor: TrustAnchor,
    step: Step,
  ): Generator<undefined, ValidPath | undefined> {
    const { report } = this;
    report?.begin(chain, anchor);
    const outcome = yield* new Validation(this.rules, chain.toReversed(), anchor, report?.onPassed).run();
    if ('anchor' in outcome) {
      step.isSigned = true;
      report?.found(outcome);
      return outcome;
    }
    const last = chain.at(-1)!;
    report?.failed('path.rule', outcome);
    if (outcome.rank === rank.signature && outcome.certificate === last) {
      // A root of the anchor's name with a key of its own was signed with that key, whatever it says of identifiers.
      if (!isSelfIssued(last)) this.holdUnsigned(last, anchor.certificate, outcome, step);
    } else {
      step.isSigned = true;
      this.consider(outcome);
    }
    return undefined;
  }

  private isFit(child: Certificate, issuer: Certificate): boolean {
    const { at, profile } = this.rules;
    const flaw = readable(
      issuer,
      () => checkTerm(issuer, at) ?? checkAuthority(issuer) ?? checkCriticalExtensions(issuer, profile),
    );
    if (flaw !== undefined) this.nearMisses.push({ child, issuer, flaw });
    return flaw === undefined;
  }

  private isSignedBy(child: Certificate, issuer: Certificate, origin: KeyOrigin, step: Step): boolean {
    // Where the key takes its parameters from above, the whole path decides.
    if (inheritsParameters(issuer.publicKey)) return true;
    const flaw = this.links.verdict(child, issuer.publicKey, origin);
    if (flaw === undefined) return true;
    this.report?.failed('path.candidate', flaw);
    if (flaw.rank === rank.signature) this.holdUnsigned(child, issuer, flaw, step);
    else this.consider(flaw);
    return false;
  }

  /** Keeps a signature that does not hold, unless the key identifiers say that another key made it. */
  private holdUnsigned(
    child: Certificate,
    issuer: Certificate | undefined,
    flaw: PathProblem,
    step: Step,
  ): void {
    if (keyIdentifiersOf(child, issuer) !== 'differ') step.unsigned ??= flaw;
  }

  /** After a search in vain: which of the issuers that do not fit did sign, and what is wrong with it. */
  private *diagnose(): Generator<undefined, void> {
    try {
      for (const { child, issuer, flaw } of this.nearMisses.slice(0, diagnosed)) {
        const signature = this.links.verdict(child, issuer.publicKey, this.issuers.originOf(issuer));
        if (signature === undefined) this.note('path.candidate', { ...flaw, rank: rank.unfitIssuer });
        yield undefined;
      }
    } catch (error) {
      // What can no longer be paid for stays untold; the search itself came to its end.
      if (!isFailure(error, 'budget_exhausted')) throw error;
    }
  }

  private withoutIssuer(chain: readonly Certificate[]): PathProblem {
    const last = chain.at(-1)!;
    if (isSelfIssued(last)) {
      const root = () => ({ root: last.shortName, rootSerialNumber: last.serialNumberHex });
      return problem('root_untrusted', rank.untrustedRoot, this.target, root);
    }
    const issuer = () => ({ issuer: last.shortIssuerName });
    return problem('chain_incomplete', rank.noIssuer, this.target, issuer);
  }

  private note(step: FailedStep, flaw: PathProblem): void {
    this.report?.failed(step, flaw);
    this.consider(flaw);
  }

  private consider(flaw: PathProblem): void {
    if (this.best === undefined || flaw.rank > this.best.rank) this.best = flaw;
  }

  private exhaust(details: Details<'path_budget_exhausted'>): SealgateError {
    const flaw = problem('path_budget_exhausted', Number.POSITIVE_INFINITY, this.target, () => details);
    this.report?.failed('path.budget', flaw);
    return errorOf(flaw);
  }
}

function isSelfIssued(certificate: Certificate): boolean {
  try {
    return certificate.isSelfIssued;
  } catch {
    return false;
  }
}
