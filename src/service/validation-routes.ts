import { kindOf } from '../document/recognise.ts';
import { extensionRefusals } from '../document/refusals.ts';
import type { GivenDocument } from '../document/validate.ts';
import { chainIn } from '../encoding/certificates.ts';
import { documentIn } from '../encoding/document.ts';
import { SealgateError } from '../error.ts';
import type { ServiceTrust } from '../validation/context.ts';
import { validationRefusals } from '../validation/refusals.ts';
import { validateByService } from '../validation/service.ts';
import { documents, type QuestionParts, questionOf, reportAnswer, reportTypes } from './document-question.ts';
import { extendUpload, validateUpload } from './document-upload.ts';
import { type ClientCall, clientRoute, type Route, type UploadCall } from './route.ts';
import * as schema from './validation-schema.ts';

const certificate = clientRoute({
  method: 'post',
  path: '/v1/certificates/validate',
  id: 'validateCertificate',
  summary: 'Validate a certificate',
  description: 'Builds a path to a root that the service trusts and asks for revocation, as for a sign-in.',
  accepts: ['application/json'],
  schema: schema.certificateQuestion,
  answer: { description: 'The verdict, whatever it is.', schema: schema.certificateVerdict },
  failures: [...validationRefusals, 'encoding_unexpected', 'resource_unknown'],
  async handle(call) {
    const { body } = call;
    const [target, ...others] = chainIn(Buffer.from(body.certificate), 'certificate');
    const given = givenIn(call);
    const question = { ...given, certificate: target, untrusted: [...others, ...given.untrusted] };
    return { body: await validateByService(question, contextOf(call)) };
  },
});

const signature = clientRoute({
  method: 'post',
  path: '/v1/signatures/validate',
  id: 'validateSignature',
  summary: 'Validate the signatures of a document',
  description:
    'Judges every signature and time-stamp of a CMS, PDF, XML or ASiC document, or a time-stamp on its own, by EN 319 102-1. The rules of a sign-in are not asked for. With `Accept: text/html` the answer is a page for people.',
  accepts: ['application/json'],
  schema: schema.signatureQuestion,
  answer: {
    description: 'The verdict, whatever it is.',
    schema: schema.signatureVerdict,
    others: reportTypes,
  },
  failures: [...validationRefusals, 'encoding_unexpected', 'resource_unknown'],
  async handle(call) {
    const question = givenIn(call);
    const { validateDocumentByService } = await documents();
    const report = await validateDocumentByService(documentOf(call.body), question, contextOf(call));
    return reportAnswer(call, report, question.language);
  },
  upload: { schema: schema.signatureUpload, handle: (call) => validateUpload(call, contextOf(call)) },
});

const timestamp = clientRoute({
  method: 'post',
  path: '/v1/timestamps/validate',
  id: 'validateTimestamp',
  summary: 'Validate a time-stamp',
  description:
    'Judges a time-stamp token or the answer of a time-stamp authority (RFC 3161) over a document: what it is for, its authority, revocation. Anything else is refused.',
  accepts: ['application/json'],
  schema: schema.timestampQuestion,
  answer: {
    description: 'The verdict, whatever it is.',
    schema: schema.signatureVerdict,
    others: reportTypes,
  },
  failures: [...validationRefusals, 'encoding_unexpected', 'resource_unknown'],
  async handle(call) {
    const { timestamp: message, content } = call.body;
    const given = documentOf({ message, content, contents: [] }, 'timestamp');
    requireTimestamp(given.document, 'timestamp');
    const question = givenIn(call);
    const { validateDocumentByService } = await documents();
    const report = await validateDocumentByService(given, question, contextOf(call));
    return reportAnswer(call, report, question.language);
  },
  upload: {
    schema: schema.signatureUpload,
    handle: (call) =>
      validateUpload(call, contextOf(call), (document) => requireTimestamp(document, 'message')),
  },
});

const extension = clientRoute({
  method: 'post',
  path: '/v1/signatures/extend',
  id: 'extendSignature',
  summary: 'Extend the signatures of a document',
  description:
    'Adds time-stamps of the service’s authorities and evidence of revocation to every signature of a CMS, PDF, XML or ASiC document, so that it can be validated for longer. What was signed keeps its octets; the document is validated before and after, and comes back only where it passes. Off unless the service has time-stamp authorities.',
  accepts: ['application/json'],
  schema: schema.extensionQuestion,
  answer: { description: 'The document, and the verdict on it.', schema: schema.extensionAnswer },
  failures: [...extensionRefusals, 'encoding_unexpected', 'resource_unknown'],
  async handle(call) {
    const { body, request } = call;
    const trust = contextOf(call);
    const { timestamps } = trust;
    if (timestamps === undefined) throw new SealgateError('resource_unknown', { path: request.path });
    const question = givenIn(call);
    const { extendDocumentByService } = await documents();
    const { document, report } = await extendDocumentByService(documentOf(body), body.level, question, {
      ...trust,
      timestamps,
    });
    return { body: { document: Buffer.from(document).toString('base64'), report } };
  },
  upload: {
    schema: schema.extensionUpload,
    answers: ['application/octet-stream'],
    handle: (call) => extendUpload(call, contextOf(call)),
  },
});

function requireTimestamp(document: Uint8Array, field: string): void {
  const kind = kindOf(document);
  if (kind !== 'time-stamp' && kind !== 'time-stamp-answer')
    throw new SealgateError('request_malformed', { field, problem: 'is no time-stamp' });
}

/** Validation of certificates, of signed documents and of time-stamps, and what keeps documents valid. */
export const validationRoutes: readonly Route[] = [certificate, signature, timestamp, extension];

/** A document with what stands beside it, as a request brings them. */
interface BroughtDocument {
  readonly message: string;
  readonly content?: string | undefined;
  readonly contentName?: string | undefined;
  readonly contents: readonly { readonly name: string; readonly content: string }[];
}

function documentOf(
  { message, content, contentName, contents }: BroughtDocument,
  field = 'message',
): GivenDocument {
  const first = content === undefined ? [] : [{ name: contentName, octets: Buffer.from(content, 'base64') }];
  const others = contents.map((each) => ({ name: each.name, octets: Buffer.from(each.content, 'base64') }));
  return { document: documentIn(Buffer.from(message), field), contents: [...first, ...others] };
}

/** A question in JSON, with its evidence as text. */
type TextQuestion = Omit<QuestionParts, 'untrusted' | 'lists' | 'answers'> & {
  readonly untrusted: readonly string[];
  readonly lists: readonly string[];
  readonly answers: readonly string[];
};

function givenIn(call: ClientCall<TextQuestion>) {
  const { untrusted, lists, answers } = call.body;
  const octets = (texts: readonly string[]) => texts.map((text) => Buffer.from(text));
  const evidence = { untrusted: octets(untrusted), lists: octets(lists), answers: octets(answers) };
  return questionOf(call, { ...call.body, ...evidence });
}

/** A service that was given a verification of its own has no trust to validate by. */
function contextOf({ service, request, client }: ClientCall<unknown> | UploadCall): ServiceTrust {
  const { validation } = service;
  if (validation !== undefined) {
    const { issuers } = validation;
    return issuers === undefined ? validation : { ...validation, issuers: issuers.requestedBy(client.id) };
  }
  throw new SealgateError('resource_unknown', { path: request.path });
}
