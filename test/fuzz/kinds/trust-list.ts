import { parseCertificate } from '../../../src/certificate/certificate.ts';
import { openSignedList } from '../../../src/trust-list/signed-list.ts';
import { createMinistry, makeList, start } from '../../trust-list/authority.ts';
import { octetsOf, part, verdictOf } from '../judge.ts';
import type { Kind } from '../kind.ts';

const day = 86_400_000;

/** A signed list of accredited authorities whose signer is pinned. */
export const trustList: Kind = {
  name: 'trust-list',
  form: 'xml',
  meaning: 'everything that was read from the list, and who signed it',
  async make() {
    const ministry = await createMinistry();
    const [ogrn] = ministry.pins.signerOgrns;
    return {
      inputs: new Map([['list', await makeList(ministry)]]),
      context: new Map([
        ['root', ministry.authority.root.certificate],
        ['ogrn', octetsOf(ogrn!)],
      ]),
    };
  },
  judge(material) {
    const pins = {
      roots: new Map([[parseCertificate(part(material, 'root')).sha256, 'root']]),
      signerOgrns: new Set([Buffer.from(part(material, 'ogrn')).toString()]),
      signerFingerprints: new Set<string>(),
    };
    return (octets) =>
      verdictOf(() => {
        const { list, signer } = openSignedList(octets, { pins, known: [] }, start + 2 * day);
        return JSON.stringify([signer.sha256, list], (name, value) =>
          name === 'certificates' ? value.map(({ sha256 }: { sha256: string }) => sha256) : value,
        );
      });
  },
};
