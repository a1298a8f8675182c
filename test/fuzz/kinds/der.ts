import { canonical } from '../../../src/asn1/canonical.ts';
import { Reader } from '../../../src/asn1/reader.ts';
import { compareOctets } from '../../../src/asn1/writer.ts';
import { signDetached } from '../../../src/authority/detached.ts';
import { verdictOf } from '../judge.ts';
import type { Kind } from '../kind.ts';
import { madeAt, makeAuthority } from './house.ts';

/** The readers of BER and DER themselves: what is read has one canonical form, and that is DER. */
export const der: Kind = {
  name: 'der',
  form: 'der',
  meaning: 'its canonical form is DER, and its own canonical form',
  async make() {
    const { authority, signer } = await makeAuthority('ecdsa-p256');
    const inputs = [
      ['certificate', signer.certificate],
      ['message', await signDetached(Buffer.from('content'), signer, madeAt)],
      ['list', await authority.accredited.currentCrl()],
    ] as const;
    return { inputs: new Map(inputs), context: new Map() };
  },
  judge: () => (octets) =>
    verdictOf(() => {
      const form = canonical(octets);
      const reader = Reader.der(form);
      reader.any();
      reader.finish();
      return compareOctets(canonical(form), form) === 0 ? 'canonical' : 'not canonical';
    }),
};
