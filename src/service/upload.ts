import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { OpenedFile } from '../document/opened-file.ts';
import { SealgateError } from '../error.ts';
import { largestBody } from './body.ts';

/** What a request may bring. */
export interface UploadLimits {
  /** Octets of all files together. */
  readonly octets: number;
  /** Milliseconds that may go by without a single octet. */
  readonly patience: number;
}

/** A file of an upload, under the name of its field. */
export interface UploadedFile {
  readonly field: string;
  readonly file: OpenedFile;
}

/** What a form brought: files, which are on disk and in no folder, and texts. */
export interface Upload {
  readonly files: readonly UploadedFile[];
  /** By the name of the field, in the order in which they came. */
  readonly texts: readonly (readonly [field: string, text: string])[];
}

/** Files and texts of one form. */
const mostParts = 128;

/** Octets of the form that are no file: names, boundaries, texts. */
const largestEnvelope = 2 * largestBody;

/** Whether a request brings files, and not a body that is read as a whole. */
export function isUpload({ headers }: IncomingMessage): boolean {
  return /^multipart\/form-data;/i.test(headers['content-type'] ?? '');
}

/** The most octets that a request can bring: what it announces, or what is read of any. */
export function uploadLength({ headers }: IncomingMessage, { octets }: UploadLimits): number {
  const announced = Number(headers['content-length']);
  return Math.min(Number.isNaN(announced) ? octets : announced, octets);
}

/**
 * Reads a form (RFC 7578) with its files onto the disk and does `act` with it. The files are open and have no name any
 * more from the first moment on, so that nothing is left of them, however this ends. Throws `request_malformed`,
 * `request_too_large`, `request_too_slow`, and what `act` throws.
 */
export async function withUpload<T>(
  request: IncomingMessage,
  limits: UploadLimits,
  act: (upload: Upload) => Promise<T>,
): Promise<T> {
  if (Number(request.headers['content-length'] ?? 0) > limits.octets + largestEnvelope)
    throw tooLarge(limits);
  await using opened = new AsyncDisposableStack();
  return await act(await readForm(request, limits, opened));
}

async function readForm(
  request: IncomingMessage,
  limits: UploadLimits,
  opened: AsyncDisposableStack,
): Promise<Upload> {
  const form = formReader(request);
  const streams: Readable[] = [];
  const stored: Promise<UploadedFile>[] = [];
  const texts: (readonly [string, string])[] = [];
  const total = { octets: 0 };
  const failed = Promise.withResolvers<never>();
  const refuse = (problem: string) => failed.reject(malformed(problem));
  form.on('file', (field, stream, name) => {
    streams.push(stream);
    const file = store(stream, name, limits, total, opened).then((each) => ({ field, file: each }));
    // Whoever waits for the form is told; one that fails after another concerns nobody.
    file.catch((error: unknown) => failed.reject(error));
    stored.push(file);
  });
  form.on('field', (field, text, isNameCut, isCut) => {
    if (isNameCut || isCut) refuse('is too long');
    texts.push([field, text]);
  });
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    form.on(limit, () => refuse('too many parts'));
  const finished = new Promise<void>((resolve, reject) => {
    form.once('finish', resolve);
    form.once('error', (error: unknown) => reject(malformed('not a form', error)));
  });
  finished.catch(() => {});
  const watch = watchStalls(request, limits.patience, failed.reject);
  try {
    request.pipe(form);
    await Promise.race([finished, failed.promise]);
    return { files: await Promise.race([Promise.all(stored), failed.promise]), texts };
  } finally {
    watch.stop();
    request.unpipe(form);
    form.destroy();
    // What does not come any more is not waited for; and no file is closed while it is being written.
    for (const stream of streams) stream.destroy();
    await Promise.allSettled(stored);
  }
}

function formReader({ headers }: IncomingMessage): BusboyInstance {
  const { 'content-type': type = '', 'content-encoding': coding = 'identity' } = headers;
  if (coding !== 'identity')
    throw new SealgateError('request_malformed', { field: 'Content-Encoding', problem: 'must not be used' });
  try {
    return new Busboy({
      headers: { ...headers, 'content-type': type },
      isPartAFile: (_field, _type, name) => name !== undefined,
      limits: {
        ...{ parts: mostParts, files: mostParts, fields: mostParts, headerPairs: 16, headerSize: 16_384 },
        ...{ fieldNameSize: 64, fieldSize: largestBody },
      },
    });
  } catch (error) {
    throw malformed('not a form', error);
  }
}

/** Tells of a request that stands still, or is cut off. */
function watchStalls(request: IncomingMessage, patience: number, tell: (error: SealgateError) => void) {
  const timer = setTimeout(() => tell(new SealgateError('request_too_slow', { field: 'body' })), patience);
  const note = () => void timer.refresh();
  const closed = () => {
    if (!request.complete) tell(malformed('cut off'));
  };
  request.on('data', note);
  request.once('close', closed);
  return {
    stop() {
      clearTimeout(timer);
      request.off('data', note);
      request.off('close', closed);
    },
  };
}

async function store(
  stream: Readable,
  name: string,
  limits: UploadLimits,
  total: { octets: number },
  opened: AsyncDisposableStack,
): Promise<OpenedFile> {
  const handle = await openNameless();
  opened.defer(() => handle.close());
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    total.octets += chunk.length;
    if (total.octets > limits.octets) throw tooLarge(limits);
    await writeWhole(handle, chunk, length);
    length += chunk.length;
  }
  return new OpenedFile(name, handle, length);
}

/** A file that exists as long as it is open: its name is taken away at once. */
async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `sealgate-upload-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function writeWhole(handle: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let at = 0; at < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, at, chunk.length - at, position + at);
    at += bytesWritten;
  }
}

function malformed(problem: string, cause?: unknown): SealgateError {
  return new SealgateError('request_malformed', { field: 'body', problem }, { cause });
}

function tooLarge({ octets }: UploadLimits): SealgateError {
  return new SealgateError('request_too_large', { field: 'body', limit: octets });
}
