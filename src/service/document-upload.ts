import { uploadedDocumentLimits } from '../budget/limits.ts';
import type { GivenDocument } from '../document/validate.ts';
import { documentIn } from '../encoding/document.ts';
import { SealgateError } from '../error.ts';
import type { ServiceTrust } from '../validation/context.ts';
import { conform, largestBody } from './body.ts';
import { documents, questionOf, reportAnswer } from './document-question.ts';
import type { Answer, UploadCall } from './route.ts';
import type { Upload, UploadedFile } from './upload.ts';
import { uploadTexts } from './validation-schema.ts';

/** Octets of one file of evidence; those of large authorities have millions of entries. */
const largestEvidence = 32 * largestBody;

const evidenceFields = ['untrusted', 'lists', 'answers'] as const;
const fileFields: readonly string[] = ['message', 'content', ...evidenceFields];

/**
 * Validates a document that was uploaded. `expect` throws for a document that is not what this route is for. Throws
 * `request_malformed`, `request_too_large`, `rate_limited` and `encoding_unexpected`.
 */
export async function validateUpload(
  call: UploadCall,
  trust: ServiceTrust,
  expect: (document: Uint8Array) => void = () => {},
): Promise<Answer> {
  const { level, ...texts } = textsOf(call.upload);
  if (level !== undefined) throw malformed('level', 'unknown');
  return withDocument(call, async (given) => {
    expect(given.document);
    const question = questionOf(call, { ...(await evidenceOf(call.upload)), ...texts });
    const { validateDocumentByService } = await documents();
    const report = await validateDocumentByService(given, question, trust, uploadedDocumentLimits);
    return reportAnswer(call, report, question.language);
  });
}

/** Extends a document that was uploaded, and gives it back as a file. Throws as `validateUpload` does. */
export async function extendUpload(call: UploadCall, trust: ServiceTrust): Promise<Answer> {
  const { timestamps } = trust;
  if (timestamps === undefined) throw new SealgateError('resource_unknown', { path: call.request.path });
  const { level, at, ...texts } = textsOf(call.upload);
  if (level === undefined) throw malformed('level', 'is missing');
  if (at !== undefined) throw malformed('at', 'unknown');
  return withDocument(call, async (given) => {
    const question = questionOf(call, { ...(await evidenceOf(call.upload)), ...texts });
    const context = { ...trust, timestamps };
    const limits = uploadedDocumentLimits;
    const { extendDocumentByService } = await documents();
    const { document } = await extendDocumentByService(given, level, question, context, limits);
    return { body: document, type: 'application/octet-stream' };
  });
}

function textsOf({ texts }: Upload) {
  const names = texts.map(([field]) => field);
  const twice = names.find((field, at) => names.indexOf(field) !== at);
  if (twice !== undefined) throw malformed(twice, 'given twice');
  return conform(uploadTexts, Object.fromEntries(texts));
}

/** Does `act` with the one document of an upload and what was brought beside it. */
async function withDocument<T>(
  { service: { uploads }, upload: { files } }: UploadCall,
  act: (given: GivenDocument) => Promise<T>,
): Promise<T> {
  const unknown = files.find(({ field }) => !fileFields.includes(field));
  if (unknown !== undefined) throw malformed(unknown.field, 'unknown');
  const [message, another] = named(files, 'message');
  if (message === undefined) throw malformed('message', 'is missing');
  if (another !== undefined) throw malformed('message', 'given twice');
  const { largestDocument } = uploads.allowance;
  if (message.length > largestDocument)
    throw new SealgateError('request_too_large', { field: 'message', limit: largestDocument });
  return uploads.hold(message.length, async () => {
    const contents = await Promise.all(named(files, 'content').map((file) => file.content()));
    return act({ document: documentIn(await message.octets(), 'message'), contents });
  });
}

async function evidenceOf({ files }: Upload) {
  const [untrusted = [], lists = [], answers = []] = await Promise.all(
    evidenceFields.map((field) =>
      Promise.all(
        named(files, field).map((file) => {
          if (file.length <= largestEvidence) return file.octets();
          throw new SealgateError('request_too_large', { field, limit: largestEvidence });
        }),
      ),
    ),
  );
  return { untrusted, lists, answers };
}

function named(files: readonly UploadedFile[], field: string) {
  return files.filter((each) => each.field === field).map(({ file }) => file);
}

function malformed(field: string, problem: string): SealgateError {
  return new SealgateError('request_malformed', { field, problem });
}
