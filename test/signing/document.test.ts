import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { KeyKind } from '../../src/authority/key.ts';
import { validateDocument } from '../../src/document/validate.ts';
import { addCounterSignature, addSigner } from '../../src/signing/add-signer.ts';
import { makeContainer } from '../../src/signing/container.ts';
import { makeMessage } from '../../src/signing/message.ts';
import { signPdf } from '../../src/signing/pdf.ts';
import { drawStamp } from '../../src/signing/stamp-picture.ts';
import { signSmev, signXml } from '../../src/signing/xml.ts';
import type { Signer } from '../../src/token/signer.ts';
import { packedPdf, samplePdf, sampleXml } from '../document/samples.ts';
import { ask, missing } from '../xml/tool.ts';
import { xmlCrypto } from '../xml/xml-crypto.ts';
import { signerOf } from './issued.ts';

const kinds = [
  'rsa-2048',
  'ecdsa-p256',
  'gost2012-256',
  'gost2012-512',
] as const satisfies readonly KeyKind[];
type Kind = (typeof kinds)[number];

const signingTime = Date.now();
const content = Buffer.from('A contract of one line.');
const folder = mkdtempSync(join(tmpdir(), 'sealgate-made-'));
const path = (name: string) => join(folder, name);
const authorities = new Map<Kind, Authority>();
const signers = new Map<Kind, readonly [Signer, Signer]>();

beforeAll(async () => {
  for (const kind of kinds) {
    const authority = await createAuthority({ algorithm: kind });
    const issue = async () =>
      signerOf(await authority.issue({ subscriber: sampleSubscriber('legal-entity') }));
    authorities.set(kind, authority);
    signers.set(kind, [await issue(), await issue()]);
    writeFileSync(path(`${kind}.pem`), pem(authority.root.certificate));
  }
});
afterAll(async () => {
  for (const authority of authorities.values()) await authority.close();
  rmSync(folder, { recursive: true });
});

function pem(der: Uint8Array): string {
  const base64 = Buffer.from(der).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
}

async function validate(kind: Kind, document: Uint8Array, contents: readonly Uint8Array[] = []) {
  const { root, accredited } = authorities.get(kind)!;
  return validateDocument(
    { document, contents: contents.map((octets) => ({ name: undefined, octets })) },
    {
      ...{ anchors: [root.certificate], untrusted: [accredited.certificate], lists: [], answers: [] },
      ...{ at: Date.now(), profile: 'rfc5280', language: 'en' },
    },
  );
}

describe.each(kinds)('made with %s', (kind) => {
  const [first, second] = [() => signers.get(kind)![0], () => signers.get(kind)![1]];

  it('a message with a second signer and countersignatures holds as a whole', async () => {
    const message = await makeMessage(content, first(), { signingTime, isDetached: true });
    const both = await addSigner(message, second(), { signingTime, content });
    const confirmed = await addCounterSignature(both, first(), { signingTime, content });
    const report = await validate(kind, confirmed, [content]);
    expect(report).toMatchObject({ indication: 'TOTAL-PASSED', form: 'detached' });
    expect(
      report.signatures.map(({ format, counterSignatures }) => [
        format,
        counterSignatures.map(({ indication }) => indication),
      ]),
    ).toEqual([
      ['CAdES', ['TOTAL-PASSED']],
      ['CAdES', ['TOTAL-PASSED']],
    ]);
  });

  it('a PDF is PAdES, and one more signature changes nothing that is forbidden', async () => {
    const picture = await drawStamp(first().certificate!);
    const stamp = { picture, page: -1 };
    const once = await signPdf(await samplePdf(), first(), { signingTime, stamp, reason: 'Согласовано' });
    const twice = await signPdf(once, second(), { signingTime });
    expect(await validate(kind, twice)).toMatchObject({
      indication: 'TOTAL-PASSED',
      signatures: [
        { format: 'PAdES', level: 'B', name: 'Signature1', modifications: 'allowed' },
        { format: 'PAdES', level: 'B', name: 'Signature2', modifications: 'none' },
      ],
    });
  });

  it('XML is not signed once more where the first signature covers the place', async () => {
    const once = await signXml(sampleXml, first(), { signingTime });
    await expect(signXml(once, second(), { signingTime })).rejects.toMatchObject({
      code: 'signing_breaks_signature',
      details: { signature: 1, reason: 'document_changed' },
    });
  });

  it('XML is XAdES and covers all of it; SMEV 3 signs one element', async () => {
    expect(await validate(kind, await signXml(sampleXml, first(), { signingTime }))).toMatchObject({
      indication: 'TOTAL-PASSED',
      signatures: [{ format: 'XAdES', level: 'B', coverage: { extent: 'whole' } }],
    });
    const message = Buffer.from(
      '<s:Request xmlns:s="urn:s"><s:Data Id="SIGNED_BY_CALLER"><a xmlns="urn:a"> <b>1</b> </a></s:Data><s:CallerInformationSystemSignature/></s:Request>',
    );
    const signed = await signSmev(message, 'SIGNED_BY_CALLER', first(), { signingTime });
    expect(await validate(kind, signed)).toMatchObject({
      indication: 'TOTAL-PASSED',
      signatures: [{ format: 'XMLDSig', coverage: { covered: ['/s:Request/s:Data'] } }],
    });
  });

  it.each(['CAdES', 'XAdES'] as const)('a container with %s covers every file', async (form) => {
    const files = [
      { name: 'contract.txt', octets: content },
      { name: 'папка/план 1.txt', octets: Buffer.from('A plan.') },
    ];
    const container = await makeContainer(files, first(), { form, signingTime });
    expect(await validate(kind, container)).toMatchObject({
      indication: 'TOTAL-PASSED',
      format: 'ASiC-E',
      signatures: [{ format: form, level: 'B', coverage: { extent: 'whole', uncovered: [] } }],
    });
  });
});

