import type { Budget } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import {
  anyPolicy,
  certificatePolicies,
  inhibitAnyPolicy,
  policyConstraints,
  policyMappings,
} from '../certificate/policy.ts';
import type { PolicySettings } from './input.ts';
import { PolicyGraph } from './policy-graph.ts';
import { breach, type PathProblem } from './problem.ts';

/**
 * The policy variables of RFC 5280, section 6.1.2 (explicit_policy, inhibit_anyPolicy, policy_mapping and the graph
 * of valid policies), and the steps of sections 6.1.3 to 6.1.5 that read and change them.
 */
export class PolicyState {
  private readonly initial: ReadonlySet<string>;
  private readonly graph: PolicyGraph;
  private explicitPolicy: number;
  private inhibitAnyPolicy: number;
  private policyMapping: number;

  /** `length`: how many certificates the path has. */
  constructor(settings: PolicySettings, length: number, budget: Budget) {
    const beyond = length + 1;
    this.initial = settings.initialPolicies;
    this.graph = new PolicyGraph(budget);
    this.explicitPolicy = settings.requiresExplicitPolicy ? 0 : beyond;
    this.inhibitAnyPolicy = settings.inhibitsAnyPolicy ? 0 : beyond;
    this.policyMapping = settings.inhibitsMapping ? 0 : beyond;
  }

  /** The policies of an anchor whose extensions bind (RFC 5937, section 3.2); it need not name any. */
  takeInAnchor(certificate: Certificate): PathProblem | undefined {
    const policies = certificate.extension(certificatePolicies);
    if (policies !== undefined) this.graph.descend(policies, this.inhibitAnyPolicy > 0);
    return this.map(certificate) ?? this.limit(certificate);
  }

  /** Section 6.1.3, items d to f. */
  takeIn(certificate: Certificate, isTarget: boolean): PathProblem | undefined {
    const policies = certificate.extension(certificatePolicies);
    const countsAny =
      this.inhibitAnyPolicy > 0 ||
      (!isTarget &&
        policies?.some(({ policy }) => policy === anyPolicy) === true &&
        certificate.isSelfIssued);
    this.graph.descend(policies, countsAny);
    return this.explicitPolicy === 0 && this.graph.isEmpty ? breach(certificate, 'policies') : undefined;
  }

  /** Section 6.1.4, items a, b and h to j: what an authority makes of the policies for those below it. */
  passOn(certificate: Certificate): PathProblem | undefined {
    const flaw = this.map(certificate);
    if (flaw !== undefined) return flaw;
    if (!certificate.isSelfIssued) {
      if (this.explicitPolicy > 0) this.explicitPolicy--;
      if (this.policyMapping > 0) this.policyMapping--;
      if (this.inhibitAnyPolicy > 0) this.inhibitAnyPolicy--;
    }
    return this.limit(certificate);
  }

  private map(certificate: Certificate): PathProblem | undefined {
    const mappings = certificate.extension(policyMappings);
    if (mappings === undefined) return undefined;
    const mapsAny = mappings.some(
      ({ issuerDomainPolicy, subjectDomainPolicy }) =>
        issuerDomainPolicy === anyPolicy || subjectDomainPolicy === anyPolicy,
    );
    if (mapsAny) return breach(certificate, 'policy-mapping-any');
    this.graph.map(mappings, this.policyMapping > 0);
    return undefined;
  }

  private limit(certificate: Certificate): undefined {
    const limits = certificate.extension(policyConstraints);
    const skip = certificate.extension(inhibitAnyPolicy);
    this.explicitPolicy = Math.min(this.explicitPolicy, limits?.requireExplicitPolicy ?? this.explicitPolicy);
    this.policyMapping = Math.min(this.policyMapping, limits?.inhibitPolicyMapping ?? this.policyMapping);
    this.inhibitAnyPolicy = Math.min(this.inhibitAnyPolicy, skip ?? this.inhibitAnyPolicy);
  }

  /** Section 6.1.5, items a, b and g: the policies under which the path is valid, or that there have to be some. */
  conclude(target: Certificate): ReadonlySet<string> | PathProblem {
    if (this.explicitPolicy > 0) this.explicitPolicy--;
    if (target.extension(policyConstraints)?.requireExplicitPolicy === 0) this.explicitPolicy = 0;
    const policies = this.graph.constrainedBy(this.initial);
    return this.explicitPolicy === 0 && policies.size === 0 ? breach(target, 'policies') : policies;
  }
}
