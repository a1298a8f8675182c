import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { exportPrivateKey } from '../../src/authority/key.ts';
import { validateDocument } from '../../src/document/validate.ts';
import { Openssl } from '../signature/openssl.ts';

const content = Buffer.from('A contract of one line.');
const at = Date.parse('2026-11-21T12:00:00Z');

let authority: Authority;
let signer: IssuedCertificate;
let message: Uint8Array;
let lists: readonly Uint8Array[];
beforeAll(async () => {
  authority = await createAuthority({ algorithm: 'ecdsa-p256', now: () => at, at: at - 86_400_000 });
  signer = await authority.issue({ subscriber: sampleSubscriber('legal-entity'), notBefore: at - 1000 });
  message = await signDetached(content, signer, at);
  lists = [await authority.accredited.currentCrl(), await authority.root.currentCrl()];
});
afterAll(() => authority.close());

type Question = Parameters<typeof validateDocument>[1];

/** What is asked about, and by what it is judged. */
interface Asked extends Partial<Question> {
  readonly message?: Uint8Array;
  readonly content?: Uint8Array | undefined;
}

function validate(changes: Asked = {}) {
  const asked = {
    message,
    content,
    anchors: [authority.root.certificate],
    untrusted: [authority.accredited.certificate],
    lists,
    answers: [],
    at,
    profile: 'rfc5280' as const,
    language: 'en' as const,
    ...changes,
  };
  const contents = asked.content === undefined ? [] : [{ name: undefined, octets: asked.content }];
  return validateDocument({ document: asked.message, contents }, asked);
}

describe('a verdict on a document', () => {
  it('passes where zeros stand behind the message, and not where anything else does', async () => {
    const padded = Buffer.concat([message, Buffer.alloc(500)]);
    expect(await validate({ message: padded })).toMatchObject({ indication: 'TOTAL-PASSED' });
    padded[padded.length - 100] = 1;
    expect(await validate({ message: padded })).toMatchObject({
      indication: 'TOTAL-FAILED',
      failure: { code: 'signature_malformed' },
    });
  });

  it('passes with signature, path and lists', async () => {
    const verdict = await validate();
    expect(verdict).toMatchObject({
      indication: 'TOTAL-PASSED',
      form: 'detached',
      signatures: [
        {
          indication: 'TOTAL-PASSED',
          revocation: 'good',
          namesCertificate: true,
          algorithm: 'ECDSA with SHA-256',
          signingTime: new Date(at).toISOString(),
        },
      ],
    });
    expect(verdict.signatures[0]?.path).toHaveLength(2);
  });

  it('says that revocation was not checked where nothing about it was given', async () => {
    const verdict = await validate({ lists: [] });
    expect(verdict).toMatchObject({ indication: 'TOTAL-PASSED', signatures: [{ revocation: 'unchecked' }] });
  });

  it('fails over another document', async () => {
    const verdict = await validate({ content: Buffer.from('Another contract.') });
    expect(verdict).toMatchObject({
      indication: 'TOTAL-FAILED',
      subIndication: 'HASH_FAILURE',
      failure: { code: 'document_changed' },
    });
  });

  it('stays open below a root that is not given, and still says who signed', async () => {
    const other = await createAuthority({ algorithm: 'ecdsa-p256' });
    const verdict = await validate({ anchors: [other.root.certificate] });
    expect(verdict.indication).toBe('INDETERMINATE');
    expect(verdict.signatures[0]).toMatchObject({ certificate: { serialNumber: signer.serialNumber } });
    expect(verdict.signatures[0]?.path).toBeUndefined();
  });

  it('stays open where the list names the signer, and nothing proves when it was signed', async () => {
    const revoked = await authority.issue({
      subscriber: sampleSubscriber('legal-entity'),
      notBefore: at - 1000,
    });
    authority.accredited.revoke(revoked.serialNumber);
    const verdict = await validate({
      message: await signDetached(content, revoked, at),
      lists: [await authority.accredited.currentCrl(), await authority.root.currentCrl()],
    });
    expect(verdict).toMatchObject({ indication: 'INDETERMINATE', subIndication: 'REVOKED_NO_POE' });
  });

  it('on octets that are no message is a verdict too', async () => {
    expect(await validate({ message: Uint8Array.of(0x30, 0) })).toMatchObject({
      indication: 'TOTAL-FAILED',
      failure: { code: 'document_unrecognised' },
      signatures: [],
    });
    expect(await validate({ message: message.subarray(0, -1) })).toMatchObject({
      indication: 'TOTAL-FAILED',
      failure: { code: 'signature_malformed' },
      signatures: [],
    });
  });

  it('stays open without the document of a detached signature', async () => {
    expect(await validate({ content: undefined })).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication: 'SIGNED_DATA_NOT_FOUND',
      failure: { code: 'signed_data_missing' },
    });
  });
});

describe('a message of two signers, made by OpenSSL', () => {
  it('is judged signer by signer, and is as good as the worst', async () => {
    const workshop = new Openssl();
    try {
      const stranger = await createAuthority({ algorithm: 'ecdsa-p256', now: () => at, at: at - 86_400_000 });
      const other = await stranger.issue({
        subscriber: sampleSubscriber('legal-entity'),
        notBefore: at - 1000,
      });
      writeFileSync(workshop.path('content'), content);
      const words: string[] = [];
      for (const [name, { certificate, key }] of Object.entries({ first: signer, second: other })) {
        if (key === undefined) throw new Error('the authority does not have the key');
        writeFileSync(workshop.path(`${name}.pem`), pem('CERTIFICATE', certificate));
        writeFileSync(workshop.path(`${name}.key`), pem('PRIVATE KEY', await exportPrivateKey(key)));
        words.push('-signer', `${name}.pem`, '-inkey', `${name}.key`);
      }
      workshop.run(
        'cms',
        '-sign',
        '-binary',
        '-nodetach',
        '-in',
        'content',
        ...words,
        '-outform',
        'DER',
        '-out',
        'out',
      );
      const both = readFileSync(workshop.path('out'));
      const verdict = await validate({ message: both, content: undefined, lists: [] });
      expect(verdict).toMatchObject({ indication: 'INDETERMINATE', form: 'attached' });
      const indications = verdict.signatures.map(({ indication }) => indication).sort();
      expect(indications).toEqual(['INDETERMINATE', 'TOTAL-PASSED']);
      expect(verdict.signatures.map(({ namesCertificate }) => namesCertificate)).toEqual([false, false]);
    } finally {
      workshop.close();
    }
  });
});

function pem(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der)
    .toString('base64')
    .replace(/.{1,64}/g, '$&\n');
  return `-----BEGIN ${label}-----\n${base64}-----END ${label}-----\n`;
}