describe('a stamp on a page that is turned where it is shown', () => {
  const [pageWidth, pageHeight, margin] = [595.28, 841.89, 36];

  it.each([0, 90, 180, 270])('stands upright in its lower right corner: %i degrees', async (degrees) => {
    const signer = signers.get('ecdsa-p256')![0];
    const picture = await drawStamp(signer.certificate!);
    const { width, height } = picture;
    const stamp = { picture, page: 1 };
    const signed = Buffer.from(
      await signPdf(await samplePdf(1, degrees), signer, { signingTime, stamp }),
    ).toString('latin1');
    const numbers = (expression: RegExp) => expression.exec(signed)?.[1]?.split(' ').map(Number);
    const [far, top] = [pageWidth - margin, pageHeight - margin];
    const expected: Readonly<Record<number, readonly number[]>> = {
      0: [far - width, margin, far, margin + height],
      90: [far - height, top - width, far, top],
      180: [margin, top - height, margin + width, top],
      270: [margin, margin, margin + height, margin + width],
    };
    const rectangle = numbers(/\/Rect \[ ?([\d. ]+?) ?\]/) ?? [];
    expect(rectangle).toHaveLength(4);
    for (const [at, side] of rectangle.entries()) expect(side).toBeCloseTo(expected[degrees]![at]!, 1);
    const turn = (degrees * Math.PI) / 180;
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)].map(Math.round);
    expect(numbers(/\/Matrix \[ ?([-\d. ]+?) ?\]/)?.map((each) => each + 0)).toEqual(
      [cos!, sin!, -sin!, cos!, 0, 0].map((each) => each + 0),
    );
  });
});

describe('programs of other makers', () => {
  const noXmlsec = missing('xmlsec1', 'xmlsec1');
  const noPdfsig = missing('pdfsig', 'poppler-utils') || missing('certutil', 'libnss3-tools');
  const note = (reason: string | false) => (reason === false ? '' : ` (skipped: ${reason})`);

  it.skipIf(noXmlsec).each(['rsa-2048', 'ecdsa-p256'] as const)(
    `xmlsec1 verifies XML made with %s${note(noXmlsec)}`,
    async (kind) => {
      const file = path(`${kind}.xml`);
      const xades = 'http://uri.etsi.org/01903/v1.3.2#:SignedProperties';
      const args = ['--verify', '--trusted-pem', path(`${kind}.pem`), '--id-attr:Id', xades, file];
      const signed = await signXml(sampleXml, signers.get(kind)![0], { signingTime });
      writeFileSync(file, signed);
      expect(() => ask('xmlsec1', args)).not.toThrow();
      const changed = Buffer.from(signed);
      changed.write('Lies', changed.indexOf('Text<'));
      writeFileSync(file, changed);
      expect(() => ask('xmlsec1', args)).toThrow('xmlsec1');
    },
  );

  it.skipIf(noPdfsig)(`pdfsig verifies PDF of both kinds of references${note(noPdfsig)}`, async () => {
    ask('certutil', ['-N', '-d', folder, '--empty-password']);
    const picture = await drawStamp(signers.get('rsa-2048')![0].certificate!);
    for (const [name, document] of Object.entries({ table: await samplePdf(), packed: packedPdf() })) {
      const stamp = { picture, page: 1 };
      const once = await signPdf(document, signers.get('rsa-2048')![0], { signingTime, stamp });
      const twice = await signPdf(once, signers.get('ecdsa-p256')![0], { signingTime });
      writeFileSync(path(`${name}.pdf`), twice);
      const { stdout, stderr } = spawnSync('pdfsig', ['-nssdir', folder, '-nocert', path(`${name}.pdf`)]);
      expect([name, stdout.toString().match(/Signature Validation: (.*)/g)]).toEqual([
        name,
        Array.from({ length: 2 }, () => 'Signature Validation: Signature is Valid.'),
      ]);
      expect(stderr.toString()).toBe('');
    }
  });

  it('xml-crypto verifies XML made here, and its own verifies here; changed, neither does', async () => {
    const { signedBy, verifies } = xmlCrypto();
    const [signer] = signers.get('rsa-2048')!;
    const certificate = pem(signer.certificate!);
    const made = await signXml(sampleXml, signer, { signingTime });
    const text = Buffer.from(made).toString();
    expect(verifies(text, certificate)).toBe(true);
    expect(verifies(text.replace('Text<', 'Lies<'), certificate)).toBe(false);

    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const authority = authorities.get('rsa-2048')!;
    const issued = await authority.issue({
      subscriber: sampleSubscriber('legal-entity'),
      publicKey: publicKey.export({ format: 'der', type: 'spki' }),
    });
    const theirs = signedBy(
      '<contract><text>Text</text></contract>',
      privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      pem(issued.certificate),
    );
    expect(await validate('rsa-2048', Buffer.from(theirs))).toMatchObject({
      indication: 'TOTAL-PASSED',
      signatures: [{ format: 'XMLDSig', coverage: { extent: 'whole' } }],
    });
    const changed = Buffer.from(theirs.replace('Text<', 'Lies<'));
    expect((await validate('rsa-2048', changed)).failure?.code).toBe('document_changed');
  });

  it('openssl verifies both signers of one message', async () => {
    const message = await makeMessage(content, signers.get('rsa-2048')![0], { signingTime });
    const both = await addSigner(message, signers.get('ecdsa-p256')![1], { signingTime });
    writeFileSync(path('both.p7m'), both);
    const args = ['cms', '-verify', '-inform', 'DER', '-in', path('both.p7m'), '-binary', '-noverify'];
    expect(ask('openssl', args)).toEqual(content);
  });
});
