import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../src/budget/budget.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { findPath } from '../../src/path/find.ts';
import { type ProfileName, profiles } from '../../src/path/profile.ts';
import { failureOf } from '../failure-code.ts';
import { vectors } from '../vectors.ts';

const { folder, reason, note } = vectors('pkits');

/** PKITS 4.1.5: a DSA key that inherits its parameters from the one above. */
function inheritedParameters(profile: ProfileName) {
  const load = (name: string) => parseCertificate(readFileSync(join(folder, 'certs', name)));
  return () =>
    findPath({
      target: load('ValidDSAParameterInheritanceTest5EE.crt'),
      pool: [load('DSACACert.crt'), load('DSAParametersInheritedCACert.crt')],
      anchors: [anchorOf(load('TrustAnchorRootCertificate.crt'))],
      at: Date.parse('2011-04-15T00:00:00Z'),
      profile: profiles[profile],
      budget: new Budget(),
    });
}

describe('DSA with inherited parameters (PKITS 4.1.5)', () => {
  it.skipIf(reason)(`is verified by the generic profile${note}`, () => {
    const path = inheritedParameters('rfc5280')();
    expect(path.certificates).toHaveLength(3);
    // Whoever verifies a list of that authority needs the parameters too.
    expect(path.issuers[0].publicKey.algorithm.parameters).toBeDefined();
  });

  it.skipIf(reason)(`is refused for logins${note}`, () => {
    expect(failureOf(inheritedParameters('qualified-gost')).code).toBe('algorithm_forbidden');
  });
});
