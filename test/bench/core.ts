import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { signInLimits } from '../../src/budget/limits.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { findPath } from '../../src/path/find.ts';
import { AnchorSet } from '../../src/path/pool.ts';
import { profiles } from '../../src/path/profile.ts';
import { Checks } from '../../src/report/check.ts';
import { parseCertificateList } from '../../src/revocation/crl/list.ts';
import { strictFreshness } from '../../src/revocation/freshness.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { crlStatusOfPath } from '../revocation/path-status.ts';
import type { Specimen } from './message.ts';

const rules = {
  algorithms: currentAlgorithms,
  requiresSignedAttributes: true,
  requiresSigningCertificate: true,
  acceptsUtf16Content: false,
};

/**
 * The cold verification of a login: message and signer's certificate parsed and verified anew, path, look-up in a
 * list that is held. Anchor and list are what a running service has; no link cache.
 */
export function coldVerification({ root, message, content, crl }: Specimen): () => void {
  const anchors = new AnchorSet([anchorOf(parseCertificate(root))]);
  const lists = [parseCertificateList(crl)];
  const at = Date.now();
  return () => {
    const report = new Checks();
    const budget = new Budget(signInLimits);
    const { signer, certificates } = verifySignature(message, content, rules, report, budget);
    const path = findPath({
      target: signer,
      pool: certificates,
      anchors,
      at,
      profile: profiles['qualified-gost'],
      budget,
      algorithms: currentAlgorithms,
      report,
    });
    const [answer] = crlStatusOfPath({
      path,
      lists,
      candidates: [],
      validateIssuer: () => undefined,
      algorithms: currentAlgorithms,
      freshness: strictFreshness,
      budget,
    });
    if (answer?.status !== 'good') throw new Error(`the list says ${answer?.status}`);
  };
}
