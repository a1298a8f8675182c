import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { answerTimeStamp } from '../../src/authority/timestamp.ts';
import { Budget } from '../../src/budget/budget.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { Fetcher, usualFetch } from '../../src/fetch/fetcher.ts';
import { Checks } from '../../src/report/check.ts';
import { askTimestamp } from '../../src/timestamp/ask.ts';
import { encodeQuestion } from '../../src/timestamp/request.ts';
import { tokenOfResponse } from '../../src/timestamp/response.ts';
import { readToken, requireImprint, verifyToken } from '../../src/timestamp/token.ts';

const digest = Buffer.alloc(32, 7);
const question = encodeQuestion({ algorithm: 'sha256', digest, nonce: Buffer.alloc(16, 0x80) });

let authority: Authority;
let stranger: IssuedCertificate;
beforeAll(async () => {
  authority = await createAuthority({ algorithm: 'ecdsa-p256', serve: {} });
  stranger = await authority.issue({ subscriber: sampleSubscriber('legal-entity') });
});
afterAll(() => authority.close());

/** An answer of whoever has this certificate. */
function stampedBy({ certificate, key }: IssuedCertificate): Promise<Uint8Array> {
  if (key === undefined) throw new Error('the authority does not have the key');
  const plan = { certificate, key, policy: '1.2.3', serialNumber: Buffer.of(5), at: Date.now() };
  return answerTimeStamp(question, plan);
}

const read = (response: Uint8Array) => readToken(tokenOfResponse(response), new Budget());
const verify = (response: Uint8Array) => verifyToken(read(response), new Checks(), new Budget(), []);

describe('a time-stamp', () => {
  it('holds, and says what was stamped, by whom, when', async () => {
    const { info, signature } = verify(await authority.stamp(question));
    const { certificate } = await authority.timeStampCertificate();
    expect(signature.signer.sha256).toBe(parseCertificate(certificate).sha256);
    expect(Math.abs(info.time - Date.now())).toBeLessThan(5000);
    expect(() => requireImprint(info, [digest])).not.toThrow();
    expect(() => requireImprint(info, [Buffer.alloc(32, 8)])).toThrow(
      expect.objectContaining({ code: 'timestamp_mismatch' }),
    );
  });

  it('of somebody whose certificate is not for time-stamping is refused', async () => {
    const response = await stampedBy(stranger);
    expect(() => verify(response)).toThrow(expect.objectContaining({ code: 'timestamp_signer_unfit' }));
  });

  it('with a changed octet is refused wherever its signature answers for it', async () => {
    const response = Buffer.from(await authority.stamp(question));
    response[response.indexOf(digest)]! ^= 1;
    expect(() => verify(response)).toThrow(expect.objectContaining({ code: 'timestamp_malformed' }));
  });

  it('is none where the authority refuses, or something else came', async () => {
    const refusal = await authority.stamp(Buffer.from('no question'));
    for (const response of [refusal, Buffer.from('<html>')])
      expect(() => read(response)).toThrow(expect.objectContaining({ code: 'timestamp_malformed' }));
  });
});

describe('time-stamp authorities', () => {
  it('are asked in turn, and what came of each is told where none can be used', async () => {
    const fetcher = new Fetcher({ ...usualFetch, allowedNetworks: ['127.0.0.0/8'], retries: 0 });
    const ask = (...urls: string[]) =>
      askTimestamp({ urls, fetcher }, { algorithm: 'sha256', digest }, new Budget());
    try {
      const nobody = 'http://127.0.0.1:9/tsp';
      const octets = await ask(nobody, `${authority.url}/tsp`);
      expect(Buffer.from(readToken(octets, new Budget()).info.imprint.value)).toEqual(digest);
      await expect(ask(nobody, `${authority.url}/absent`)).rejects.toMatchObject({
        code: 'timestamp_unavailable',
        details: {
          found: [expect.stringContaining('connection-failed'), expect.stringContaining('http-status')],
        },
      });
    } finally {
      await fetcher.close();
    }
  });
});
