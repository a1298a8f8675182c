import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PDFDocument from 'pdfkit';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { validateDocument } from '../../src/document/validate.ts';
import { toPem } from '../../src/encoding/textual.ts';
import { makeMessage } from '../../src/signing/message.ts';
import { signPdf } from '../../src/signing/pdf.ts';
import { signXml } from '../../src/signing/xml.ts';
import type { Signer } from '../../src/token/signer.ts';
import { signerOf } from '../signing/issued.ts';
import { xmlCrypto } from '../xml/xml-crypto.ts';
import { type Contender, compare, type Figure, repeatAsync } from './measure.ts';
import { startNativePeer } from './native-peer.ts';

type Skipped = (reason: string) => void;

const mebibyte = 1024 * 1024;

/**
 * Whole verdicts on documents under RSA, of a chain of two, all of it parsed anew each time: a CAdES message over 1 MB
 * against OpenSSL, enveloped XML of 1 MB against xmlsec1 and xml-crypto, a PDF of 10 MB with three signatures against
 * pdfsig. `skipped` is told what is missing.
 */
export async function documentBenchmarks(skipped: Skipped): Promise<Figure[]> {
  const authority = await createAuthority({ algorithm: 'rsa-2048', at: Date.now() - 86_400_000 });
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-bench-'));
  try {
    const issued = await authority.issue({ subscriber: sampleSubscriber('legal-entity') });
    const signer = await signerOf(issued);
    const place = { authority, folder, signer };
    return [
      ...(await onMessage(place, skipped)),
      ...(await onXml(place, issued.certificate, skipped)),
      ...(await onPdf(place, skipped)),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await authority.close();
  }
}

interface Place {
  readonly authority: Authority;
  readonly folder: string;
  readonly signer: Signer;
}

/** Validates a document; one that does not pass ends the benchmark. */
function validation({ authority }: Place, document: Uint8Array, content?: Uint8Array): Contender {
  const question: Parameters<typeof validateDocument>[1] = {
    anchors: [authority.root.certificate],
    ...{ untrusted: [authority.accredited.certificate], lists: [], answers: [] },
    at: Date.now(),
    profile: 'rfc5280',
    language: 'en',
  };
  return repeatAsync(async () => {
    // What is known of these very octets from the turn before would not be known of a document that has come in.
    const contents = content === undefined ? [] : [{ name: undefined, octets: content.subarray() }];
    const { indication, failure } = await validateDocument(
      { document: document.subarray(), contents },
      question,
    );
    if (indication !== 'TOTAL-PASSED') throw new Error(`the document does not pass: ${failure?.code}`);
  });
}

async function onMessage(place: Place, skipped: Skipped): Promise<Figure[]> {
  const { authority, folder, signer } = place;
  const content = Buffer.alloc(mebibyte, 'A contract of many pages. ');
  const chain = [authority.accredited.certificate];
  const message = await makeMessage(content, signer, { signingTime: Date.now(), isDetached: true, chain });
  const files = { 'root.der': authority.root.certificate, 'message.der': message, content };
  for (const [name, octets] of Object.entries(files)) writeFileSync(join(folder, name), octets);
  const peer = startNativePeer(
    'cms',
    folder,
    Object.keys(files).map((name) => join(folder, name)),
  );
  if (typeof peer === 'string') {
    skipped(`CAdES against OpenSSL: ${peer}`);
    return [];
  }
  try {
    const ours = validation(place, message, content);
    return [await compare('CAdES-B over 1 MB', 'OpenSSL CMS_verify', ours, peer.contender, 1)];
  } finally {
    peer.close();
  }
}

async function onXml(place: Place, certificate: Uint8Array, skipped: Skipped): Promise<Figure[]> {
  const row = '<row n="1"><name>ООО «Ромашка»</name><sum>1000.00</sum></row>\n';
  const body = row.repeat(Math.ceil(mebibyte / Buffer.byteLength(row)));
  const document = Buffer.from(`<contract xmlns="urn:contract">${body}</contract>`);
  const signed = Buffer.from(await signXml(document, place.signer, { signingTime: Date.now() }));
  const ours = validation(place, signed);
  const name = 'enveloped XML of 1 MB';
  const file = join(place.folder, 'signed.xml');
  writeFileSync(file, signed);
  const key = join(place.folder, 'signer.pem');
  writeFileSync(key, toPem('CERTIFICATE', certificate));
  const figures: Figure[] = [];
  const xmlsec = xmlsecContender(file, key);
  if (typeof xmlsec === 'string') skipped(`XML against xmlsec1: ${xmlsec}`);
  else figures.push(await compare(name, 'xmlsec1', ours, xmlsec, 1));
  const javascript = xmlCryptoContender(signed.toString(), new X509Certificate(certificate).toString());
  return [...figures, await compare(name, 'xml-crypto', ours, javascript, 10)];
}

/** xmlsec1 does so many in one process; what the process itself takes is measured by one and taken off. */
function xmlsecContender(file: string, key: string): Contender | string {
  const run = (times: number) => {
    const start = performance.now();
    const words = ['--verify', '--repeat', String(times), '--pubkey-cert-pem', key];
    const ids = ['--id-attr:Id', 'http://uri.etsi.org/01903/v1.3.2#:SignedProperties'];
    const { status, stderr, error } = spawnSync('xmlsec1', [...words, ...ids, file], { encoding: 'utf8' });
    if (error !== undefined) return error.message;
    if (status !== 0) return stderr.split('\n')[0] ?? 'it does not verify';
    return performance.now() - start;
  };
  const first = run(1);
  if (typeof first === 'string') return first;
  const times = 12;
  return () => {
    const [one, many] = [run(1), run(times + 1)];
    if (typeof one === 'string' || typeof many === 'string')
      throw new Error('xmlsec1 does not verify any more');
    return (times / (many - one)) * 1000;
  };
}

function xmlCryptoContender(text: string, certificate: string): Contender {
  const { verifies } = xmlCrypto();
  return repeatAsync(async () => {
    if (!verifies(text, certificate)) throw new Error('xml-crypto does not verify it');
  });
}

async function onPdf(place: Place, skipped: Skipped): Promise<Figure[]> {
  let document: Uint8Array = await largePdf(10 * mebibyte);
  for (const reason of ['first', 'second', 'third'])
    document = await signPdf(document, place.signer, { signingTime: Date.now(), reason });
  const file = join(place.folder, 'signed.pdf');
  writeFileSync(file, document);
  const ours = validation(place, document);
  const { error } = spawnSync('pdfsig', ['-v']);
  if (error !== undefined) {
    skipped(`PDF against pdfsig: ${error.message}`);
    return [];
  }
  const theirs = repeatAsync(async () => {
    const told = execFileSync('pdfsig', ['-nocert', file], { encoding: 'utf8' });
    if (told.split('Signature is Valid').length !== 4) throw new Error('pdfsig does not verify it');
  });
  return [await compare('PDF of 10 MB with three signatures', 'pdfsig', ours, theirs, 1)];
}

async function largePdf(octets: number): Promise<Buffer> {
  const document = new PDFDocument({ compress: false, autoFirstPage: false });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => document.on('end', resolve));
  const line = 'A contract of many pages, of which each says the same as the one before. ';
  for (let length = 0; length < octets; ) {
    document.addPage({ size: 'A4' });
    document.fontSize(6).text(line.repeat(120));
    length = chunks.reduce((sum, { length: part }) => sum + part, 0);
    await new Promise((resolve) => setImmediate(resolve));
  }
  document.end();
  await ended;
  return Buffer.concat(chunks);
}
