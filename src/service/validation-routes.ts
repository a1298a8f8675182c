import { kindOf } from '../document/recognise.ts';
import { extensionRefusals } from '../document/refusals.ts';
import type { ServiceReport } from '../document/service.ts';
import type { GivenDocument } from '../document/validate.ts';
import { certificatesIn, chainIn } from '../encoding/certificates.ts';
import { documentIn } from '../encoding/document.ts';
import { answersIn, listsIn } from '../encoding/revocation.ts';
import { SealgateError } from '../error.ts';
import type { Language } from '../failure/failure.ts';
import type { ServiceTrust } from '../validation/context.ts';
import { validationRefusals } from '../validation/refusals.ts';
import { validateByService } from '../validation/service.ts';
import { type Answer, type ClientCall, clientRoute, type Route } from './route.ts';
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
  answer: { description: 'The verdict, whatever it is.', schema: schema.signatureVerdict, isPageToo: true },
  failures: [...validationRefusals, 'encoding_unexpected', 'resource_unknown'],
  async handle(call) {
    const question = givenIn(call);
    const { validateDocumentByService } = await documents();
    const report = await validateDocumentByService(documentOf(call.body), question, contextOf(call));
    return answerOf(call, report, question.language);
  },
});

/** What reads documents is loaded with the first of them: a service that only signs people in needs none of it. */
const documents = () => import('../document/service.ts');

/** A report as JSON, or as a page for people where that is what is asked for. */
async function answerOf(
  { request }: ClientCall<unknown>,
  report: ServiceReport,
  language: Language,
): Promise<Answer> {
  const vary = 'Accept, Accept-Language';
  if (request.accepts(['application/json', 'text/html']) !== 'text/html')
    return { body: report, headers: { vary } };
  const { documentPage } = await import('../document/page.ts');
  const { html, policy } = documentPage(report, language);
  const headers = { 'content-security-policy': `${policy}; frame-ancestors 'none'`, vary };
  return { body: html, type: 'text/html; charset=utf-8', headers };
}

const timestamp = clientRoute({
  method: 'post',
  path: '/v1/timestamps/validate',
  id: 'validateTimestamp',
  summary: 'Validate a time-stamp',
  description:
    'Judges a time-stamp token or the answer of a time-stamp authority (RFC 3161) over a document: what it is for, its authority, revocation. Anything else is refused.',
  accepts: ['application/json'],
  schema: schema.timestampQuestion,
  answer: { description: 'The verdict, whatever it is.', schema: schema.signatureVerdict, isPageToo: true },
  failures: [...validationRefusals, 'encoding_unexpected', 'resource_unknown'],
  async handle(call) {
    const { timestamp: message, content } = call.body;
    const given = documentOf({ message, content, contents: [] }, 'timestamp');
    const kind = kindOf(given.document);
    if (kind !== 'time-stamp' && kind !== 'time-stamp-answer')
      throw new SealgateError('request_malformed', { field: 'timestamp', problem: 'is no time-stamp' });
    const question = givenIn(call);
    const { validateDocumentByService } = await documents();
    return answerOf(
      call,
      await validateDocumentByService(given, question, contextOf(call)),
      question.language,
    );
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
});

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

/** Clocks differ; milliseconds. */
const tolerance = 60_000;

interface Given {
  readonly untrusted: readonly string[];
  readonly lists: readonly string[];
  readonly answers: readonly string[];
  readonly at?: string | undefined;
  readonly profile: 'rfc5280' | 'qualified-gost' | 'web-pki';
}

function givenIn({ request, body, at }: ClientCall<Given>) {
  const moment = body.at === undefined ? at : Date.parse(body.at);
  if (moment > at + tolerance)
    throw new SealgateError('request_malformed', { field: 'at', problem: 'in the future' });
  const language: Language = request.acceptsLanguages('en', 'ru') === 'ru' ? 'ru' : 'en';
  return {
    untrusted: body.untrusted.flatMap((text) => certificatesIn(Buffer.from(text), 'untrusted')),
    lists: body.lists.flatMap((text) => listsIn(Buffer.from(text), 'lists')),
    answers: body.answers.flatMap((text) => answersIn(Buffer.from(text), 'answers')),
    at: moment,
    isPast: at - moment > tolerance,
    profile: body.profile,
    language,
  };
}

/** A service that was given a verification of its own has no trust to validate by. */
function contextOf({ service, request, client }: ClientCall<unknown>): ServiceTrust {
  const { validation } = service;
  if (validation !== undefined) {
    const { issuers } = validation;
    return issuers === undefined ? validation : { ...validation, issuers: issuers.requestedBy(client.id) };
  }
  throw new SealgateError('resource_unknown', { path: request.path });
}
