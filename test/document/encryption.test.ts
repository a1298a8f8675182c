import { describe, expect, it } from 'vitest';
import { atOnce } from '../../src/budget/slices.ts';
import { compareRevisions } from '../../src/document/pades/compare.ts';
import { PdfFile } from '../../src/document/pdf/file.ts';
import { entriesOf, isKind, type PdfValue } from '../../src/document/pdf/object.ts';
import { fileKey } from '../../src/document/pdf/password.ts';
import { rc4 } from '../../src/document/pdf/rc4.ts';
import { updated } from './pdf-text.ts';
import { samplePdf } from './samples.ts';

const open = (octets: Uint8Array) => atOnce(PdfFile.open(octets));

/** An encrypted PDF that opens without a password, and whose owner has one. */
const encrypted = (pdfVersion: '1.3' | '1.5' | '1.7' | '1.7ext3', userPassword = '') =>
  samplePdf(1, 0, {
    pdfVersion,
    userPassword,
    ownerPassword: 'owner',
    permissions: { printing: 'highResolution' },
  });

/** The title of a document, as its own information has it. */
function titleOf(octets: Uint8Array): string | undefined {
  const revision = open(octets).revisions.at(-1)!;
  const title = entriesOf(revision.resolve(revision.trailer.get('Info')))?.get('Title');
  const resolved = revision.resolve(title);
  return isKind(resolved, 'string') ? Buffer.from(resolved.octets).toString() : undefined;
}

/** What the trailer of a file names, but for where an earlier one stands. */
function trailerOf(octets: Buffer): string {
  const text = octets.toString('latin1');
  const entry = (key: string) =>
    new RegExp(`/${key} (?:\\d+ \\d+ R|\\[[^\\]]*\\])`).exec(text.slice(text.lastIndexOf('trailer')))?.[0];
  return ['Root', 'Info', 'ID', 'Encrypt'].map(entry).join(' ');
}

describe('an encrypted PDF', () => {
  it.each(['1.3', '1.5', '1.7', '1.7ext3'] as const)(
    'of version %s is read where it opens without a password, and refused where it does not',
    async (version) => {
      const octets = await encrypted(version);
      expect(octets.includes('Contract')).toBe(false);
      expect(titleOf(octets)).toBe('Contract');
      const closed = await encrypted(version, 'secret');
      expect(() => open(closed)).toThrow('opens only with a password');
    },
  );

  it('whose update says another encryption is refused, and one with the same is compared', async () => {
    const octets = await encrypted('1.7');
    const same = updated(octets, {}, trailerOf(octets));
    const { revisions } = open(same);
    expect(revisions).toHaveLength(2);
    expect(atOnce(compareRevisions(revisions[0]!, revisions[1]!))).toMatchObject({ modification: 'allowed' });
    const without = updated(octets, {}, trailerOf(octets).replace(/\/Encrypt.*$/, ''));
    expect(() => open(without)).toThrow('changes how the document is encrypted');
  });

  it('of revision 6 has the key that its hash leads to', () => {
    // The dictionary of restricted_fields.pdf among the files of DSS (esig/dss, commit d9473b8efe), made by another program.
    const entries = new Map<string, PdfValue>([
      ...([
        ['R', 6],
        ['V', 5],
      ] as const),
      ...(['U', 'UE', 'O'] as const).map((key): [string, PdfValue] => [key, text(revision6[key])]),
    ]);
    expect(fileKey(entries, new Uint8Array())).toHaveLength(32);
    const other = new Map([...entries, ['U', text(revision6.U.replace(/^../, '00'))] as const]);
    expect(() => fileKey(other, new Uint8Array())).toThrow('opens only with a password');
  });
});

const revision6 = {
  U: 'cbfa1aae8c70c628a5068f67c8e7460ed55a2b16314d6065420d2f9d656952bbe4880f6ce3a4fda08eeb028d204bbd00',
  UE: 'e1d598c521d0b82815d44b1064b8db4ab1da56d339d0f57d2c38edf3a3cefcea',
  O: '32cce3eb46c47c79a5e401510ade50419f51f92a8fc42999076a08293b0a29c15c4515403d38d0186f5a44e77de9d50c',
};

const text = (hex: string): PdfValue => ({
  kind: 'string',
  octets: Buffer.from(hex, 'hex'),
  isHex: true,
  start: 0,
  end: 0,
});

describe('RC4', () => {
  it.each([
    ['0102030405', 'b2396305f03dc027ccc3524a0a1118a8'],
    ['0102030405060708090a0b0c0d0e0f10', '9ac7cc9a609d1ef7b2932899cde41b97'],
  ])('with key %s gives the stream of RFC 6229', (key, stream) => {
    expect(Buffer.from(rc4(Buffer.from(key, 'hex'), new Uint8Array(16))).toString('hex')).toBe(stream);
  });
});
