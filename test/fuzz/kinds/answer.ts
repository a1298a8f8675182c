import { currentAlgorithms } from '../../../src/algorithm/policy.ts';
import { parseCertificate } from '../../../src/certificate/certificate.ts';
import { SealgateError } from '../../../src/error.ts';
import { strictFreshness } from '../../../src/revocation/freshness.ts';
import { parseOcspResponse } from '../../../src/revocation/ocsp/response.ts';
import { verdictOfAnswer } from '../../revocation/judge.ts';
import {
  hour,
  makeAnswer,
  makeCertificate,
  makeExtension,
  makeHouse,
  makeSigner,
} from '../../revocation/maker.ts';
import { numberIn, octetsOf, part, verdictOf } from '../judge.ts';
import type { Kind } from '../kind.ts';
import { madeAt } from './house.ts';

const day = 86_400_000;
const serial = 7;
const ocspSigning = '1.3.6.1.5.5.7.3.9';
const noCheck = makeExtension('1.3.6.1.5.5.7.48.1.5', Uint8Array.of(5, 0));

/** An OCSP answer: by the authority itself, by a responder that it appointed, and one that tells of a revocation. */
export const answer: Kind = {
  name: 'answer',
  form: 'der',
  meaning: 'the status of the certificate, since when, and the dates of the answer',
  async make() {
    const house = makeHouse(madeAt, 'http://lists.example/root.crl');
    const term = { issuer: house.authority, notBefore: madeAt - day, notAfter: madeAt + day };
    const person = makeCertificate({ ...term, subject: makeSigner('Person'), serial });
    const delegate = makeSigner('Responder');
    const appointed = makeCertificate({
      ...{ ...term, subject: delegate, serial: 50, purposes: [ocspSigning], extensions: [noCheck] },
    });
    const order = { issuer: house.authority, serial, thisUpdate: madeAt - hour, nextUpdate: madeAt + day };
    return {
      inputs: new Map([
        ['by-authority', makeAnswer({ ...order, responder: house.authority })],
        ['by-delegate', makeAnswer({ ...order, responder: delegate, certificates: [appointed] })],
        [
          'revoked',
          makeAnswer({
            ...order,
            responder: house.authority,
            status: { revokedAt: madeAt - day, reason: 1 },
          }),
        ],
      ]),
      context: new Map([
        ['authority', house.authorityCertificate.der],
        ['person', person.der],
        ['at', octetsOf(madeAt)],
      ]),
    };
  },
  judge(material) {
    const authority = parseCertificate(part(material, 'authority'));
    const certificate = parseCertificate(part(material, 'person'));
    const issuer = { name: authority.subject, publicKey: authority.publicKey, certificate: authority };
    const common = { certificate, issuer, candidates: [], at: numberIn(material, 'at') };
    return (octets) =>
      verdictOf(() => {
        const response = parseOcspResponse(octets);
        if (response.kind === 'refusal') return refuse(response.refusal);
        const verdict = verdictOfAnswer({
          ...{
            ...common,
            answer: response.answer,
            algorithms: currentAlgorithms,
            freshness: strictFreshness,
          },
          isResponderCurrent: () => false,
        });
        if (verdict.status === 'undetermined') return refuse(String(verdict.problems[0]?.problem));
        const { status, single } = verdict;
        const { thisUpdate, nextUpdate, status: told } = single;
        return JSON.stringify([status, thisUpdate, nextUpdate, told]);
      });
  },
};

function refuse(problem: string): never {
  throw new SealgateError('signature_malformed', { where: 'status', problem });
}
