import { basename } from 'node:path';
import { type ExtensionChoice, extendGiven } from '../document/extend-file.ts';
import { documentIn } from '../encoding/document.ts';
import { writeOver } from '../file/write-new.ts';
import { openSigner, type SignerChoice } from '../token/command-line.ts';
import type { Signer } from '../token/signer.ts';
import { addCounterSignature, addSigner } from './add-signer.ts';
import { signChallenge } from './challenge.ts';
import { makeContainer } from './container.ts';
import { type NamedFile, readNamed } from './file.ts';
import { makeMessage } from './message.ts';
import { signPdf } from './pdf.ts';
import { requireCertificate } from './signer.ts';
import { drawStamp } from './stamp-picture.ts';
import { signSmev, signXml } from './xml.ts';

/** What a file becomes by being signed. */
export const signFormats = ['cms', 'pdf', 'xml', 'smev', 'asic', 'asic-xades'] as const;

export type SignFormat = (typeof signFormats)[number];

/** What `sealgate sign` is told. */
export interface SignOptions extends SignerChoice, ExtensionChoice {
  readonly format: SignFormat;
  readonly detached?: boolean;
  readonly out?: string;
  /** The file is a CMS message, which this signature joins or confirms. */
  readonly add?: boolean;
  readonly counter?: boolean;
  /** Of a PDF: the page of a visible stamp, and its lower left corner in points. */
  readonly stamp?: number;
  readonly stampAt?: readonly [x: number, y: number];
  readonly reason?: string;
  readonly location?: string;
  /** Identifier of the element that SMEV has signed. */
  readonly element?: string;
  /** The request that a challenge was asked for with; the file is the answer, and a login is made of them. */
  readonly login?: string;
}

/** A document that was made and written. */
export interface SignedFile {
  readonly out: string;
  /** Octets of the document. */
  readonly length: number;
  readonly form: 'attached' | 'detached' | 'enveloped' | 'container';
}

/**
 * Signs files one by one with one key, whose PIN is asked for once, and writes each document beside its file, or where
 * `out` says; a container holds all of them. `progress` is told of each before it is signed. Throws the failures of the
 * token, and `certificate_choice_needed` or `key_not_found` where the key has no certificate; what was written stays.
 */
export async function signFiles(
  files: readonly string[],
  options: SignOptions,
  progress: (done: number, file: string) => void,
): Promise<readonly SignedFile[]> {
  const signer = await openSigner(options);
  try {
    const own = requireCertificate(signer);
    if (isContainer(options)) return [await signContainer(files, own, options)];
    const signed: SignedFile[] = [];
    for (const [at, file] of files.entries()) {
      progress(at, file);
      signed.push(await signFile(await readNamed(file), own, options));
    }
    return signed;
  } finally {
    await signer.close();
  }
}

/** Whether all files go into one document. */
export function isContainer({ format }: Pick<SignOptions, 'format'>): boolean {
  return format === 'asic' || format === 'asic-xades';
}

async function signFile(file: NamedFile, signer: Signer, options: SignOptions): Promise<SignedFile> {
  if (options.login !== undefined) {
    const isDetached = options.detached === true;
    const body = await signChallenge(file, await readNamed(options.login), signer, isDetached);
    const out = options.out ?? `${file.file}.login.json`;
    await writeOver(out, body);
    return { out, length: body.length, form: isDetached ? 'detached' : 'attached' };
  }
  const { document, form, ending } = await documentOf(file, signer, options);
  const isDetached = form === 'detached';
  const contents = isDetached ? await contentsOf(file, options) : [];
  const extended = await extendGiven({ document, contents }, options);
  const out = options.out ?? (ending === '' ? file.file : `${file.file}${ending}`);
  await writeOver(out, extended);
  return { out, length: extended.length, form };
}

/** What a detached signature is over: the file itself, or what is named beside a message that is signed once more. */
async function contentsOf({ file, octets }: NamedFile, { add, counter, content }: SignOptions) {
  if (add !== true && counter !== true) return [{ name: basename(file), octets }];
  return Promise.all(
    content.map(async (path) => ({ name: basename(path), octets: (await readNamed(path)).octets })),
  );
}

interface MadeDocument {
  readonly document: Uint8Array;
  readonly form: SignedFile['form'];
  /** What the name of the file is followed by; empty where it is written over. */
  readonly ending: string;
}

async function documentOf(file: NamedFile, signer: Signer, options: SignOptions): Promise<MadeDocument> {
  const { octets } = file;
  const signingTime = Date.now();
  if (options.add === true || options.counter === true)
    return signedAgain(file, signer, options, signingTime);
  switch (options.format) {
    case 'pdf': {
      const { stamp, stampAt, reason, location } = options;
      const picture = stamp === undefined ? undefined : await drawStamp(requireStamped(signer));
      const placed = picture && { picture, page: stamp ?? -1, corner: stampAt };
      const document = await signPdf(octets, signer, { signingTime, stamp: placed, reason, location });
      return { document, form: 'enveloped', ending: '.signed.pdf' };
    }
    case 'xml':
      return {
        document: await signXml(octets, signer, { signingTime }),
        form: 'enveloped',
        ending: '.signed.xml',
      };
    case 'smev': {
      const id = options.element ?? 'SIGNED_BY_CALLER';
      const document = await signSmev(octets, id, signer, { signingTime });
      return { document, form: 'enveloped', ending: '.signed.xml' };
    }
    default: {
      const isDetached = options.detached === true;
      const document = await makeMessage(octets, signer, { isDetached, signingTime });
      return { document, form: isDetached ? 'detached' : 'attached', ending: isDetached ? '.sig' : '.p7m' };
    }
  }
}

function requireStamped({ certificate }: Signer): Uint8Array {
  if (certificate === undefined) throw new Error('the signer has been found to have a certificate');
  return certificate;
}

async function signedAgain(
  file: NamedFile,
  signer: Signer,
  options: SignOptions,
  signingTime: number,
): Promise<MadeDocument> {
  const message = documentIn(file.octets);
  const [content] = await contentsOf(file, options);
  const sign = options.counter === true ? addCounterSignature : addSigner;
  const document = await sign(message, signer, { content: content?.octets, signingTime });
  return { document, form: content === undefined ? 'attached' : 'detached', ending: '' };
}

async function signContainer(
  files: readonly string[],
  signer: Signer,
  options: SignOptions,
): Promise<SignedFile> {
  const contained = await Promise.all(
    files.map(async (file) => ({ name: basename(file), octets: (await readNamed(file)).octets })),
  );
  const form = options.format === 'asic' ? 'CAdES' : 'XAdES';
  const document = await makeContainer(contained, signer, { form, signingTime: Date.now() });
  const extended = await extendGiven({ document, contents: [] }, options);
  const out = options.out ?? `${files[0]}.asice`;
  await writeOver(out, extended);
  return { out, length: extended.length, form: 'container' };
}
