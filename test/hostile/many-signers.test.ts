import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentReport } from '../../src/document/report.ts';
import { day, makeAnswer, makeList, makeSigner } from '../revocation/maker.ts';
import { expectBriefHold } from './hold.ts';
import { type MessageOrder, makeCms } from './message.ts';
import { type AttackedService, startAttacked } from './service.ts';
import { namesakes, stranger } from './stranger.ts';

const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');
const content = Buffer.from('A contract');
const now = Date.now();

let attacked: AttackedService;
beforeAll(async () => {
  attacked = await startAttacked();
});
afterAll(() => attacked.dispose());

/** A message with 64 signers that are one, and as many certificates as a message may have. */
function maze(more: Partial<MessageOrder> = {}): Uint8Array {
  const signer = stranger();
  return makeCms({
    ...{ content, at: now, ...more },
    signers: Array.from({ length: 64 }, () => signer),
    certificates: [signer.certificate.der, ...namesakes(63)],
  });
}

function post(message: Uint8Array) {
  return attacked.portal.post<DocumentReport>('/v1/signatures/validate', { message: base64(message) });
}

describe('a document with 64 signers and 63 namesakes of their issuer under keys of P-521', () => {
  const other = makeSigner('Stranger');
  const lists = Array.from({ length: 16 }, (_, at) =>
    makeList({ issuer: other, thisUpdate: now - day, nextUpdate: now + day, number: at + 1 }),
  );
  const answers = Array.from({ length: 16 }, () =>
    makeAnswer({ responder: other, issuer: other, serial: 1, thisUpdate: now - day }),
  );

  it('ends within the budget of the request, which names what ran out, and holds nobody up', async () => {
    const message = maze({ lists, answers });
    const replies = await expectBriefHold(() => post(message));
    for (const { body } of replies) {
      expect(body.indication).not.toBe('TOTAL-PASSED');
      expect(body.signatures).toHaveLength(64);
      expect(body.signatures.at(-1)?.failure).toMatchObject({
        code: expect.stringMatching(/budget_exhausted$/),
        details: { limit: 'poolWork' },
      });
    }
  });

  it('passes where they are 64 people of a known authority, each with an answer', async () => {
    const signers = await Promise.all(Array.from({ length: 62 }, () => attacked.signer()));
    const message = makeCms({
      ...{ content, signers, at: now },
      certificates: [...signers.map(({ certificate }) => certificate.der), attacked.issuer.der],
      lists: [await attacked.authority.accredited.currentCrl(), await attacked.authority.root.currentCrl()],
    });
    const replies = await expectBriefHold(() => post(message));
    for (const { body } of replies) {
      expect(body.signatures.map(({ failure }) => failure?.code)).toEqual(Array(62).fill(undefined));
      expect(body.indication).toBe('TOTAL-PASSED');
    }
  });
});

it('several such documents at once hold nobody up either', async () => {
  const message = maze();
  await expectBriefHold(() => Promise.all(Array.from({ length: 8 }, () => post(message))));
});
