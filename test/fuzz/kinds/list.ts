import { currentAlgorithms } from '../../../src/algorithm/policy.ts';
import { parseCertificate } from '../../../src/certificate/certificate.ts';
import { SealgateError } from '../../../src/error.ts';
import { parseCertificateList } from '../../../src/revocation/crl/list.ts';
import { strictFreshness } from '../../../src/revocation/freshness.ts';
import { answerOfLists } from '../../revocation/judge.ts';
import { hour, makeCertificate, makeHouse, makeList, makeSigner } from '../../revocation/maker.ts';
import { numberIn, octetsOf, part, verdictOf } from '../judge.ts';
import type { Kind } from '../kind.ts';
import { madeAt } from './house.ts';

const day = 86_400_000;
const revokedSerial = 99;

/** A revocation list, by what it says of one certificate that it names and one that it does not. */
export const list: Kind = {
  name: 'list',
  form: 'der',
  meaning: 'the status of both certificates, number and dates, how many are named',
  async make() {
    const house = makeHouse(madeAt, 'http://lists.example/root.crl');
    const term = { issuer: house.authority, notBefore: madeAt - day, notAfter: madeAt + day };
    const good = makeCertificate({ ...term, subject: makeSigner('Person'), serial: 7 });
    const revoked = makeCertificate({ ...term, subject: makeSigner('Other'), serial: revokedSerial });
    const entries = [
      { serial: 98, revokedAt: madeAt - day },
      { serial: revokedSerial, revokedAt: madeAt - hour, reason: 1 },
    ];
    const dates = { thisUpdate: madeAt - hour, nextUpdate: madeAt + day };
    return {
      inputs: new Map([['list', makeList({ ...dates, issuer: house.authority, number: 5, entries })]]),
      context: new Map([
        ['authority', house.authorityCertificate.der],
        ['good', good.der],
        ['revoked', revoked.der],
        ['at', octetsOf(madeAt)],
      ]),
    };
  },
  judge(material) {
    const [authority, ...people] = ['authority', 'good', 'revoked'].map((name) =>
      parseCertificate(part(material, name)),
    );
    const { subject: name, publicKey } = authority!;
    const at = numberIn(material, 'at');
    return (octets) =>
      verdictOf(() => {
        const parsed = parseCertificateList(octets);
        const statuses = people.map((certificate) => {
          const answer = answerOfLists({
            ...{ certificate, candidates: [], lists: [parsed], at, algorithms: currentAlgorithms },
            authorities: [{ name, publicKey, certificate: authority }],
            freshness: strictFreshness,
            isIssuerValid: false,
          });
          return answer.status === 'undetermined' ? answer.problems[0]?.problem : answer.status;
        });
        return statuses.some((status) => status === 'good' || status === 'revoked')
          ? JSON.stringify([
              statuses,
              String(parsed.number),
              parsed.thisUpdate,
              parsed.nextUpdate,
              parsed.entries.count,
            ])
          : refuse(statuses);
      });
  },
};

function refuse(statuses: readonly unknown[]): never {
  throw new SealgateError('signature_malformed', { where: 'status', problem: statuses.join() });
}
