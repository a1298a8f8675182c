import { currentAlgorithms } from '../../../src/algorithm/policy.ts';
import { sampleSubscriber } from '../../../src/authority/configuration.ts';
import { Budget } from '../../../src/budget/budget.ts';
import { powerLimits } from '../../../src/budget/limits.ts';
import { readPower } from '../../../src/power-of-attorney/read.ts';
import { Checks } from '../../../src/report/check.ts';
import { verifySignature } from '../../../src/signature/verify.ts';
import { makePower } from '../../authority/power-of-attorney.ts';
import { part, verdictOf } from '../judge.ts';
import type { Kind } from '../kind.ts';
import { contextOf, madeAt, makeAuthority, pathsIn } from './house.ts';

const rules = {
  algorithms: currentAlgorithms,
  requiresSignedAttributes: true,
  requiresSigningCertificate: true,
  acceptsUtf16Content: false,
};

/** The document of a power of attorney under its detached signature. */
export const powerOfAttorney: Kind = {
  name: 'power-of-attorney',
  form: 'xml',
  meaning: 'everything that was read from the document, and who signed it',
  async make() {
    const { authority, signer } = await makeAuthority('ecdsa-p256');
    const { organisation, person } = sampleSubscriber('legal-entity');
    const power = await makePower(
      {
        ...{ from: '2026-08-01', until: '2027-08-01', principal: organisation, head: person },
        ...{ representatives: [{ ...person, surname: 'Петров' }], powers: ['SIGN_IN', 'TRADE'] },
      },
      signer,
      madeAt,
    );
    return {
      inputs: new Map([['document', power.document]]),
      context: new Map([...contextOf(authority), ['signature', power.signature]]),
    };
  },
  judge(material) {
    const find = pathsIn(material);
    const signature = part(material, 'signature');
    return (octets) =>
      verdictOf(() => {
        const power = readPower(octets);
        const { signer, certificates } = verifySignature(
          signature,
          octets,
          rules,
          new Checks(),
          new Budget(powerLimits),
        );
        find(signer, certificates);
        return JSON.stringify([signer.sha256, power], (_, value) =>
          value instanceof Set ? [...value] : value,
        );
      });
  },
};
