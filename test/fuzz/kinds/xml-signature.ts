import { hash } from 'node:crypto';
import { currentAlgorithms } from '../../../src/algorithm/policy.ts';
import { Budget } from '../../../src/budget/budget.ts';
import type { CanonicalForm } from '../../../src/xml/canonical.ts';
import { verifyEnveloped } from '../../../src/xml/verify.ts';
import { createMinistry, signList } from '../../trust-list/authority.ts';
import { verdictOf } from '../judge.ts';
import type { Kind } from '../kind.ts';

const limits = { octets: 1_000_000, depth: 16, elements: 1_000, attributes: 16 };
const document =
  '<list xmlns:q="urn:q"><entry q:a="1">один</entry><entry b="2" a="1">два &amp; три</entry></list>';
const exclusive: CanonicalForm = { kind: 'exclusive', prefixes: new Set() };

/** A document with an enveloped signature. */
export const xmlSignature: Kind = {
  name: 'xml-signature',
  form: 'xml',
  meaning: 'the octets that were signed, in canonical form, and whose key signed them',
  async make() {
    const [ministry, gost] = [await createMinistry(), await createMinistry('gost2012-256')];
    return {
      inputs: new Map([
        ['inclusive', await signList(ministry, document)],
        ['exclusive', await signList(ministry, document, exclusive)],
        ['gost', await signList(gost, document)],
      ]),
      context: new Map(),
    };
  },
  judge: () => (octets) =>
    verdictOf(() => {
      const { content, signer } = verifyEnveloped(octets, limits, currentAlgorithms, new Budget());
      return `${hash('sha256', content, 'hex')} ${hash('sha256', signer.publicKey.der, 'hex')}`;
    }),
};
