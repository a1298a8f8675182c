import { digestInSlices } from '../algorithm/digest-in-slices.ts';
import { writeZip } from '../document/asic/write.ts';
import { signatureUri } from '../document/xades/names.ts';
import { SealgateError } from '../error.ts';
import { customaryScheme } from '../token/request.ts';
import { partsOf } from '../token/scheme.ts';
import type { Signer } from '../token/signer.ts';
import { escapeAttribute } from '../xml/canonical.ts';
import { xmlDigests } from '../xml/signature-algorithm.ts';
import { type MessageOptions, makeMessage } from './message.ts';
import { signXmlBeside } from './xml.ts';
import { base64 } from './xml-skeleton.ts';

/** A document that goes into a container. */
export interface ContainedFile {
  readonly name: string;
  readonly octets: Uint8Array;
}

/** How a container is made. */
export interface ContainerOptions extends Pick<MessageOptions, 'scheme' | 'chain'> {
  /** What its signature is: a CMS message over a manifest, or XAdES over the documents. */
  readonly form: 'CAdES' | 'XAdES';
  /** Milliseconds since the epoch. */
  readonly signingTime: number;
}

const mediaType = 'application/vnd.etsi.asic-e+zip';
const asicUri = 'http://uri.etsi.org/02918/v1.2.1#';
const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/**
 * An ASiC-E container (EN 319 162-1, section 4.4) of documents under one signature of level B. Throws `argument_invalid`
 * for names that cannot stand in one container, and as `makeMessage` and `signXml` do.
 */
export async function makeContainer(
  files: readonly ContainedFile[],
  signer: Signer,
  options: ContainerOptions,
): Promise<Uint8Array> {
  requireNames(files);
  const signatures =
    options.form === 'CAdES'
      ? await signManifest(files, signer, options)
      : await signAll(files, signer, options);
  const entries = [
    { name: 'mimetype', octets: Buffer.from(mediaType), isStored: true },
    ...[...files, ...signatures].map((each) => ({ ...each, isStored: false })),
  ];
  return writeZip({ entries, comment: '' });
}

function requireNames(files: readonly ContainedFile[]): void {
  const known = new Set(['mimetype']);
  for (const { name } of files) {
    const key = name.normalize('NFC').toLowerCase();
    const isPlain = name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
    if (!isPlain || known.has(key) || key.startsWith('meta-inf/') || name.includes('\\'))
      throw new SealgateError('argument_invalid', { argument: name, problem: 'container-name' });
    known.add(key);
  }
}

async function signManifest(
  files: readonly ContainedFile[],
  signer: Signer,
  options: ContainerOptions,
): Promise<readonly ContainedFile[]> {
  const name = 'META-INF/signature001.p7s';
  const manifest = Buffer.from(await manifestOver(files, name, signer, options));
  const { form, ...others } = options;
  const message = await makeMessage(manifest, signer, { ...others, isDetached: true });
  return [
    { name: 'META-INF/ASiCManifest001.xml', octets: manifest },
    { name, octets: message },
  ];
}

/** ASiCManifest (EN 319 162-1, annex A.4): the hashes of all files, and which file signs them. */
async function manifestOver(
  files: readonly ContainedFile[],
  signature: string,
  signer: Signer,
  { scheme = customaryScheme(signer) }: ContainerOptions,
): Promise<string> {
  const algorithm = partsOf(scheme).digest ?? 'sha512';
  const [uri] = [...xmlDigests].find(([, each]) => each === algorithm) ?? [];
  const rows: string[] = [];
  for (const { name, octets } of files) {
    const hash = base64(await digestInSlices(algorithm, octets));
    rows.push(
      `<asic:DataObjectReference URI="${uriOf(name)}"><ds:DigestMethod Algorithm="${uri}"/><ds:DigestValue>${hash}</ds:DigestValue></asic:DataObjectReference>`,
    );
  }
  return `${declaration}<asic:ASiCManifest xmlns:asic="${asicUri}" xmlns:ds="${signatureUri}"><asic:SigReference URI="${signature}" MimeType="application/x-pkcs7-signature"/>${rows.join('')}</asic:ASiCManifest>\n`;
}

async function signAll(
  files: readonly ContainedFile[],
  signer: Signer,
  { form, ...options }: ContainerOptions,
): Promise<readonly ContainedFile[]> {
  const octets = await signXmlBeside(files, signer, options);
  const rows = files.map(
    ({ name }) =>
      `<manifest:file-entry manifest:full-path="${escapeAttribute(name)}" manifest:media-type="application/octet-stream"/>`,
  );
  const manifest = 'urn:oasis:names:tc:opendocument:xmlns:manifest:1.0';
  const list = `${declaration}<manifest:manifest xmlns:manifest="${manifest}"><manifest:file-entry manifest:full-path="/" manifest:media-type="${mediaType}"/>${rows.join('')}</manifest:manifest>\n`;
  return [
    { name: 'META-INF/manifest.xml', octets: Buffer.from(list) },
    { name: 'META-INF/signatures001.xml', octets },
  ];
}

function uriOf(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}
