import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { encodeOid, encodeSequence, encodeSetOf } from '../../src/asn1/writer.ts';
import { Budget } from '../../src/budget/budget.ts';
import type { DocumentReport } from '../../src/document/report.ts';
import { isFailure } from '../../src/error.ts';
import { Checks } from '../../src/report/check.ts';
import { openMessage } from '../../src/signature/signed-message.ts';
import { verifySigner } from '../../src/signature/verify.ts';
import { type MessageOrder, makeCms } from './message.ts';
import { type AttackedService, type HonestSigner, startAttacked } from './service.ts';

const content = Buffer.from('A contract');
/** id-ct-authData (RFC 2630). */
const otherType = '1.2.840.113549.1.9.16.1.2';

let attacked: AttackedService;
let signer: HonestSigner;
beforeAll(async () => {
  attacked = await startAttacked();
  signer = await attacked.signer();
});
afterAll(() => attacked.dispose());

function message(order: Partial<MessageOrder>): Uint8Array {
  const certificates = [signer.certificate.der, attacked.issuer.der];
  return makeCms({ content, signers: [signer], certificates, at: Date.now(), ...order });
}

async function validate(order: Partial<MessageOrder>) {
  const { body } = await attacked.portal.post<DocumentReport>('/v1/signatures/validate', {
    message: Buffer.from(message(order)).toString('base64'),
  });
  return [body.indication, body.failure?.code];
}

/** What the verification of one signer says, by the laxest rules that there are. */
function verified(order: Partial<MessageOrder>): string {
  const budget = new Budget();
  const rules = {
    algorithms: currentAlgorithms,
    requiresSignedAttributes: false,
    requiresSigningCertificate: false,
    acceptsUtf16Content: false,
  };
  const opened = openMessage(message(order), budget);
  const [signerInfo] = opened.signedData.signers;
  try {
    verifySigner(opened, signerInfo!, order.content ?? content, rules, new Checks(), budget);
    return 'passed';
  } catch (error) {
    if (!isFailure(error)) throw error;
    return error.code;
  }
}

describe('a document of another content type than data (RFC 5652, section 5.3)', () => {
  it('is refused without signed attributes, with a cause of its own', async () => {
    const order = { contentType: otherType, isBare: true };
    expect(verified(order)).toBe('signature_content_type_unsigned');
    expect(await validate(order)).toEqual(['TOTAL-FAILED', 'signature_content_type_unsigned']);
  });

  it('passes with them', async () => {
    expect(verified({ contentType: otherType })).toBe('passed');
    expect(await validate({ contentType: otherType })).toEqual(['TOTAL-PASSED', undefined]);
  });
});

it('plain data passes without signed attributes, as a document', async () => {
  expect(verified({ isBare: true })).toBe('passed');
  expect(await validate({ isBare: true })).toEqual(['TOTAL-PASSED', undefined]);
});

it('plain data that could pass for signed attributes is refused all the same', () => {
  const attribute = encodeSequence(encodeOid('1.2.3'), encodeSetOf([encodeOid('1.2.3')]));
  expect(verified({ isBare: true, content: encodeSetOf([attribute]) })).toBe(
    'signature_attributes_ambiguous',
  );
});
